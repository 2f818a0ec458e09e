"""The monitor's settings: ``monitor.toml`` in the user's config folder.

    interval_s = 30
    keep_days = 30

    [alerts]
    kv_cache_use = 0.95        # share of the KV cache in use
    latency_p95_s = 2.0        # default: 2 on a GPU, 60 on a CPU
    errors = 0                 # failed requests between two samples
    samples = 3                # this many in a row, to raise an alert (errors: one) and to end it

    [[webhooks]]
    url = "https://..."
    format = "slack"           # wecom, slack or json; default: from the address

All are optional. What is unknown or invalid is named in one warning, and the default is kept.
"""

from __future__ import annotations

import logging
import stat
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import platformdirs

from qwen_launcher.errors import LauncherError
from qwen_launcher.folders import APP
from qwen_launcher.watch.webhooks import Format, Webhook, WebhookError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "monitor.toml"
GPU_LATENCY_S = 2.0
CPU_LATENCY_S = 60.0
"""On two idle cores a fix takes the 1.5B model about 12 s (167 tokens at 14 a second), and a diagnosis with a dozen
proposals in one batch up to 50 s. Beyond a minute the machine is not keeping up, be it with requests or other work."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """When to raise an alert; see the module's documentation. `latency_p95_s` None: by the hardware."""

    kv_cache_use: float = 0.95
    latency_p95_s: float | None = None
    errors: int = 0
    samples: int = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What the module's documentation says of each."""

    interval_s: float = 30.0
    keep_days: float = 30.0
    alerts: AlertSettings = AlertSettings()
    webhooks: tuple[Webhook, ...] = ()


NUMBERS: dict[str, tuple[float, float]] = {
    "interval_s": (1, 3600),
    "keep_days": (1, 3650),
    "alerts.kv_cache_use": (0, 1),
    "alerts.latency_p95_s": (0.001, 86400),
    "alerts.errors": (0, 1_000_000),
    "alerts.samples": (1, 1000),
}
"""The lowest and the highest value of each setting that is a number."""
WHOLE = frozenset({"alerts.errors", "alerts.samples"})
OTHERS = frozenset({"alerts", "webhooks"})


def settings_path() -> Path:
    """Return where the user's settings are; the file need not exist."""
    return platformdirs.user_config_path(APP) / FILE


def load(path: Path) -> Settings:
    """Return the settings in the file at `path`, or the defaults when there is none.

    Raises:
        LauncherError: the file cannot be read, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise LauncherError(f"{path} cannot be read: {error}") from error
    try:
        loaded = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LauncherError(f"{path} is not TOML: {error}") from error
    problems: list[str] = []
    settings = _settings(loaded, problems)
    if settings.webhooks and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        problems.append(f"others can read the webhooks' addresses, which are secrets; run `chmod 600 {path}`")
    for problem in problems:
        logger.warning("%s: %s", path, problem)
    return settings


def _settings(loaded: dict[str, Any], problems: list[str]) -> Settings:
    alerts = loaded.get("alerts", {})
    if not isinstance(alerts, dict):
        problems.append("alerts must be a table, [alerts]; the defaults are kept")
        alerts = {}
    values = _numbers({name: value for name, value in loaded.items() if name not in OTHERS}, "", problems)
    limits = _numbers(alerts, "alerts.", problems)
    settings = replace(Settings(), **values, alerts=replace(AlertSettings(), **limits))
    return replace(settings, webhooks=_webhooks(loaded.get("webhooks", []), problems))


def _numbers(table: dict[str, Any], prefix: str, problems: list[str]) -> dict[str, Any]:
    """Return the valid ones of `table`."""
    valid = {}
    for key, value in table.items():
        name = prefix + key
        if name not in NUMBERS:
            problems.append(f"there is no setting {name}; ignored")
            continue
        low, high = NUMBERS[name]
        # A bool is an int to Python, and no number to a person.
        is_number = isinstance(value, int if name in WHOLE else int | float) and not isinstance(value, bool)
        if is_number and low <= value <= high:
            valid[key] = value
        else:
            what = "a whole number" if name in WHOLE else "a number"
            problems.append(f"{name} = {value!r} is not {what} from {low:g} to {high:g}; the default is kept")
    return valid


def _webhooks(tables: Any, problems: list[str]) -> tuple[Webhook, ...]:
    if not isinstance(tables, list):
        problems.append("webhooks must be tables, each under [[webhooks]]; none is used")
        return ()
    webhooks = []
    for number, table in enumerate(tables, start=1):
        where = f"webhook {number}"
        if not isinstance(table, dict) or not isinstance(table.get("url"), str):
            problems.append(f"{where} has no url; it is not used")
            continue
        problems.extend(f"{where} has no setting {key}; ignored" for key in table if key not in {"url", "format"})
        try:
            webhooks.append(Webhook.of(table["url"], _format(table.get("format"), where, problems)))
        except WebhookError as error:
            problems.append(f"{where} is not used: {error}")
    return tuple(webhooks)


def _format(name: Any, where: str, problems: list[str]) -> Format | None:
    if name is None or name in list(Format):
        return None if name is None else Format(name)
    problems.append(f"{where}: format {name!r} is none of {', '.join(Format)}; chosen by the address")
    return None

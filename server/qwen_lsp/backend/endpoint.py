"""Find the backend: the user's own setting, else the one that qwen-launcher runs.

The launcher writes ``backend.json`` once its engine is ready (docs/protocol.md, "State file"); reading that file is
all that the server knows of the launcher.
"""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from qwen_lsp.backend.errors import BackendUnavailableError
from qwen_lsp.settings import BackendSettings

NO_BACKEND = "No model is running on this machine. Start one with `qwen-launcher start`, then diagnose again."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to send requests. ``model`` None means: ask the server which model it has."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    model: str | None = None

    @property
    def is_this_machine(self) -> bool:
        """Whether the address is a loopback one."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def resolve_endpoint(settings: BackendSettings) -> Endpoint:
    """Return the endpoint to use.

    Raises:
        BackendUnavailableError: no address is set and no launcher's backend is up, or what is set cannot be used.
    """
    if settings.base_url is not None:
        if not _is_url(settings.base_url):
            raise BackendUnavailableError(
                f"The backend address {settings.base_url!r} is no good http:// or https:// URL; mend backend.baseUrl "
                f"or QWEN_LSP_BASE_URL (an example: http://127.0.0.1:8000/v1)."
            )
        return Endpoint(settings.base_url, _checked(settings.api_key), settings.model)
    path = runtime_folder() / "backend.json"
    try:
        written = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BackendUnavailableError(NO_BACKEND) from error
    except (OSError, ValueError) as error:
        raise _unusable(path, error) from error
    try:
        state = json.loads(written)
        base_url = str(state["base_url"])
        if not _is_url(base_url):
            raise ValueError(f"base_url is {base_url!r}")
        key = Path(state["api_key_path"]).read_text(encoding="utf-8").strip()
        return Endpoint(base_url, _checked(settings.api_key) or key, settings.model or str(state["model"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"The launcher's state file {path} cannot be used ({type(error).__name__}: {error}). Run `qwen-launcher stop`, "
        f"then `qwen-launcher start`."
    )


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and text.isprintable()
    except ValueError:  # a port that is no number or too high, or an unclosed bracket
        return False


def _checked(api_key: str | None) -> str | None:
    """Return ``api_key``; the message of what is wrong with it never holds it."""
    if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
        raise BackendUnavailableError(
            "The API key has characters that cannot be sent (only printable ASCII can); mend backend.apiKey or "
            "QWEN_LSP_API_KEY."
        )
    return api_key


def runtime_folder() -> Path:
    """Return the folder that the launcher keeps its state file in; the same rule on both sides."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "qwen-lsp"
    return platformdirs.user_cache_path("qwen-lsp") / "run"

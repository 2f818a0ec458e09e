"""One Markdown file with all that a bug report needs, and no secret in it."""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_launcher.care.checks_machine import pip_settings
from qwen_launcher.care.doctor import summary
from qwen_launcher.care.logs import last_lines
from qwen_launcher.care.masking import MASK, Masker, hosts_only, is_secret_name
from qwen_launcher.care.usage import live_states
from qwen_launcher.command import build_command, build_variables
from qwen_launcher.engine import find_engine
from qwen_launcher.errors import LauncherError
from qwen_launcher.planning import next_config
from qwen_launcher.versions import FILE, read_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qwen_launcher.care.findings import Finding, Situation

LOG_LINES = 200
LINE_CHARACTERS = 2000
"""A longer line is cut: a report is read by people."""
VARIABLES = re.compile(
    r"(?:VLLM|CUDA|NVIDIA|NCCL|HF|HUGGING_?FACE|OMP|MKL|TORCH|TORCHINDUCTOR|TRITON|PYTORCH|XDG|PIP|UV|PYTHON|QWEN_LSP|SSL)_?.*"
    r"|(?:https?|all|no)_proxy|LD_LIBRARY_PATH|LD_PRELOAD|PATH|LANG|LC_ALL|VIRTUAL_ENV|REQUESTS_CA_BUNDLE",
    re.IGNORECASE,
)
HOSTS_ONLY = re.compile(r"PIP_.*|UV_.*|.*_proxy", re.IGNORECASE)


class ReportError(LauncherError):
    """The report could not be written."""


def check_free(path: Path) -> None:
    """Check that `path` can become the report, before the checks take their time.

    Raises:
        ReportError: it exists, or its folder does not.
    """
    if path.exists() or path.is_symlink():
        raise ReportError(f"{path} exists and is not overwritten; name another file or remove it")
    if not path.absolute().parent.is_dir():
        raise ReportError(f"{path.absolute().parent} is no folder; make it or name another file")


def write(path: Path, text: str) -> None:
    """Write the report, readable by its owner alone.

    Raises:
        ReportError: the file exists or cannot be written; nothing is left of it then.
    """
    try:
        # O_EXCL: also a file that came since `check_free` is left alone.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ReportError(f"{path} exists and is not overwritten; name another file or remove it") from error
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}; name another file") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise ReportError(f"{path} cannot be written: {error.strerror}; name another file") from error


def compose(situation: Situation, findings: Sequence[Finding], environment: Mapping[str, str]) -> str:
    """Return the report, masked."""
    folders = situation.folders
    key_files = {folders.api_key, *(Path(state.api_key_path) for state in live_states(folders))}
    sections = [
        "# qwen-launcher doctor",
        "Secrets, home folders and login names are masked. Please read it before you give it to others.",
        f"**{summary(findings)}**",
        "## Findings",
        "\n".join(_lines(finding) for finding in findings),
        "## The engine's command",
        _fenced(command_text(situation)),
        "## Environment",
        _fenced("\n".join(_variables(environment)) or "none of the variables that matter is set"),
        "## pip",
        _fenced("\n".join(_pip(situation)) or "default settings"),
    ]
    logs = [folders.log, folders.previous_log]
    logs += sorted(set(folders.run.glob("*.log")) - set(logs))
    for log in logs:
        sections += [f"## Last lines of {log.name}", _fenced(_tail(log))]
    return Masker.of_user(environment, key_files).mask("\n\n".join(sections) + "\n")


def _lines(finding: Finding) -> str:
    fields = asdict(finding)
    text = f"- **{finding.status}** {finding.name}: {fields['finding']}"
    if finding.remedy:
        text += f"\n  - what to do: {finding.remedy}"
    if finding.follows_from:
        text += f"\n  - may follow from: {', '.join(finding.follows_from)}"
    return text


def command_text(situation: Situation) -> str:
    """Return the command of the engine that runs, as the system knows it, or that of the next start."""
    for state in live_states(situation.folders):
        try:
            arguments = Path(f"/proc/{state.pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended since
        return f"# process {state.pid}, running\n{shlex.join(arguments[:-1])}"
    folders = situation.folders
    try:
        config = next_config(read_versions(folders.data / FILE).served, situation.hardware, folders)
    except LauncherError as error:
        return f"# none: {error}"
    variables = [f"{name}={shlex.quote(value)}" for name, value in build_variables(config).items()]
    lines = " \\\n  ".join([*variables, shlex.join(build_command(config))])
    return f"# of the next start, which chooses a port\n{lines}"


def _variables(environment: Mapping[str, str]) -> list[str]:
    shown = []
    for name, value in sorted(environment.items()):
        if not VARIABLES.fullmatch(name):
            continue
        if is_secret_name(name):
            shown.append(f"{name}={MASK}")
        else:
            shown.append(f"{name}={hosts_only(value) if HOSTS_ONLY.fullmatch(name) else value}")
    return shown


def _pip(situation: Situation) -> list[str]:
    preset = situation.preset
    engine = find_engine(preset.engine, situation.folders.engines) if preset is not None else None
    return pip_settings([str(engine.python) if engine else sys.executable, "-m", "pip"])


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            text = last_lines(file, LOG_LINES).decode(errors="replace")
    except FileNotFoundError:
        return "there is none"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "\n".join(line[:LINE_CHARACTERS] for line in text.splitlines()) or "it is empty"


def _fenced(text: str) -> str:
    """Return `text` as a Markdown code block that nothing in it can end (CommonMark 4.5)."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}"

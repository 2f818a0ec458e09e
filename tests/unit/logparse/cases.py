"""The cases of ``tests/data/logs``: logs and what must be read from them (the form is in README.md there).

``python -m tests.unit.logparse.cases FILE.log "really run: node 24.1.0"`` writes ``FILE.toml`` with what is read now,
to be compared with the log line by line before it is kept.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qwen_lsp.logparse import parse_log
from qwen_lsp.model import Failure, ParsedLog, Severity, StackFrame

FOLDER = Path(__file__).parents[2] / "data" / "logs"
SOURCES = ("really run: ", "format documented: ", "written: ")


@dataclass(frozen=True, slots=True)
class LogCase:
    """One log with the description that `describe` must give of what is read from it."""

    id: str
    log: str
    source: str
    expected: dict[str, Any]


def load_cases(folder: Path = FOLDER) -> list[LogCase]:
    """Return every described log below ``folder``, by name; a description without a known source is an error."""
    return [_load(log, folder) for log in sorted(folder.rglob("*.log")) if log.with_suffix(".toml").exists()]


def _load(log: Path, folder: Path) -> LogCase:
    described = tomllib.loads(log.with_suffix(".toml").read_text(encoding="utf-8"))
    source = described.pop("source")
    if not source.startswith(SOURCES):
        raise ValueError(f"{log}: source must begin with one of {SOURCES}, not {source!r}")
    # newline="": line ends are part of what is tested.
    with log.open(encoding="utf-8", newline="") as file:
        return LogCase(log.relative_to(folder).with_suffix("").as_posix(), file.read(), source, described)


def describe(parsed: ParsedLog) -> dict[str, Any]:
    """Return ``parsed`` in the form of a case's TOML file; what is as usual is left out."""
    described: dict[str, Any] = {}
    primary = next((failure for failure in parsed.failures if failure.primary), None)
    if primary is not None and (site := _site(primary)) is not None:
        described["site"] = ":".join(str(part) for part in (site.path, site.lineno, site.colno) if part is not None)
    return {**described, "failures": [_describe_failure(failure) for failure in parsed.failures]}


def _describe_failure(failure: Failure) -> dict[str, Any]:
    described = {
        "kind": str(failure.kind),
        "type": failure.exception_type,
        "message": failure.message,
        "language": failure.language,
        "primary": failure.primary or None,
        "test": failure.test_id,
        "severity": str(failure.severity) if failure.severity is not Severity.ERROR else None,
        "count": failure.count if failure.count != 1 else None,
        "notes": list(failure.notes) or None,
        "explicit": failure.cause_is_explicit or None,
        "frames": [_describe_frame(frame) for frame in failure.frames],
        "members": [_describe_failure(member) for member in failure.members] or None,
        "cause": _describe_failure(failure.cause) if failure.cause is not None else None,
    }
    return {key: value for key, value in described.items() if value is not None}


def _describe_frame(frame: StackFrame) -> dict[str, Any]:
    text = frame.source_line
    if text is not None and frame.caret is not None:
        start, end = frame.caret.start, frame.caret.end
        text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
    described = {
        "path": frame.path,
        "line": frame.lineno,
        "column": frame.colno,
        "function": frame.function,
        "text": text,
        "in_app": None if frame.in_app else False,
    }
    return {key: value for key, value in described.items() if value is not None}


def _site(failure: Failure) -> StackFrame | None:
    """Return the innermost frame of the user's own code, chosen as `qwen_lsp.workspace.locate` does, by paths alone."""
    for member in failure.members:
        if (site := _site(member)) is not None:
            return site
    own = next((frame for frame in reversed(failure.frames) if frame.in_app), None)
    if failure.cause is None or (own is not None and not failure.cause_is_explicit):
        return own
    return _site(failure.cause) or own


def to_toml(described: Mapping[str, Any], source: str) -> str:
    """Return a case's TOML file."""
    lines = [f"source = {_value(source)}"]
    if "site" in described:
        lines.append(f"site = {_value(described['site'])}")
    if not described["failures"]:
        lines.append("failures = []")
    for failure in described["failures"]:
        lines += ["", *_table("[[failures]]", "failures", failure)]
    return "\n".join(lines) + "\n"


def _table(header: str, name: str, failure: Mapping[str, Any]) -> list[str]:
    lines = [header]
    lines += [f"{key} = {_value(value)}" for key, value in failure.items() if key not in {"frames", "members", "cause"}]
    frames = [f"  {_value(frame)}," for frame in failure["frames"]]
    lines += ["frames = [", *frames, "]"] if frames else ["frames = []"]
    for member in failure.get("members", ()):
        lines += ["", *_table(f"[[{name}.members]]", f"{name}.members", member)]
    if "cause" in failure:
        lines += ["", *_table(f"[{name}.cause]", f"{name}.cause", failure["cause"])]
    return lines


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    # Strings, numbers, truth values and lists of them are written as in JSON, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


if __name__ == "__main__":
    log_path, log_source = Path(sys.argv[1]), sys.argv[2]
    with log_path.open(encoding="utf-8", newline="") as log_file:
        log_text = log_file.read()
    log_path.with_suffix(".toml").write_text(to_toml(describe(parse_log(log_text)), log_source), encoding="utf-8")

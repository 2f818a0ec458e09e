"""Record the logs of the failing programs: ``python -m tests.record_failures [NAME...]``, without names all of them."""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.failures import FailureCase, all_cases, copy_workspace, run

# Logs are recorded with one Python, since messages and carets differ between versions.
PYTHON_VERSION = (3, 11)

_HOME = "/home/dev"
_STDLIB = "/usr/lib/python3.11"
_REPLACEMENTS = (
    (re.compile(r"\bin \d+\.\d\ds\b"), "in 0.01s"),  # pytest
    (re.compile(r"\bin \d+\.\d\d\ds\b"), "in 0.001s"),  # unittest
    (re.compile(r"\b0x[0-9a-f]{8,}\b"), "0x7f3a5c2d1e90"),
    (re.compile(r"\(\d+\.\d+ms\)"), "(0.5ms)"),  # node --test
    (re.compile(r"\bduration_ms \d+\.\d+"), "duration_ms 50.5"),
    (re.compile(r"^thread 'main' \(\d+\)", re.MULTILINE), "thread 'main' (4711)"),  # Rust
)


def portable(output: str, workspace: Path, name: str) -> str:
    """Return the output as another machine would show it: its paths and timings, with no trace of this one's."""
    # The longer path first: a virtual environment's packages can lie below the folder of the standard library.
    text = output.replace(str(workspace), f"{_HOME}/{name}")
    text = text.replace(sysconfig.get_path("purelib"), f"{_STDLIB}/site-packages")
    text = text.replace(sysconfig.get_path("stdlib"), _STDLIB)
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text


def record(case: FailureCase) -> str:
    """Return what the case's command prints, made portable.

    Raises: ValueError: the command succeeded, so that there is no failure to record.
    """
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(scratch).resolve() / case.name
        copy_workspace(case, workspace)
        result = run(case, workspace)
    if result.returncode == 0:
        raise ValueError(f"{case.name}: the command succeeds; nothing to record")
    return portable(result.stdout, workspace, case.name)


def main(names: list[str]) -> int:
    """Write the logs of the named cases and return the exit status."""
    if sys.version_info[:2] != PYTHON_VERSION:
        sys.stderr.write("logs are recorded with Python {}.{}; run this with that version\n".format(*PYTHON_VERSION))
        return 2
    cases = {case.name: case for case in all_cases()}
    unknown = [name for name in names if name not in cases]
    if unknown:
        sys.stderr.write(f"no such case: {', '.join(unknown)}\n")
        return 2
    for name in names or cases:
        missing = cases[name].why_not_here
        if missing is not None:
            sys.stderr.write(f"{name} is left as it is: {missing}\n")
            continue
        cases[name].log_path.write_text(record(cases[name]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

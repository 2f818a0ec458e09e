"""Logs that real programs printed, each with what must be read from it.

``logs/*.txt`` are text archives: a sentence about the log, ``-- log --``, the log, ``-- expect --`` and what
`rendering.render` must give. ``tests/data/logs`` holds cases of a log and a TOML file each; its README says their form.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.logparse import parse_log

from .cases import FOLDER, LogCase, describe, load_cases
from .rendering import render

_CASES = load_cases()
_LOGS = sorted(Path(__file__).with_name("logs").glob("*.txt"))


@pytest.mark.parametrize("archive", _LOGS, ids=lambda path: path.stem)
def test_reads_a_real_log(archive: Path) -> None:
    """Every failure, frame and underlined part of the log is found, and the right failure is the primary one."""
    _, log, expected = _read_archive(archive)
    assert render(parse_log(log)) == expected.rstrip("\n")


@pytest.mark.parametrize("archive", _LOGS, ids=lambda path: path.stem)
def test_reads_a_log_with_terminal_colours_and_carriage_returns(archive: Path) -> None:
    """Colours and a terminal's line ends change nothing."""
    _, log, expected = _read_archive(archive)
    coloured = "".join(f"\x1b[1;31m{line}\x1b[0m\r\n" for line in log.splitlines())
    assert render(parse_log(coloured)) == expected.rstrip("\n")


def check(case: LogCase) -> None:
    """Fail unless exactly what ``case`` describes is read from its log."""
    assert describe(parse_log(case.log)) == case.expected


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
def test_reads_a_case(case: LogCase) -> None:
    """Every failure, frame and underlined part of the log is found; a text that reports no failure gives none."""
    check(case)


def test_describes_every_log() -> None:
    """No log lies about of which nobody says what must be read."""
    assert [log for log in FOLDER.rglob("*.log") if not log.with_suffix(".toml").exists()] == []


def test_refuses_a_case_of_unknown_origin(tmp_path: Path) -> None:
    """A case must say which tool wrote its log or where the format is documented."""
    (tmp_path / "a.log").write_text("Error: x\n", encoding="utf-8")
    (tmp_path / "a.toml").write_text('source = "somewhere"\nfailures = []\n', encoding="utf-8")
    with pytest.raises(ValueError, match="source must begin with"):
        load_cases(tmp_path)


def _read_archive(path: Path) -> tuple[str, str, str]:
    prose, _, rest = path.read_text(encoding="utf-8").partition("-- log --\n")
    log, separator, expected = rest.partition("-- expect --\n")
    assert separator, f"{path.name} holds no expectation"
    return prose, log, expected

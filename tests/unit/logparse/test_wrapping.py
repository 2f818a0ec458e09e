"""Logs copied out of a terminal, which broke their long lines at its width."""

from __future__ import annotations

import pytest
from bench.texts import ci_log

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.noise import as_shown
from qwen_lsp.logparse.wrapping import find_wrapping

from .cases import LogCase, describe, load_cases
from .rendering import render

_CASES = [case for case in load_cases() if "site" in case.expected and not case.id.startswith("wrapped/")]
# Of the logs of `tests/data/logs` that have lines longer than the terminal is wide.
_MOST_LOST = {80: 20, 100: 8, 120: 5}
_PYTHON = """\
Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    run(sys.argv)
  File "/app/shop/cart.py", line 7, in run
    return items["cost"]
KeyError: 'cost'
"""


def _wrapped(log: str, columns: int) -> str:
    """Return ``log`` as tmux copies it from a terminal of ``columns`` columns (of narrow characters)."""
    rows: list[str] = []
    for line in map(str.expandtabs, as_shown(log).split("\n")):
        rows += [line[start : start + columns].rstrip() for start in range(0, max(len(line), 1), columns)]
    return "\n".join(rows)


@pytest.mark.slow
@pytest.mark.parametrize("columns", _MOST_LOST)
def test_reads_nearly_every_log_as_a_terminal_breaks_it(columns: int) -> None:
    """Breaking their lines changes the place where the user is sent for few logs only."""
    broken = [case for case in _CASES if max(map(len, as_shown(case.log).expandtabs().split("\n"))) > columns]
    lost = [case.id for case in broken if describe(parse_log(_wrapped(case.log, columns))).get("site") != _site(case)]
    assert len(broken) > 10 * len(lost)
    assert len(lost) <= _MOST_LOST[columns], lost


def _site(case: LogCase) -> str:
    return str(case.expected["site"])


@pytest.mark.parametrize("columns", [43, 44, 45, 50])
def test_reads_a_short_traceback_with_one_broken_line(columns: int) -> None:
    """One line that goes on in the next row is enough, also where the row ended with a blank, which is not copied."""
    log = _PYTHON.replace("/app/shop/cart.py", "/app/shop/of/things/cart.py")
    assert render(parse_log(_wrapped(log, columns))) == render(parse_log(log))


def test_reads_rows_with_colours_and_wide_characters() -> None:
    """What is invisible takes no column, and a wide character takes two."""
    log = _PYTHON.replace("/app/main.py", "/srv/app/with/a/long/name/\u7a0b\u5e8f/the/main.py")
    rows = log.replace("/the/main.py", "/the\n/main.py").replace("Traceback (most", "\x1b[31mTraceback (most")
    assert render(parse_log(rows)) == render(parse_log(log))


def test_reads_a_long_log_of_a_narrow_terminal() -> None:
    """A sample tells that a long log was wrapped, and all of it is read so."""
    log = ci_log(400_000)
    rows = _wrapped(log, 64)
    assert "line 14, in\n" in rows
    assert [one.frames for one in parse_log(rows).failures] == [one.frames for one in parse_log(log).failures]


@pytest.mark.parametrize(
    "log",
    [
        "cc -O2 -Wall -Wextra -o build/obj/main.o -c src/\nmain.c:3:5: error: expected ';' before '}' token\n",
        "".join(f"failed to connect to the server at /srv/app/{n}\ncart.py:{n}: retry\n" for n in range(10, 40)),
        _PYTHON.replace("KeyError: 'cost'", "KeyError: 'the longest of all lines is this one'\nand more output\n"),
    ],
    ids=["a compiler's command", "lines of one length", "the longest line is a message"],
)
def test_joins_no_lines_that_only_look_broken(log: str) -> None:
    """Where joining lines tells nothing more, the log is read as it stands."""
    assert find_wrapping(log) is not None
    assert parse_log(log).breaks == ()


def test_joins_no_rulers_and_tables() -> None:
    """What tools draw as wide as the terminal is whole."""
    assert find_wrapping("=" * 80 + "\ntests/test_cart.py " + "." * 40 + "\n" + "-" * 80 + "\nname\n") is None

"""What holds for every text, failure log or not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_lsp.logparse import decode_log, parse_log
from qwen_lsp.logparse.python.scan import read_python

from .cases import FOLDER
from .invariants import check

_LOGS = sorted(Path(__file__).with_name("logs").glob("*.txt"))
_FRAGMENTS = sorted(
    {line for log in _LOGS for line in log.read_text(encoding="utf-8").partition("-- expect --")[0].splitlines()}
    | {line for log in FOLDER.rglob("*.log") for line in log.read_text(encoding="utf-8").split("\n")}
    | {
        "",
        '  File "a.py", line 0, in f',
        '"""',
        "  + Exception Group Traceback (most recent call last):",
        "x.py:1: in f" + " " * 3_000 + "y\n",
        '  File "' + "x" * 3_000 + "\n",
        "= " * 1_500 + "=\n",
        "│ " * 1_500 + "Traceback (most recent call last)\n",
        "\x1b[",
        "\r",
    }
)
_LINES = st.lists(st.sampled_from(_FRAGMENTS) | st.text(max_size=20), max_size=60)
_INDENTED = st.builds(
    lambda lines, margin: "\n".join(margin + line for line in lines), _LINES, st.sampled_from(["", "  ", "x | "])
)


@given(st.text() | st.text(alphabet="EF>_=-+|~^ :.\n\r\t\x1b[]()\"'0aT"))
def test_reads_any_text(text: str) -> None:
    """No text raises; one failure is primary if there is any, else the user is told what to do."""
    check(parse_log(text))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(_INDENTED)
def test_reads_shuffled_lines_of_real_logs(text: str) -> None:
    """Lines of real logs in any order, with any margin, do not raise."""
    check(parse_log(text))


@given(st.binary())
def test_decodes_any_bytes(raw: bytes) -> None:
    """No bytes raise, and their text can be parsed."""
    check(parse_log(decode_log(raw)[0]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        '  File "x.py", line 1\n',
        "Traceback (most recent call last):\n",
        "____ a ____\n",
        "E   x\n",
        ">   x\n",
        "x.py:1: KeyError\n",
        "\x1b[",
        "a\r",
        "a\tb\t",
        "  + Exception Group Traceback (most recent call last):\n  | A: b\n  +-+---------------- 1 ----------------\n",
        "A: b\n\nThe above exception was the direct cause of the following exception:\n\n"
        'Traceback (most recent call last):\n  File "x.py", line 1\n',
        'Traceback (most recent call last):\n\n> File "x.py", line 1, in f\n    x\n',
        "\u2015\u2015\u2015 a \u2015\u2015\u2015\n",
        ">> Issue: [B101:a] x\n",
        "\n > [1/2] RUN a:\n0.1 x\n",
        *(" " * depth + 'File "x.py", line 1, in f\n' for depth in (1, 150)),
        # what noise is told by, and what marks begin with
        *('{"a":"x\\n\\tat b:1"}\n', '"\\n    at x', '{"log":"x\\n"}\n', '{"a":["'),
        *("web | x\n", "[a] x\n", "a/a a: x\n", "May 01 10:00:00 h a[1]: x\n", "#1 0.1 x\n", "> ", "10:00:00   x\n"),
        *("\x1b_", "##[error]", "2024-05-01T10:00:00Z ", " at a", " at a:1\n", "@/a", "^\n", "] {\n"),
        "".join(" " * depth + 'File "x.py", line 1, in f\n' for depth in range(100)),
        "".join(" " * depth + "| " for depth in range(100)) + "A: b\n",
    ],
)
def test_takes_linear_time(unit: str) -> None:
    """Four times the text takes about four times as long, whatever is repeated: no log can hang the editor."""
    count = max(200_000 // len(unit), 1)
    short, long = _seconds(unit * count), _seconds(unit * (4 * count))
    assert long < 12 * short + 0.5


def _seconds(text: str) -> float:
    start = time.process_time()
    check(parse_log(text))
    return time.process_time() - start


def test_bounds_the_depth_of_chains() -> None:
    """A chain of thousands is cut, so that comparing and printing a failure cannot exhaust the stack."""
    link = (
        'Traceback (most recent call last):\n  File "x.py", line 1, in f\nKeyError: 1\n\n'
        "The above exception was the direct cause of the following exception:\n\n"
    )
    (failure,) = parse_log(link * 5_000).failures
    assert len(repr(failure)) > 0


class _CountingLines(list[str]):
    """Lines that count how often one is replaced."""

    replaced = 0

    def __setitem__(self, index: object, value: object) -> None:
        self.replaced += 1
        super().__setitem__(index, value)  # type: ignore[call-overload]


@pytest.mark.slow
def test_cuts_margins_in_few_passes() -> None:
    """Tracebacks at ever deeper columns do not make every line be cut once for each of them."""
    lines = _CountingLines(" " * (number % 200) + 'File "x.py", line 1, in f' for number in range(20_000))
    read_python(lines)
    assert lines.replaced < 8 * len(lines)

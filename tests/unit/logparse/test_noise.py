"""What surrounds a traceback in real life changes nothing about what is read."""

from __future__ import annotations

import json
import textwrap

import pytest

from qwen_lsp.logparse import decode_log, parse_log

from .rendering import render

_TRACEBACK = """\
Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    run(sys.argv)
    ~~~^^^^^^^^^^
  File "/app/shop/cart.py", line 7, in run
    return items["cost"]
           ~~~~~^^^^^^^^
KeyError: 'cost'
"""
_EXPECTED = """\
* KeyError: "'cost'"
      /app/main.py:12 in <module> | «run(sys.argv)»
      /app/shop/cart.py:7 in run | return «items["cost"]»"""


def _prefixed(prefix: str) -> str:
    """Return the traceback with ``prefix`` before every line; ``#`` in it becomes the line's number."""
    return "".join(f"{prefix.replace('#', str(number))}{line}\n" for number, line in enumerate(_TRACEBACK.splitlines()))


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(_TRACEBACK, id="bare"),
        pytest.param(_TRACEBACK.rstrip("\n"), id="no line end at the end"),
        pytest.param(_TRACEBACK.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(_TRACEBACK.replace("\n", "\r"), id="old Mac line ends"),
        pytest.param(textwrap.indent(_TRACEBACK, "      "), id="indented"),
        pytest.param(textwrap.indent(_TRACEBACK, "\t"), id="indented by a tab"),
        pytest.param(_prefixed("2024-05-01T10:00:0#.1234567Z "), id="GitHub Actions"),
        pytest.param(_prefixed("build\tRun tests\t2024-05-01T10:00:0#.1234567Z "), id="gh run view --log"),
        pytest.param(_prefixed("[2024-05-01T10:00:0#.123Z] "), id="Jenkins"),
        pytest.param(_prefixed("May  1 10:00:0# host shop[481]: "), id="journalctl"),
        pytest.param(_prefixed("web-1  | "), id="docker compose"),
        pytest.param(_prefixed("[worker 3] "), id="a prefix nobody foresaw"),
        pytest.param(_prefixed("10:00:0#,123 ERROR "), id="a logger that prefixes every line"),
        pytest.param(_prefixed("INTERNALERROR> "), id="pytest internal error"),
        pytest.param("ERROR:root:it failed\n" + _TRACEBACK, id="logging"),
        pytest.param("10:00 ERROR it failed: " + _TRACEBACK, id="header on the logger's line"),
        pytest.param("  0%|          | 0/10 [00:00<?, ?it/s]" + _TRACEBACK, id="after a progress bar"),
        pytest.param("\r 10%|# | 1/10\r 20%|## | 2/10\n" + _TRACEBACK, id="below a progress bar"),
        pytest.param("$ python main.py\n" + _TRACEBACK + "\nuser@host:~/shop$ \n", id="terminal selection"),
        pytest.param(_TRACEBACK + "make: *** [Makefile:3: run] Error 1\n", id="make"),
        pytest.param(_TRACEBACK + "INFO:root:shutting down\n", id="logging goes on"),
        pytest.param(
            json.dumps({"level": "error", "exception": _TRACEBACK, "pid": 3}) + "\n" + '{"level": "info"}\n',
            id="JSON log",
        ),
        pytest.param("failed with " + repr(_TRACEBACK) + ", giving up\n", id="repr of a traceback"),
        pytest.param("\x1b]8;;file:///x\x1b\\link\x1b]8;;\x1b\\\n" + _TRACEBACK, id="hyperlink"),
        pytest.param(
            _TRACEBACK.replace("KeyError", "\x1b[1;35mKeyError\x1b[0m").replace('"/app', '\x1b[35m"/app'),
            id="colours of CPython 3.13",
        ),
    ],
)
def test_reads_a_traceback_inside_other_output(log: str) -> None:
    """A traceback is read the same whatever printed it, collected it or cut it out."""
    assert render(parse_log(log)) == _EXPECTED


@pytest.mark.parametrize("prefix", ["2024-05-01T10:00:00.1234567Z ", "test\tRun pytest\t2024-05-01T10:00:00.1234567Z "])
def test_reads_a_pytest_report_of_a_build_server(prefix: str) -> None:
    """Time stamps before the lines of a pytest report are no part of it."""
    report = "____ test_a ____\nsrc/test_a.py:3: in test_a\n    assert x == 1\nE   assert 2 == 1\n"
    log = "".join(f"{prefix}{line}\n" for line in report.splitlines())
    assert parse_log(log) == parse_log(report)
    assert parse_log(log).failures[0].test_id == "src/test_a.py::test_a"


def test_separates_interleaved_services() -> None:
    """Lines of two docker compose services that mix are read service by service."""
    web = [f"web-1     | {line}" for line in _TRACEBACK.splitlines()]
    worker = [f"worker-1  | {line}" for line in _TRACEBACK.replace("cart.py", "job.py").splitlines()]
    mixed = "\n".join(line for pair in zip(web, worker, strict=True) for line in pair)
    assert [failure.frames[-1].path for failure in parse_log(mixed).failures] == [
        "/app/shop/cart.py",
        "/app/shop/job.py",
    ]


def test_folds_a_failure_that_is_repeated() -> None:
    """A failure logged a thousand times, at other addresses, is one failure that says so."""
    log = "".join(
        f"ERROR:root:try {number}\n{_TRACEBACK.replace(': ', f': <Cart object at {number:#x}> ')}\n"
        for number in range(1_000)
    )
    (failure,) = parse_log(log).failures
    assert failure.count == 1_000


@pytest.mark.parametrize("log", ["", " \n\t\r\n"])
def test_says_that_a_log_is_empty(log: str) -> None:
    """An empty log gives no failure and says what to paste."""
    parsed = parse_log(log)
    assert not parsed.failures
    assert "empty" in parsed.problems[0]


@pytest.mark.parametrize(
    "log",
    [
        "Compiling 3 files\nDone in 2s\n",
        "tests/test_a.py::test_x PASSED\n===== 1 passed in 0.01s =====\n",
        'Stack (most recent call last):\n  File "/app/main.py", line 3, in run\n    info("x", stack_info=True)\nok\n',
        "/app/main.py:3: DeprecationWarning: old\n  warnings.warn('old')\n",
        "E   a table that begins with E\n> quoted text\nFAILED to open the door\n",
    ],
)
def test_says_that_no_failure_was_found(log: str) -> None:
    """Output without a failure gives none, and says what to paste."""
    parsed = parse_log(log)
    assert not parsed.failures
    assert "traceback" in parsed.problems[0]


@pytest.mark.parametrize(
    ("raw", "text", "problem"),
    [
        (b"caf\xc3\xa9", "café", None),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café", None),
        ("café".encode("utf-16"), "café", None),
        ("café\n".encode("utf-16-be"), "café\n", None),
        (b"\xff\xfec\x00a\x00f\x00\xe9\x00", "café", None),
        ("café".encode("utf-32"), "café", None),
        (b"caf\xe9\n", "caf\N{REPLACEMENT CHARACTER}\n", "not valid UTF-8"),
        (b"\xff\xfec\x00a", "c\N{REPLACEMENT CHARACTER}", "not valid UTF-16"),
        (b"abc\x00def\n", "abc\x00def\n", "binary"),
        (b"", "", None),
    ],
)
def test_decodes_a_log(raw: bytes, text: str, problem: str | None) -> None:
    """Text comes out whatever the encoding, and what could not be read is said."""
    decoded, problems = decode_log(raw)
    assert decoded == text
    assert [problem in said for said in problems if problem is not None] == ([True] if problem is not None else [])
    assert bool(problems) == (problem is not None)

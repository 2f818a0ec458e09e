"""Logs of Rust: where a panic's message ends, and long lines of JSON."""

from __future__ import annotations

import json

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.rust.frames import make_frame

_NOTE = "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n"
_COMPARES = "assertion `left == right` failed\n  left: 1\n right: 2\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(f"first\n\nthird\n{_NOTE}more\n", "first", id="a blank line ends it"),
        pytest.param(f"first\nsecond\n{_NOTE}more\n", "first\nsecond", id="the note ends it"),
        pytest.param("first\nthe program goes on\n", "first", id="a later panic has no note: one line"),
        pytest.param(f"{_COMPARES}the program goes on\n", _COMPARES.strip(), id="a later one that compares two values"),
    ],
)
def test_knows_where_a_message_ends(text: str, message: str) -> None:
    """Only a process's first panic has a note after its message; what follows another one is other output."""
    (failure,) = parse_log(f"thread 'main' panicked at src/main.rs:4:5:\n{text}").failures
    assert failure.message == message


def test_reads_a_panic_that_nextest_indents() -> None:
    """cargo-nextest prints a test's output four blanks deeper."""
    log = f"""\
        FAIL [   0.004s] parcel tests::weighs
  stderr \u2500\u2500\u2500

    thread 'tests::weighs' (12) panicked at src/lib.rs:40:9:
    assertion `left == right` failed
      left: 3
     right: 4
    {_NOTE}
"""
    (failure,) = parse_log(log).failures
    assert (failure.test_id, failure.frames[0].path, failure.frames[0].lineno) == ("tests::weighs", "src/lib.rs", 40)
    assert failure.message == "assertion `left == right` failed\n  left: 3\n right: 4"


def test_reads_a_diagnostic_whose_line_is_cut_off() -> None:
    """Very long lines are cut; rustc's JSON has the text to show at the end, and what is needed before it."""
    span = {"file_name": "src/main.rs", "byte_start": 1, "byte_end": 2, "line_start": 9, "line_end": 9}
    span |= {"column_start": 27, "column_end": 33, "is_primary": True, "text": []}
    diagnostic = {
        "$message_type": "diagnostic",
        "message": "mismatched types",
        "code": {"code": "E0308", "explanation": "short"},
        "level": "error",
        "spans": [span],
        "children": ["x" * 5_000],
        "rendered": "error[E0308]: mismatched types\n --> src/main.rs:9:27\n",
    }
    (failure,) = parse_log(json.dumps(diagnostic, separators=(",", ":")) + "\n").failures
    assert failure.message == "mismatched types"
    assert [(frame.path, frame.lineno, frame.colno) for frame in failure.frames] == [("src/main.rs", 9, 27)]


@pytest.mark.parametrize(
    ("path", "is_own"),
    [
        ("/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/panicking.rs", False),
        ("/usr/src/rustc-1.63.0/library/std/src/panicking.rs", False),
        ("/home/user/.cargo/registry/src/index.crates.io-6f17d22bba15001f/anyhow-1.0.69/src/error.rs", False),
        (r"C:\Users\user\.cargo\registry\src\anyhow-1.0.69\src\error.rs", False),
        ("library/std/src/rt.rs", False),
        ("./src/main.rs", True),
        ("src/library/shelf.rs", True),
        (r"crates\core\src\lib.rs", True),
    ],
)
def test_knows_the_users_frames(path: str, is_own: bool) -> None:
    """The standard library and crates of a registry are not the user's code."""
    assert make_frame(path, 3).in_app is is_own

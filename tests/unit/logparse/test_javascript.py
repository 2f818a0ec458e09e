"""What holds for JavaScript logs beyond the cases of ``tests/data/logs``: any text, linear time, other families."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.javascript.frames import is_in_app, plain_path, read_browser_frame, read_frame
from qwen_lsp.logparse.javascript.scan import read_javascript
from qwen_lsp.model import Failure, Severity

from .cases import FOLDER, describe

_LOGS = sorted((FOLDER / "javascript").rglob("*.log"))
_LINES = sorted({line for log in _LOGS for line in log.read_text(encoding="utf-8").splitlines()} | {"", "}", "]", "^"})

PYTEST_LOG = """\
============================= FAILURES ==============================
______________________________ test_page ______________________________
test_page.py:3: in test_page
    subprocess.run(["node", "render.js"], check=True)
E   subprocess.CalledProcessError: Command '['node', 'render.js']' returned non-zero exit status 1.
------------------------- Captured stderr call -------------------------
/home/user/shop/render.js:2
  return page.title;
              ^

TypeError: Cannot read properties of undefined (reading 'title')
    at render (/home/user/shop/render.js:2:15)

Node.js v24.19.0
======================= short test summary info =======================
FAILED test_page.py::test_page - subprocess.CalledProcessError: Command '['node'...
"""
SCRIPT_LOG = """\
/home/user/shop/render.js:2
  return page.title;
              ^

TypeError: Cannot read properties of undefined (reading 'title')
    at render (/home/user/shop/render.js:2:15)

Node.js v24.19.0
Traceback (most recent call last):
  File "/home/user/shop/page.py", line 3, in <module>
    subprocess.run(["node", "render.js"], check=True)
subprocess.CalledProcessError: Command '['node', 'render.js']' returned non-zero exit status 1.
"""


@settings(deadline=None)
@given(st.text() | st.text(alphabet="at (:1)[]{}^>|@.✖●FAIL Eror\n/js"))
def test_reads_any_text(text: str) -> None:
    """No text raises."""
    read_javascript(text.split("\n"))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_LINES) | st.text(max_size=20), max_size=80))
def test_reads_shuffled_lines_of_real_logs(lines: list[str]) -> None:
    """Lines of real logs in any order do not raise, and give failures that can be shown."""
    described = describe(parse_log("\n".join(lines)))
    assert sum(failure.get("primary", False) for failure in described["failures"]) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("log", _LOGS, ids=lambda path: path.stem)
def test_reads_logs_cut_anywhere(log: Path) -> None:
    """A log whose head or tail is missing does not raise, and most of its stacks are still found."""
    lines = log.read_text(encoding="utf-8").splitlines()
    for cut in range(0, len(lines), 3):
        describe(parse_log("\n".join(lines[cut:])))
        describe(parse_log("\n".join(lines[:cut])))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "    at f (/a.js:1:2)\n",
        "    at f (/a.js:1:2)\n\n",
        "Error: a\n",
        "/a.js:1\nx\n^\n",
        "Error: x {\n  [cause]: Error: y {\n",
        "[AggregateError: a] {\n  [errors]: [\n",
        "  ● a\n",
        " FAIL  a\n",
        "✖ a (1ms)\n  Error: a\n",
        "not ok 1 - a\n  ---\n",
        "  1) a\n",
        "a.ts:1:2 - error TS1: a\n",
        "a.ts(1,2): error TS1: a\n",
        "a.js:1:1: " * 300 + "[Error/a]\n",
        "a.js: line 1, col 1, Error - " * 100 + "\n",
        "✘ [ERROR] a\n",
        "ERROR in ./a.js 1:2\nModule not found: b\n",
        "[A_B] a\n   ╭─[ a.js:1:2 ]\n 1 │ a\n",
        "RollupError: a\n",
        "a@http://b:1:2\n",
        "Error" * 700 + "\n    at f (/a.js:1:2)\n",
        "a.b." * 900 + "Error: a\n    at f (/a.js:1:2)\n",
        "  1) a.ts:1:2 \u203a a\n    Error: x\n",
        "  1) a.ts:1:2 \u203a " + "b \u203a " * 800 + "\n",
        "  x a\n   ,-[a.js:1:2]\n 1 | a\n   : ^\n",
        "a.js:1:2 lint/a \u2501\u2501\u2501\n\n  \u00d7 a\n",
        "SyntaxError: " * 300 + "(1:2)\n",
        "Failed to compile.\n./a.ts:1:2\nType error: x\n",
        "1) a\n  Message:\n    x\n  Stack:\n      at a (/a.js:1:2)\n",
        "TS1 [ERROR]: a\nx\n",
        "  a\n\n  a.js:1\n\n  \u203a a.js:1:2\n\n",
        "a.ts:1:2\nError: x\n",
        "a.yml\n  1:2  error  " + "a (" * 900 + "\n",
        "/a.js:1\nx\n^\n\nZodError: [\n",
        "(" * 3_000 + "(1,2): error TS1: a\n",
        "webpack://" * 300 + "\n",
        "at eval (eval at " * 200 + ")\n",
    ],
)
def test_takes_linear_time(unit: str) -> None:
    """Four times the text takes about four times as long, whatever is repeated: no log can hang the editor."""
    count = max(200_000 // len(unit), 1)
    short, long = _seconds(unit * count), _seconds(unit * (4 * count))
    assert long < 12 * short + 0.5


def _seconds(text: str) -> float:
    start = time.process_time()
    parse_log(text)
    return time.process_time() - start


@pytest.mark.parametrize(
    ("line", "path", "lineno", "colno", "function"),
    [
        ("    at total (/app/cart.js:4:57)", "/app/cart.js", 4, 57, "total"),
        ("    at /app/cart.js:4:57", "/app/cart.js", 4, 57, None),
        ("    at async Promise.all (index 1)", "<anonymous>", None, None, "Promise.all"),
        ("    at async load (file:///app/my%20shop/%C3%A4.mjs:1:2)", "/app/my shop/ä.mjs", 1, 2, "load"),
        ("    at new Cart (C:\\app\\cart.js:4:5)", "C:\\app\\cart.js", 4, 5, "new Cart"),
        ("    at file:///C:/app/cart.mjs:4:5", "C:/app/cart.mjs", 4, 5, None),
        (
            "    at Cart.total [as sum] (/app/my (old)/cart.js:4:5)",
            "/app/my (old)/cart.js",
            4,
            5,
            "Cart.total [as sum]",
        ),
        ("    at eval (eval at run (/app/a.js:2:10), <anonymous>:1:5)", "<anonymous>", 1, 5, "eval"),
        ("    at Page (webpack-internal:///(rsc)/./app/page.tsx:9:11)", "app/page.tsx", 9, 11, "Page"),
        ("    at App (http://localhost:5173/src/App.tsx?t=17:3:9)", "/src/App.tsx", 3, 9, "App"),
        ("    at Array.map (<anonymous>)", "<anonymous>", None, None, "Array.map"),
        ("    at foo (cart.js:4)", "cart.js", 4, None, "foo"),
    ],
)
def test_reads_the_forms_of_a_frame(
    line: str, path: str, lineno: int | None, colno: int | None, function: str | None
) -> None:
    """Each form that V8 prints gives path, line, column and function; URLs become paths."""
    frame = read_frame(line)
    assert frame is not None
    assert (frame.path, frame.lineno, frame.colno, frame.function) == (path, lineno, colno, function)


@pytest.mark.parametrize(
    "line",
    [
        "    at com.shop.Cart.total(Cart.java:10)",
        "   at Shop.Cart.Total() in C:\\shop\\Cart.cs:line 10",
        "  at noon, 10:30:15",
        "at least 3 of 4:5:6 were late",
        "    at index 1",
        "write to a@b.example https://c.example:8080:1",
        "git@example.com:shop/web.git:1:2",
    ],
)
def test_other_lines_are_no_frames(line: str) -> None:
    """Stacks of other languages and prose are left alone."""
    assert read_frame(line) is None
    assert read_browser_frame(line) is None


@pytest.mark.parametrize(
    ("path", "in_app"),
    [
        ("/app/src/cart.js", True),
        ("events.js", False),
        ("src/events.js", True),
        ("internal/modules/cjs/loader.js", False),
        ("node:internal/timers", False),
        ("/app/node_modules/express/lib/router.js", False),
        ("C:\\app\\node_modules\\express\\index.js", False),
        ("/app/.yarn/cache/lodash.zip/node_modules/lodash/map.js", False),
        ("[eval]", False),
        ("<anonymous>", False),
    ],
)
def test_tells_whose_code_a_frame_is(path: str, in_app: bool) -> None:
    """Node's own files, installed packages and code without a file are not the user's."""
    assert is_in_app(path) is in_app


def test_keeps_a_url_without_a_path() -> None:
    """An address of which nothing would be left is kept."""
    assert plain_path("http://localhost:5173") == "http://localhost:5173"


@pytest.mark.parametrize(
    ("log", "primary"),
    [
        pytest.param(PYTEST_LOG, "subprocess.CalledProcessError", id="the failing test, with a JavaScript stack in it"),
        pytest.param(SCRIPT_LOG, "TypeError", id="the failed child process of a Python script"),
        pytest.param(
            "TypeError: logged\n    at f (/a.js:1:2)\n\n/b.js:2\nx.y\n  ^\n\nRangeError: b\n    at g (/b.js:2:3)\n"
            "ReferenceError: logged later\n    at f (/a.js:1:2)\n",
            "RangeError",
            id="uncaught before logged",
        ),
        pytest.param(
            "src/a.ts(1,2): error TS1005: first\nsrc/b.ts(1,2): error TS1005: second\n"
            "Error: the build script failed\n    at run (/build.js:1:2)\n",
            "TS1005",
            id="what the compiler refuses before the script that ran it",
        ),
    ],
)
def test_chooses_the_primary_failure(log: str, primary: str) -> None:
    """The failure that the user asks about is the primary one, also beside other families' failures."""
    assert _primary(log).exception_type == primary


def test_the_first_error_of_a_compiler_is_the_primary_one() -> None:
    """Later errors tend to follow from the first; warnings do not count."""
    log = "a.ts(9,9): warning TS6133: unused\na.ts(1,2): error TS1005: first\na.ts(3,4): error TS2304: second\n"
    assert _primary(log).message == "first"
    assert parse_log(log).failures[0].severity is Severity.WARNING


@pytest.mark.parametrize("prefix", ["", "Error: ", "web:build: ", "  "])
def test_reads_the_compiler_behind_a_prefix(prefix: str) -> None:
    """What CI and task runners put before the compiler's line is no part of the path."""
    (failure,) = parse_log(f"{prefix}app/(auth)/page.tsx(4,49): error TS2551: Property 'a' does not exist.\n").failures
    assert [(frame.path, frame.lineno, frame.colno) for frame in failure.frames] == [("app/(auth)/page.tsx", 4, 49)]


def test_reads_a_stack_behind_github_timestamps() -> None:
    """A log of GitHub Actions gives the same as the log it was made of."""
    plain = (FOLDER / "javascript" / "node-sync.log").read_text(encoding="utf-8")
    stamped = "".join(f"2026-05-01T10:00:00.1234567Z {line}\n" for line in plain.splitlines())
    assert describe(parse_log(stamped)) == describe(parse_log(plain))


def _primary(log: str) -> Failure:
    return next(failure for failure in parse_log(log).failures if failure.primary)

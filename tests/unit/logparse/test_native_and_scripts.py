"""What holds for logs of native code, scripts, shells and tools that read descriptions: any text, time.

Also which of several failures counts, and what is left out because something else has said it.
"""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qwen_lsp.cli import main
from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.family import Family
from qwen_lsp.logparse.judgement import judge
from qwen_lsp.logparse.registry import FAMILIES
from qwen_lsp.model import ParsedLog

from .cases import FOLDER
from .invariants import check as check_invariants
from .rendering import render

_NAMES = ("native", "php", "ruby", "dotnet", "perl", "lua", "swift", "shell", "configuration", "generic")
_FAMILIES = {family.name: family for family in FAMILIES if family.name in _NAMES}
_LINES = sorted(
    {
        line
        for name in _NAMES
        for log in (FOLDER / name).glob("*.log")
        for line in log.read_text(encoding="utf-8").splitlines()
    }
    | {"", "\t", "    ^", "  |", "==1== ", "#0 ", "  1) "}
)


def _read(family: Family, lines: list[str]) -> ParsedLog:
    failures = judge(family.read(lines).sightings)
    return ParsedLog(failures=failures, problems=() if failures else ("nothing",))


def _log(name: str) -> str:
    return (FOLDER / f"{name}.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", _NAMES)
@settings(deadline=None, max_examples=60)
@example(text="==1==ERROR: AddressSanitizer:  on address 0x1")
@given(text=st.text() | st.text(alphabet="aE.c:1#0 (in`')\t\n=>|^-[]*~/"))
def test_reads_any_text(name: str, text: str) -> None:
    """No text raises."""
    check_invariants(_read(_FAMILIES[name], text.split("\n")))


@pytest.mark.slow
@pytest.mark.parametrize("name", _NAMES)
@settings(deadline=None, max_examples=100)
@given(lines=st.lists(st.sampled_from(_LINES), max_size=60), cut=st.integers(0, 40))
def test_reads_shuffled_lines_of_real_logs(name: str, lines: list[str], cut: int) -> None:
    """Lines of real logs in any order, whole or without their beginnings, do not raise and give sound places."""
    check_invariants(_read(_FAMILIES[name], lines))
    check_invariants(_read(_FAMILIES[name], [line[cut:] for line in lines]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("native", "a.c:1:1: error: x\n"),
        ("native", "In file included from a.h:1,\n"),
        ("native", "/usr/bin/ld: a.o: in function `f':\na.c:1: undefined reference to `g'\n"),
        ("native", "==1==ERROR: AddressSanitizer: x\n"),
        ("native", "==1==    at 0x1: f (a.c:1)\n"),
        ("native", "#0  0x1 in f () at a.c:1\n"),
        ("native", "* thread #1, stop reason = signal SIGSEGV\n"),
        ("native", "CMake Error at a:1 (x):\n  y\n"),
        ("native", "a.cpp:1: Failure\nx\n"),
        ("php", "PHP Fatal error:  Uncaught X: y\n"),
        ("php", "Fatal error: Uncaught X: y in a.php:1\nStack trace:\n#0 {main}\n"),
        ("php", "[object] (X(code: 0): " + " at a" * 500 + "\n"),
        ("php", "1) A::b\n"),
        ("ruby", "a.rb:1:in `f'\n"),
        ("ruby", "a.rb:1:in `f': x (E)\n"),
        ("ruby", "  1) x\n     Failure/Error: y\n"),
        ("ruby", "A (A " * 700 + "\na.rb:1:in `f'\n"),
        ("dotnet", "   at A.B() in a.cs:line 1\n"),
        ("dotnet", "Unhandled exception. X: y\n ---> Z: y\n"),
        ("dotnet", "a.a." * 900 + "\n   at A.B() in a.cs:line 1\n"),
        ("perl", " at a.pl line 1" * 200 + ".\n"),
        ("perl", "#   Failed test 'x'\n"),
        ("lua", "stack traceback:\n\ta.lua:1: in f\n"),
        ("lua", "a.lua:" * 600 + "\nstack traceback:\n"),
        ("swift", "Program crashed: x\n0 f in g at a.swift:1:1\n"),
        ("swift", "0 f" + " in a at a" * 300 + "\nProgram crashed: x\n"),
        ("shell", "# (in test file a.bats, line 5)\n"),
        ("shell", "a.sh: line 1: x: command not found\n"),
        ("php", " ---- -----\n  Line   a.php\n ---- -----\n  1      a\n"),
        ("php", "  Line   " + "a.b " * 900 + "\n"),
        ("php", "\u2500" * 8 + "\n   FAILED  " + "a " * 1_800 + "\n"),
        ("php", "ERROR: Abc - " * 300 + "\n"),
        ("ruby", "Error:\nA#b:\nx\n"),
        ("ruby", "     1.1) Failure/Error: x\n"),
        ("ruby", "a.rb:1:2: C: " * 300 + "\n"),
        ("shell", "In a line 1:\nx\n^-- SC1000 (error): x\n"),
        ("configuration", "\u2502 Error: a\n"),
        ("configuration", "Dockerfile:1\n--------------------\n"),
        ("configuration", "The error appears to be in 'a': line 1, column 2, b\n"),
        ("configuration", 'fatal: [a]: FAILED! => {"msg": "x"}\n'),
        ("configuration", "fatal: [a]: FAILED! => " + '{"a":' * 600 + "\n"),
        ("configuration", "[emerg] " + "a in /a:1 " * 380 + "\n"),
        ("configuration", "template: " * 390 + "\n"),
        ("configuration", 'Traceback (most recent call last):\n\tFile "a", line 1, column 2, in b\n'),
        ("configuration", "ERROR: /" + "BUILD" * 700 + "\n"),
        ("configuration", 'File "a.ml", line 1, characters 1-2:\n'),
        ("configuration", "error: a\n --> a.sol:1:2:\n  |\n1 | a\n"),
        ("generic", "a.x:1:1: error:\n  x\n"),
    ],
)
def test_takes_linear_time(name: str, unit: str) -> None:
    """Four times the text takes about four times as long, whatever is repeated."""
    count = max(40_000 // len(unit), 1)
    short, long = _seconds(_FAMILIES[name], unit * count), _seconds(_FAMILIES[name], unit * (4 * count))
    assert long < 12 * short + 0.3


def _seconds(family: Family, text: str) -> float:
    lines = text.split("\n")
    start = time.process_time()
    family.read(lines)
    return time.process_time() - start


def _check(log: str, expected: str) -> None:
    assert render(parse_log(log.removeprefix("\n"))) == expected.removeprefix("\n").rstrip("\n")


@pytest.mark.parametrize(
    "echo",
    [
        "make: *** [Makefile:3: cart.o] Error 1\n",
        "ninja: build stopped: subcommand failed.\n",
        "Segmentation fault (core dumped)\n",
    ],
)
def test_an_echo_counts_only_where_nothing_else_was_found(echo: str) -> None:
    """That a build stopped or a signal ended a program is a failure of its own only without the tool's own words."""
    assert len(parse_log(echo).failures) == 1
    (failure,) = parse_log("cart.c:8:25: error: 'prise' undeclared\n" + echo).failures
    assert failure.exception_type == "error"


def test_a_place_that_another_family_names_is_said_once() -> None:
    """The reader for any tool adds the places of tools that nobody else knows, and no others."""
    _check(
        "cart.c:8:25: error: 'prise' undeclared\nsrc/main.zig:7:17: error: use of undeclared identifier 'totl'\n",
        """
* error: "'prise' undeclared"
      cart.c:8
  error: "use of undeclared identifier 'totl'"
      src/main.zig:7
""",
    )


def test_the_users_line_counts_when_a_system_header_is_refused() -> None:
    """Of a template of the library the crash site is where the user's code asked for it."""
    failure = parse_log(_log("native/gcc-template")).failures[0]
    own = [frame for frame in failure.frames if frame.in_app]
    assert (own[-1].path, own[-1].lineno) == ("sort.cpp", 14)


def test_the_first_of_what_a_sanitizer_reports_counts() -> None:
    """A program that goes on after undefined behaviour fails again because of it."""
    log = _log("native/ubsan") + _log("native/asan-segv")
    assert [failure.exception_type for failure in parse_log(log).failures if failure.primary] == ["undefined behavior"]


@pytest.mark.parametrize("name", ["php/uncaught-logged", "dotnet/mono", "dotnet/build-errors"])
def test_an_error_that_is_printed_twice_is_one(name: str) -> None:
    """PHP prints to the log and the page, Mono to both its logs, MSBuild again in its summary."""
    failures = parse_log(_log(name)).failures
    assert failures
    assert {failure.count for failure in failures} == {1}


def test_what_a_pending_example_expects_is_no_failure() -> None:
    """RSpec describes the failure of an example that is known to fail; it passed."""
    assert "not yet" not in {failure.message for failure in parse_log(_log("ruby/rspec")).failures}


def test_two_runs_of_ruby_are_no_chain() -> None:
    """A cause shares its first calls with what it caused; the exception of the next program does not."""
    first = "a.rb:1:in `f': x (KeyError)\n\tfrom a.rb:9:in `<main>'\n"
    log = first + "b.rb:2:in `g': y (IOError)\n\tfrom b.rb:7:in `<main>'\n"
    assert [failure.exception_type for failure in parse_log(log).failures] == ["KeyError", "IOError"]


def test_a_warning_is_no_cause() -> None:
    """Warnings of Perl and PHP stand beside the error that ended the program, which counts."""
    primary = [failure for failure in parse_log(_log("perl/croak")).failures if failure.primary]
    assert [failure.exception_type for failure in primary] == ["die"]
    assert parse_log(_log("native/gcc-warnings-only")).failures == ()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("native/gcc-included-from", "tax.h:6"),
        ("native/valgrind-read", "src/sum.c:8"),
        ("dotnet/inner", "shop/Cart.cs:34"),
        ("ruby/rspec", "lib/cart.rb:15"),
        ("lua/nil-index", "cart.lua:4"),
        ("shell/bash-unbound", "unbound.sh:5"),
    ],
)
def test_the_first_diagnostic_is_in_the_users_file(
    name: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file named without its folder, or with that of another machine, is found in the workspace."""
    path, _, _ = place.rpartition(":")
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("".join(f"line {number};\n" for number in range(50)), encoding="utf-8")
    for variable in [variable for variable in os.environ if variable.startswith("QWEN_LSP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    # The logs' own folders may exist on the machine that ran the programs.
    log = _log(name).replace("/home/user/", "/home/somebody/")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(log.encode()), encoding="utf-8"))
    main(["diagnose", "--no-model", "--format", "json"])
    first = json.loads(capsys.readouterr().out)["diagnostics"][0]
    assert f"{Path(first['path']).relative_to(tmp_path).as_posix()}:{first['range']['start']['line'] + 1}" == place

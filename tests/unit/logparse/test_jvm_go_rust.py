"""What holds for logs of the JVM, Go and Rust beyond the cases of ``tests/data/logs``: any text, time, mapping."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwen_lsp.cli import main
from qwen_lsp.logparse.go.scan import read_go
from qwen_lsp.logparse.jvm.scan import read_jvm
from qwen_lsp.logparse.rust.scan import read_rust
from qwen_lsp.logparse.sighting import Reading
from qwen_lsp.model import Failure

from .cases import FOLDER

Read = Callable[[list[str]], Reading]

_FAMILIES = [pytest.param(read_jvm, id="jvm"), pytest.param(read_go, id="go"), pytest.param(read_rust, id="rust")]
_LINES = sorted(
    {
        line
        for family in ("jvm", "go", "rust")
        for log in (FOLDER / family).glob("*.log")
        for line in log.read_text(encoding="utf-8").splitlines()
    }
    | {"", "\t", "    ^", "  |"}
)


def _check(reading: Reading) -> None:
    for sighting in reading.sightings:
        for failure in _chain(sighting.failure):
            assert failure.exception_type
            for frame in failure.frames:
                assert frame.path
                assert frame.lineno is None or frame.lineno > 0
                if frame.source_line is not None:
                    assert frame.source_line == frame.source_line.strip()
                if frame.caret is not None:
                    assert frame.source_line is not None
                    assert 0 <= frame.caret.start < frame.caret.end <= len(frame.source_line)


def _chain(failure: Failure | None) -> Iterator[Failure]:
    while failure is not None:
        yield failure
        failure = failure.cause


@pytest.mark.parametrize("read", _FAMILIES)
@settings(deadline=None)
@given(text=st.text() | st.text(alphabet='at A.b(:1)>|^-[]"\n\t.javgors#'))
def test_reads_any_text(read: Read, text: str) -> None:
    """No text raises."""
    _check(read(text.split("\n")))


@pytest.mark.slow
@pytest.mark.parametrize("read", _FAMILIES)
@settings(deadline=None, max_examples=150)
@given(lines=st.lists(st.sampled_from(_LINES), max_size=60), cut=st.integers(0, 40))
def test_reads_shuffled_lines_of_real_logs(read: Read, lines: list[str], cut: int) -> None:
    """Lines of real logs in any order, whole or without their beginnings, do not raise and give sound places."""
    _check(read(lines))
    _check(read([line[cut:] for line in lines]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("read", "unit"),
    [
        (read_jvm, "\tat com.a.B.c(D.java:1)\n"),
        (read_jvm, "java.lang.X: y\n"),
        (read_jvm, "Caused by:\n"),
        (read_jvm, 'Exception in thread "main" a.B: c\n'),
        (read_jvm, "\tSuppressed: a.B\n\t\tat a.b(C.java:1)\n"),
        (read_jvm, "A.java:1: error: x\n  y\n"),
        (read_jvm, "at " * 1_000 + "(A.java:1)\n"),
        (read_jvm, "a.a." * 900 + "(A.java:1)\n"),
        (read_jvm, "    => a.BException: x\n"),
        (read_jvm, " > " * 1_000 + " FAILED\n"),
        (read_jvm, " " * 3_000 + "<<< FAILURE!\n"),
        (read_jvm, "a.kt:1:2: " + "(a " * 1_200 + "\n"),
        (read_jvm, "> Task :ktlint FAILED\n" + "a.kt:1:2 a\n" * 50),
        (read_jvm, "[ERROR] High: " + "x [a.B] At " * 300 + ":[line\n"),
        (read_jvm, "==> X a  0.1s munit.AException: /a/B.scala:1\n1: x\n    at a.B(B.scala:1)\n"),
        (read_go, "panic: x\n"),
        (read_go, "panic: x\n\tpanic: y\n\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n"),
        (read_go, "--- FAIL: T (0.00s)\n    a_test.go:1: x\n"),
        (read_go, "=== RUN   T\n    a_test.go:1: x\n"),
        (read_go, "WARNING: DATA RACE\nRead at 0x1 by goroutine 1:\n  main.f()\n      /a.go:1 +0x1\n"),
        (read_go, " " * 200 + "--- FAIL: a/b/c (0.00s)\n"),
        (read_go, '{"Time":"1","Action":"output","Package":"p","Output":"x"}\n'),
        (read_rust, "thread '' panicked at " * 150 + "\n"),
        (read_rust, "thread 'a' panicked at 'x\n"),
        (read_rust, "   0: f\n             at a.rs:1:1\n"),
        (read_rust, "---- a stdout ----\n"),
        (read_rust, "Error: X { y }\nCaused by:\n"),
        (read_rust, "error: x\n --> a.rs:1:1\n  |\n1 | x\n  | ^\n"),
        (read_rust, '{"$message_type":"diagnostic","message":"' + "a\\\\" * 900 + "\n"),
    ],
)
def test_takes_linear_time(read: Read, unit: str) -> None:
    """Four times the text takes about four times as long, whatever is repeated."""
    count = max(60_000 // len(unit), 1)
    short, long = _seconds(read, unit * count), _seconds(read, unit * (4 * count))
    assert long < 12 * short + 0.3


def _seconds(read: Read, text: str) -> float:
    lines = text.split("\n")
    start = time.process_time()
    _check(read(lines))
    return time.process_time() - start


_FILES = {
    "app/src/main/java/com/acme/store/Cart.java": 70,
    "app/src/test/java/com/acme/store/CartTest.java": 30,
    "account/account.go": 40,
    "account/account_test.go": 40,
    "other/account_test.go": 40,
    "src/lib.rs": 30,
}
_JAVA = """\
Exception in thread "main" java.lang.IllegalStateException: closed
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
\tat com.acme.store.Cart$Till.charge(Cart.java:25)
\tat com.acme.store.Cart.lambda$total$0(Cart.java:12)
"""
_SUREFIRE = """\
[ERROR] Failures: 
[ERROR]   CartTest.adds:12 expected: <4> but was: <3>
"""  # noqa: W291 - Maven prints the blank
_GO_TEST = """\
--- FAIL: TestSum (0.00s)
    account_test.go:19: sum is 301
FAIL
FAIL\tgithub.com/acme/ledger/account\t0.005s
"""
_GO_PANIC = """\
panic: runtime error: index out of range [5] with length 1

goroutine 1 [running]:
github.com/acme/ledger/account.(*Book).At(...)
\t/go/src/app/account/account.go:28
main.main()
\t/go/src/app/main.go:24 +0x669
"""
_RUST = (
    "thread 'main' panicked at src/lib.rs:14:5:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1` environment\n"
)


@pytest.mark.parametrize(
    ("log", "place"),
    [
        pytest.param(_JAVA, "app/src/main/java/com/acme/store/Cart.java:25", id="a stack of Java"),
        pytest.param(_SUREFIRE, "app/src/test/java/com/acme/store/CartTest.java:12", id="Surefire's summary"),
        pytest.param(_GO_TEST, "account/account_test.go:19", id="a test of Go, of two files of that name"),
        pytest.param(_GO_PANIC, "account/account.go:28", id="a panic of Go on another machine"),
        pytest.param(_RUST, "src/lib.rs:14", id="a panic of Rust"),
    ],
)
def test_the_first_diagnostic_is_in_the_users_file(
    log: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file named without its folder, or with that of another machine, is found in the workspace."""
    for name, count in _FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("".join(f"line {number};\n" for number in range(count)), encoding="utf-8")
    for variable in [variable for variable in os.environ if variable.startswith("QWEN_LSP_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(log.encode()), encoding="utf-8"))
    main(["diagnose", "--no-model", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    first = report["diagnostics"][0]
    assert f"{Path(first['path']).relative_to(tmp_path).as_posix()}:{first['range']['start']['line'] + 1}" == place

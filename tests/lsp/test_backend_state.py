"""What the editor sees of the backend, and when it is kept, started and stopped; the supervisor is a fake."""

from __future__ import annotations

import asyncio
import copy
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.fake_backend import FakeBackend
from tests.fake_supervisor import DEADLINE_S, FakeSupervisor, installed, starts, state
from tests.lsp.editor import PUSH_ONLY, Editor, editing
from tests.lsp.test_running import WITH_PROGRESS, heard

STATE = "qwen/backendState"


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """An empty runtime folder."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    return folder


@pytest.fixture
async def fake(runtime: Path, backend: FakeBackend) -> AsyncIterator[FakeSupervisor]:
    """A supervisor that is up and has the right fix of the shop ready."""
    fake = FakeSupervisor(runtime, backend.base_url)
    await fake.listen()
    yield fake
    await fake.die()


@pytest.fixture
def launcher(tmp_path: Path, backend: FakeBackend) -> Iterator[Path]:
    """The folder of the launcher; what is started of it is ended."""
    folder = tmp_path / "launcher"
    installed(folder, backend.base_url)
    yield folder
    for process in starts(folder):
        os.kill(process, signal.SIGKILL)


@asynccontextmanager
async def looking(
    tmp_path: Path, launcher: Path, base_url: str = "", *, told_states: bool = True, **options: Any
) -> AsyncIterator[Editor]:
    """Open an editor whose server finds the launcher's backend; ``states`` of its client are those it was told."""
    variables = {
        "XDG_RUNTIME_DIR": str(tmp_path / "runtime"),
        "PYTHONPATH": os.pathsep.join([str(launcher), str(Path(__file__).parents[2])]),
        "QWEN_LSP_API_KEY": "",
    }
    capabilities = copy.deepcopy(options.pop("capabilities", PUSH_ONLY))
    capabilities.experimental = {"qwenBackendState": True} if told_states else None
    async with editing(tmp_path, base_url, variables=variables, capabilities=capabilities, **options) as editor:
        editor.client.states = []  # type: ignore[attr-defined]

        @editor.client.feature(STATE)  # type: ignore[untyped-decorator]
        def told(params: Any) -> None:
            editor.client.states.append(params)  # type: ignore[attr-defined]
            editor.client.heard.set()

        yield editor


def told(editor: Editor) -> list[str]:
    """Return the names of the states that the editor was told, with the percentage where there is one."""
    states: list[Any] = editor.client.states  # type: ignore[attr-defined]
    return [one.state if one.percent is None else f"{one.state} {one.percent}" for one in states]


async def asked(editor: Editor) -> Any:
    """Return the state that the editor is given when it asks."""
    return await editor.request(STATE, None)


async def act(editor: Editor, *arguments: Any) -> Any:
    """Run the user's command."""
    return await editor.request("workspace/executeCommand", types.ExecuteCommandParams("qwen.backend", list(arguments)))


async def test_states_are_told_as_they_change(tmp_path: Path, fake: FakeSupervisor, launcher: Path) -> None:
    """With the fields of the protocol; who asks gets the present one. The lease is the editor's until it is closed."""
    fake.state = state("off")
    async with looking(tmp_path, launcher) as editor:
        await fake.until(lambda: fake.leases)
        fake.tell(state("loading", percent=10))
        fake.tell(state("loading", percent=60))
        fake.tell(state("failed", reason="no memory", remedy="close something"))
        await editor.until(lambda: told(editor)[-3:] == ["loading 10", "loading 60", "failed"], "the states")
        answer = await asked(editor)
        assert (answer["state"], answer["reason"], answer["remedy"]) == ("failed", "no memory", "close something")
        assert fake.connections == 1
    await fake.until(lambda: not fake.connections)
    assert fake.asked("acquire") == []


async def test_only_who_knows_them_is_told(tmp_path: Path, fake: FakeSupervisor, launcher: Path) -> None:
    """A client that does not declare that it knows our notification gets none."""
    async with looking(tmp_path, launcher, told_states=False) as editor:
        await fake.until(lambda: fake.leases)
        fake.tell(state("loading", percent=10))
        assert (await asked(editor))["state"] == "loading"
        assert told(editor) == []


async def test_an_editor_alone_starts_nothing(tmp_path: Path, launcher: Path, runtime: Path) -> None:
    """Without a supervisor the backend is off; one that is started later is seen."""
    async with looking(tmp_path, launcher) as editor:
        assert (await asked(editor))["state"] == "off"
        await editor.settled()
        assert starts(launcher) == []
        later = FakeSupervisor(runtime, "")
        await later.listen()
        await editor.until(lambda: told(editor) == ["ready"], "the supervisor to be found")
        await later.die()


async def test_the_first_diagnosis_starts_it(tmp_path: Path, launcher: Path, shop_log: str, runtime: Path) -> None:
    """And leaves the lease held."""
    del runtime
    async with looking(tmp_path, launcher) as editor:
        assert (await editor.diagnose(shop_log))["fixes"]
        assert len(starts(launcher)) == 1
        await editor.until(lambda: told(editor) == ["ready"], "the state")


async def test_waiting_is_shown(tmp_path: Path, fake: FakeSupervisor, launcher: Path, shop_log: str) -> None:
    """The progress of the diagnosis tells how far the backend is, and then goes on as usual."""
    fake.may_grant.clear()
    fake.state = state("loading", percent=40)
    async with looking(tmp_path, launcher, capabilities=WITH_PROGRESS) as editor:

        def messages() -> list[str]:
            reports = [report for token in editor.client.progress_reports for report in heard(editor, token)]
            return [report.message or "" for report in reports if isinstance(report, types.WorkDoneProgressReport)]

        running = editor.start("qwen/diagnose", {"log": shop_log})
        await editor.until(lambda: "starting the backend: loading 40 %" in messages(), "the wait to be shown")
        fake.tell(state("ready"))
        fake.may_grant.set()
        assert (await running)["fixes"]
        stages = list(dict.fromkeys(message.partition(":")[0] for message in messages()))
        assert stages[-3:] == ["starting the backend", "asking the model", "checking the fix"]


async def test_the_command(tmp_path: Path, fake: FakeSupervisor, launcher: Path) -> None:
    """It does what the protocol's methods do, and answers the state; wrong arguments are refused, naming the right."""
    async with looking(tmp_path, launcher) as editor:
        for action in ("start", "stop", "promote", "rollback", "status"):
            assert (await act(editor, action))["state"] == "ready"
            assert len(fake.asked(action)) == 1
        asked_before = len(fake.requests)
        for arguments in ([], ["restart"], ["start", "stop"], [{"start": True}], [["start"]]):
            with pytest.raises(JsonRpcException, match="start, stop, status, promote, rollback"):
                await act(editor, *arguments)
        assert len(fake.requests) == asked_before


async def test_a_refused_command_is_shown(tmp_path: Path, fake: FakeSupervisor, launcher: Path) -> None:
    """In the supervisor's words; the answer is the state as it is."""
    fake.refusals["rollback"] = "there is nothing to go back from"
    async with looking(tmp_path, launcher) as editor:
        assert (await act(editor, "rollback"))["state"] == "ready"
        await editor.until(lambda: editor.client.messages, "the message")
        (message,) = editor.client.messages
        assert message.message == "there is nothing to go back from"


async def test_another_server(tmp_path: Path, fake: FakeSupervisor, launcher: Path, backend: FakeBackend) -> None:
    """A server that the user names counts as ready; it is not started or stopped, and no supervisor is asked."""
    async with looking(tmp_path, launcher, backend.base_url) as editor:
        answer = await asked(editor)
        assert (answer["state"], answer["backend"]) == ("ready", None)
        assert backend.base_url in answer["detail"]
        assert (await act(editor, "stop"))["state"] == "ready"
        await editor.until(lambda: editor.client.messages, "the message")
        assert "baseUrl" in editor.client.messages[0].message
    assert fake.requests == []


async def test_without_auto_start(tmp_path: Path, fake: FakeSupervisor, launcher: Path, shop_log: str) -> None:
    """No lease keeps the backend up; it is used if it runs, and can be started by hand."""
    async with looking(tmp_path, launcher, options={"backend": {"autoStart": False}}) as editor:
        assert (await asked(editor))["state"] == "ready"
        await fake.until(lambda: not fake.connections)
        assert fake.asked("lease") == []
        assert (await editor.diagnose(shop_log))["fixes"]
        assert fake.asked("acquire")[0]["start"] is False
        await fake.until(lambda: not fake.connections)
        await fake.die()
        assert (await asked(editor))["state"] == "off"
        report = await editor.diagnose(shop_log)
        assert any("qwen-launcher start" in problem for problem in report["problems"])
        assert starts(launcher) == []
        assert (await act(editor, "start"))["state"] == "ready"
        assert len(starts(launcher)) == 1


async def test_a_killed_supervisor_is_replaced(tmp_path: Path, fake: FakeSupervisor, launcher: Path) -> None:
    """At once, because the next one takes over the backend only while it is up."""
    async with looking(tmp_path, launcher) as editor:
        await fake.until(lambda: fake.leases)
        await fake.die()
        await _until_started(launcher)
        assert (await asked(editor))["state"] == "ready"


async def test_a_supervisor_that_was_told_to_end_is_not_replaced(
    tmp_path: Path, fake: FakeSupervisor, launcher: Path
) -> None:
    """It has stopped the backend before; the editor is told that it is off."""
    async with looking(tmp_path, launcher) as editor:
        await fake.until(lambda: fake.leases)
        fake.tell(state("off", detail="told to end"))
        await fake.die()
        await editor.until(lambda: len(told(editor)) > 1 and told(editor)[-2:] == ["off", "off"], "the end")
        assert starts(launcher) == []


async def test_a_killed_server_frees_its_lease(tmp_path: Path, fake: FakeSupervisor, launcher: Path) -> None:
    """Nothing else holds the connection."""
    async with looking(tmp_path, launcher) as editor:
        await fake.until(lambda: fake.leases)
        editor.process.kill()
        await editor.process.wait()
        await fake.until(lambda: not fake.connections)


@pytest.mark.parametrize("as_request", [False, True])
async def test_shutdown_while_the_backend_starts(
    tmp_path: Path, fake: FakeSupervisor, launcher: Path, as_request: bool, shop_log: str
) -> None:
    """The shutdown is answered without an error, and so is what waits; the server ends in an orderly way."""
    fake.may_grant.clear()
    fake.silent_on.add("start")
    async with looking(tmp_path, launcher) as editor:
        if as_request:
            waiting = editor.start("qwen/diagnose", {"log": shop_log})
            await fake.until(lambda: fake.asked("acquire"))
        else:
            waiting = asyncio.create_task(act(editor, "start"))
            await fake.until(lambda: fake.asked("start"))
        await editor.client.shutdown_async(None)
        with pytest.raises(JsonRpcException, match="cancelled"):
            await waiting
        await fake.until(lambda: not fake.connections)
        editor.client.exit(None)
        async with asyncio.timeout(DEADLINE_S):
            assert await editor.process.wait() == 0


async def _until_started(launcher: Path) -> None:
    """Wait for a process that tells nobody here that it runs."""
    async with asyncio.timeout(DEADLINE_S):
        while not starts(launcher):  # noqa: ASYNC110 - a file does not tell that it was written
            await asyncio.sleep(0.05)

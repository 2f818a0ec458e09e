"""The supervisor's protocol, versions and watching, in this process; the engine is a FAKE, for failures on demand."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from qwen_launcher.engine import find_engine
from qwen_launcher.process import members
from qwen_launcher.state import BACKEND, BackendState, read_state
from qwen_launcher.supervisor import backend as backend_module
from qwen_launcher.supervisor.backend import Timing
from qwen_launcher.supervisor.control import MAX_LINE_BYTES, listen
from qwen_launcher.supervisor.serve import Supervisor
from qwen_launcher.supervisor.snapshot import Phase, Snapshot
from qwen_launcher.versions import FILE, Version

from .conftest import MODEL, User

pytestmark = pytest.mark.slow

OTHER_MODEL = "qwen2.5-coder-0.5b"
PROTOCOL = (Path(__file__).parents[2] / "docs/protocol.md").read_text(encoding="utf-8")
DEADLINE_S = 120.0
TIMING = Timing(idle_s=600, drain_s=5, liveness_interval_s=0.2, hung_s=1.0)


class ProtocolError(Exception):
    """The supervisor answered with an error; `code` is that of the protocol."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Connection:
    """A client that speaks the protocol from its documentation alone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.states: list[dict[str, Any]] = []
        self.last_id = 0

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the result of a request; states that come before it are kept."""
        self.last_id += 1
        self.writer.write(json.dumps({"id": self.last_id, "method": method, "params": params}).encode() + b"\n")
        while True:
            answer = await self.read()
            if answer.get("id") != self.last_id:
                continue
            if "error" in answer:
                raise ProtocolError(**answer["error"])
            return answer["result"]

    async def read(self) -> dict[str, Any]:
        """Return the next message."""
        async with asyncio.timeout(DEADLINE_S):
            line = await self.reader.readline()
        if not line:
            raise EOFError
        message = json.loads(line)
        if "state" in message:
            self.states.append(message["state"])
        return message

    async def until(self, state: Phase) -> dict[str, Any]:
        """Return the state object once the backend is in `state`; needs a lease."""
        while not self.states or self.states[-1]["state"] != state:
            await self.read()
        return self.states[-1]


@dataclass
class Running:
    """A supervisor that serves in this process; `engine` is the folder whose files change the fake engine."""

    user: User
    supervisor: Supervisor
    engine: Path

    @asynccontextmanager
    async def connected(self):
        """Give a connection."""
        reader, writer = await asyncio.open_unix_connection(self.user.folders.control)
        try:
            yield Connection(reader, writer)
        finally:
            writer.close()

    @property
    def backend(self) -> BackendState | None:
        """What the state file says."""
        return read_state(self.user.folders.run / BACKEND)


@pytest.fixture
async def running(user, tmp_path, monkeypatch):
    """A supervisor with short patience."""
    folder = tmp_path / "engine"
    folder.mkdir()
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, user.environment[name])
    monkeypatch.setenv("FAKE_ENGINE_FOLDER", str(folder))
    monkeypatch.setattr(backend_module, "HUNG_PROBE_S", 1.0)
    supervisor = Supervisor(user.folders, TIMING)
    server = await listen(user.folders.control, supervisor)
    life = asyncio.create_task(supervisor.run(lambda: True))
    yield Running(user, supervisor, folder)
    supervisor.end()
    await life
    await supervisor.backend.abandon()
    server.close()


async def test_state_object(running):
    """The state has the documented fields and values, off and ready, and the key is not in it."""
    table = PROTOCOL.split("The state:")[1].split("## Versions")[0]
    documented = re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
    names = [name for cell in documented for name in re.findall(r"`(\w+)`", cell)]
    values = re.findall(r"`([\w-]+)`", table.split("| `state` |")[1].split("\n")[0])
    assert names == [field.name for field in fields(Snapshot)]
    assert values == list(Phase)
    async with running.connected() as client:
        assert list(await client.ask("status")) == names
        ready = await client.ask("start", model=MODEL)
        assert (ready["state"], ready["model"], ready["version"]) == ("ready", MODEL, "stable")
        assert ready["backend"]["base_url"] == running.backend.base_url
        assert running.backend.api_key() not in json.dumps(ready)


async def test_lease_holders_are_told(running):
    """Whoever holds a lease gets each change: loading, ready, busy while there is a use, ready, off."""
    async with running.connected() as editor, running.connected() as other:
        assert (await editor.ask("lease", client="an editor"))["leases"] == 1
        await other.ask("start", model=MODEL)
        use = await other.ask("acquire", wait_s=5, start=False)
        assert (use["base_url"], use["model"]) == (running.backend.base_url, MODEL)
        await editor.until(Phase.BUSY)
        assert editor.states[-1]["uses"] == 1
        await other.ask("release", use=use["use"])
        await editor.until(Phase.READY)
        await other.ask("stop")
        await editor.until(Phase.OFF)
        seen = [state["state"] for state in editor.states]
        assert {"installing", "loading", "ready", "busy", "off"} <= set(seen)


async def test_use_ends_with_its_connection(running):
    """A client that goes away without a word leaves no use behind."""
    async with running.connected() as editor:
        await editor.ask("lease", client="an editor")
        async with running.connected() as other:
            await other.ask("start", model=MODEL)
            await other.ask("acquire", wait_s=5, start=False)
            await editor.until(Phase.BUSY)
        assert (await editor.until(Phase.READY))["uses"] == 0


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"nonsense\n", "no request"),
        (b"[1, 2]\n", "no request"),
        (b'{"id": 1}\n', "no request"),
        (b'{"id": "1", "method": "status"}\n', "wrong type"),
        (b'{"id": 1, "method": "dance"}\n', "dance"),
        (b'{"id": 1, "method": "start", "params": {"modell": "x"}}\n', "modell"),
        (b'{"id": 1, "method": "start", "params": {"port": "x"}}\n', "port"),
        (b'{"id": 1, "method": "acquire", "params": {"wait_s": "x"}}\n', "wait_s"),
        (b'{"id": 1, "method": "release", "params": {"use": 7}}\n', "7"),
        (b"x" * (MAX_LINE_BYTES + 1) + b"\n", "bytes"),
    ],
)
async def test_bad_request(running, line, word):
    """What is no request is answered with what is wrong with it, and does not disturb the supervisor."""
    async with running.connected() as client:
        client.writer.write(line)
        answer = await client.read()
        assert answer["error"]["code"] == "bad-request"
        assert word in answer["error"]["message"]
    async with running.connected() as client:
        assert (await client.ask("status"))["state"] == "off"


async def test_acquire_starts_what_is_installed(running):
    """With `start` a backend that is off is started for the work; without, the answer says what to do."""
    async with running.connected() as client:
        with pytest.raises(ProtocolError, match="qwen-launcher start") as refused:
            await client.ask("acquire", wait_s=5, start=False)
        assert refused.value.code == "unavailable"
        assert (await client.ask("acquire", wait_s=DEADLINE_S, start=True))["base_url"] == running.backend.base_url


async def test_acquire_never_downloads(running):
    """What is not installed is not fetched behind the user's back: the answer says which command does."""
    async with running.connected() as client:
        engine = next(running.user.folders.engines.iterdir())
        (engine / "complete.json").unlink()
        with pytest.raises(ProtocolError, match="qwen-launcher start") as refused:
            await client.ask("acquire", wait_s=5, start=True)
        assert refused.value.code == "failed"
        assert engine.exists()


async def test_acquire_waits_no_longer_than_told(running, monkeypatch):
    """Work that cannot begin in time is told so."""
    monkeypatch.setenv("FAKE_ENGINE", "hang")
    async with running.connected() as client:
        with pytest.raises(ProtocolError, match="still loading") as late:
            await client.ask("acquire", wait_s=2, start=True)
        assert late.value.code == "timeout"


async def test_trial_is_promoted(running):
    """A version on trial takes the stable one's place when it is promoted, and is what the next start serves."""
    async with running.connected() as client:
        await client.ask("start", model=MODEL)
        on_trial = await client.ask("try", model=OTHER_MODEL)
        assert (on_trial["version"], on_trial["model"], on_trial["state"]) == ("latest", OTHER_MODEL, "ready")
        assert (await client.ask("promote"))["version"] == "stable"
        await client.ask("stop")
        assert (await client.ask("start"))["model"] == OTHER_MODEL
        with pytest.raises(ProtocolError, match="nothing to go back"):
            await client.ask("rollback")


async def test_rollback_fails_no_request(running):
    """Work in progress is finished before the rollback, and work that comes during it waits for the stable version."""
    async with running.connected() as editor, running.connected() as first, running.connected() as second:
        await editor.ask("lease", client="an editor")
        await editor.ask("start", model=MODEL)
        await editor.ask("try", model=OTHER_MODEL)
        use = await first.ask("acquire", wait_s=5, start=False)
        rollback = asyncio.create_task(editor.ask("rollback"))
        while (await second.ask("status"))["state"] != "rolling-back":
            pass
        late = asyncio.create_task(second.ask("acquire", wait_s=DEADLINE_S, start=False))
        done, _ = await asyncio.wait({rollback, late}, timeout=0.5)
        assert not done, "the rollback did not wait for the work in progress"
        assert members(running.backend), "the engine was taken from under a request"
        await first.ask("release", use=use["use"])
        assert (await late)["model"] == MODEL
        assert ((await rollback)["version"], (await second.ask("status"))["model"]) == ("stable", MODEL)


async def test_trial_that_does_not_start(running, monkeypatch):
    """When the version on trial does not get ready, whoever tried it is told why, and the stable one is served."""
    monkeypatch.setenv("FAKE_ENGINE", f"crash:{OTHER_MODEL}")
    async with running.connected() as client:
        await client.ask("lease", client="an editor")
        await client.ask("start", model=MODEL)
        with pytest.raises(ProtocolError, match="16384") as failed:
            await client.ask("try", model=OTHER_MODEL)
        assert "stable version is served" in str(failed.value)
        assert "rolling-back" in [state["state"] for state in client.states]
        now = await client.ask("status")
        assert (now["state"], now["model"], now["version"]) == ("ready", MODEL, "stable")


async def test_trial_with_errors(running):
    """When the error rate of the version on trial jumps, the stable one is served again without anybody's doing."""
    async with running.connected() as editor:
        await editor.ask("lease", client="an editor")
        await editor.ask("start", model=MODEL)
        await editor.ask("try", model=OTHER_MODEL)
        trial = running.backend
        (running.engine / "errors").write_text("0")
        await asyncio.sleep(3 * TIMING.liveness_interval_s)
        (running.engine / "errors").write_text("5")
        await editor.until(Phase.ROLLING_BACK)
        (running.engine / "errors").unlink()
        assert (await editor.until(Phase.READY))["model"] == MODEL
        assert members(trial) == []


async def test_hung_engine_is_restarted(running):
    """An engine that makes no step while somebody waits for it, and generates nothing when asked, is replaced."""
    async with running.connected() as editor:
        await editor.ask("lease", client="an editor")
        await editor.ask("start", model=MODEL)
        hung = running.backend
        (running.engine / "stuck").touch()
        await editor.ask("acquire", wait_s=5, start=False)
        await editor.until(Phase.LOADING)
        (running.engine / "stuck").unlink()
        assert "hung" in editor.states[-1]["detail"] or "left" in editor.states[-1]["detail"]
        await editor.until(Phase.BUSY)
        assert running.backend.pid != hung.pid
        assert members(hung) == []


async def test_slow_work_is_no_hang(running):
    """A client that holds a use and asks nothing does not get a healthy engine killed."""
    async with running.connected() as editor:
        await editor.ask("start", model=MODEL)
        healthy = running.backend
        await editor.ask("acquire", wait_s=5, start=False)
        await asyncio.sleep(2.5 * TIMING.hung_s)
        assert running.backend == healthy


async def test_failed_choice_is_forgotten(running):
    """A model that cannot be served does not become what every later start tries."""
    async with running.connected() as client:
        await client.ask("start", model=MODEL)
        await client.ask("stop")
        with pytest.raises(ProtocolError, match="qwen9"):
            await client.ask("start", model="qwen9")
        assert (await client.ask("start"))["model"] == MODEL


async def test_damaged_versions_file(user, caplog):
    """A versions file that cannot be read is said so, and the preset is used."""
    (user.folders.data / FILE).write_text('{"stable": {"model": 7}, "latest": null}')
    supervisor = Supervisor(user.folders, TIMING)
    assert supervisor.backend.snapshot.model is None
    assert FILE in caplog.text
    assert "model" in caplog.text


def test_version_over():
    """What a command leaves open stays as it was, unless it names another model."""
    stable = Version(MODEL, max_model_len=8192, engine="0.32.0")
    assert Version(max_model_len=4096).over(stable) == Version(MODEL, 4096, None, "0.32.0")
    assert Version(OTHER_MODEL).over(stable) == Version(OTHER_MODEL)


async def test_socket_path_too_long(tmp_path):
    """A path that no Unix socket can have gives a remedy."""
    from qwen_launcher.errors import LauncherError

    with pytest.raises(LauncherError, match="XDG_RUNTIME_DIR"):
        await listen(tmp_path / ("x" * 120), None)


def test_fake_engine_is_installed(user):
    """The tests here need no download (or they would test pip)."""
    from qwen_launcher.catalogue import CPU_ENGINE

    assert find_engine(CPU_ENGINE, user.folders.engines) is not None

"""Questions to the launcher's backend, through a fake supervisor that does what a real one does only by mishap."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from qwen_lsp.backend import BackendError, BackendUnavailableError, OpenAIBackend, supervisor
from qwen_lsp.backend.starting import control_socket
from qwen_lsp.model import ChatPrompt, Completion
from qwen_lsp.settings import BackendSettings
from tests.fake_backend import FakeBackend, closed_port_url, fake_backend
from tests.fake_supervisor import DEADLINE_S, KEY, MODEL, FakeSupervisor, installed, starts, state

PROMPT = ChatPrompt((("user", "why?"),), "fix", 1)
REPLY = "Cause: it is so, and so it stays."
LOADING = state("loading", percent=40)


@pytest.fixture
def engine() -> Iterator[FakeBackend]:
    """The backend's engine."""
    with fake_backend() as fake:
        fake.says(REPLY)
        yield fake


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty runtime folder; a launcher that would be started fails."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for name, value in installed(tmp_path / "launcher", "", "fail").items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
async def fake(runtime: Path, engine: FakeBackend) -> AsyncIterator[FakeSupervisor]:
    """A supervisor that is up and has the engine ready."""
    fake = FakeSupervisor(runtime, engine.base_url)
    await fake.listen()
    yield fake
    await fake.die()


@pytest.fixture
def launcher(runtime: Path, engine: FakeBackend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A launcher whose supervisors have the engine ready; those that are started are ended afterwards."""
    folder = runtime / "good launcher"
    for name, value in installed(folder, engine.base_url).items():
        monkeypatch.setenv(name, value)
    yield folder
    for process in starts(folder):
        os.kill(process, signal.SIGKILL)


class Asking:
    """A question in progress and what its asker heard."""

    def __init__(self, backend: OpenAIBackend | None = None) -> None:
        self.backend = backend or OpenAIBackend(BackendSettings())
        self.texts: list[str] = []
        self.waits: list[str] = []
        self.heard = asyncio.Event()
        self.task = asyncio.create_task(
            self.backend.complete(
                PROMPT, max_tokens=9, on_text=self._noting(self.texts), on_wait=self._noting(self.waits)
            )
        )

    def _noting(self, words: list[str]) -> Callable[[str], None]:
        def note(one: str) -> None:
            words.append(one)
            self.heard.set()

        return note

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until what the asker heard has made ``condition`` true."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self.heard.clear()
                await self.heard.wait()

    async def answer(self) -> Completion:
        """Return the answer."""
        async with asyncio.timeout(DEADLINE_S):
            return await self.task


async def test_a_question_is_one_use_of_the_backend(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """With the key and the model that are granted; afterwards use, lease and connection are gone."""
    keys: list[str] = []
    answer = engine.answer

    def note(handler: Any) -> None:
        keys.append(handler.headers["Authorization"])
        answer(handler)

    engine.answer = note
    asking = Asking()
    assert (await asking.answer()).text == REPLY
    assert keys == [f"Bearer {KEY}"]
    assert engine.requests[0]["model"] == MODEL
    assert asking.waits == []
    await fake.until(lambda: not fake.connections)
    assert [method for method, _ in fake.requests] == ["lease", "acquire", "release"]
    (lease,), (acquire,) = fake.asked("lease"), fake.asked("acquire")
    assert lease["client"].startswith("qwen-lsp ")
    assert str(os.getpid()) in lease["client"]
    assert acquire["start"] is True
    assert 60 < acquire["wait_s"] <= 600


async def test_several_questions_share_the_connection(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """Each is a use of its own."""
    held = engine.holds()
    backend = OpenAIBackend(BackendSettings())
    questions = [Asking(backend) for _ in range(4)]
    await fake.until(lambda: len(fake.uses) == 4)
    assert fake.connections == 1
    held.set()
    for asking in questions:
        assert (await asking.answer()).text == REPLY
    await fake.until(lambda: not fake.connections)
    assert len(fake.asked("release")) == 4


async def test_who_waits_hears_how_far_the_backend_is(fake: FakeSupervisor) -> None:
    """From off to ready, in words."""
    fake.may_grant.clear()
    fake.state = state("off")
    asking = Asking()
    await fake.until(lambda: fake.asked("acquire"))
    fake.tell(state("downloading", percent=7, detail="0.1 of 1.1 GB"))
    fake.tell(LOADING)
    fake.tell(state("rolling-back"))
    await asking.until(lambda: "rolling back" in asking.waits)
    fake.tell(state("ready"))
    fake.may_grant.set()
    assert (await asking.answer()).text == REPLY
    assert asking.waits == ["", "downloading 7 %, 0.1 of 1.1 GB", "loading 40 %", "rolling back"]


async def test_a_refusal_is_told_in_the_supervisors_words(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """They hold the remedy; the engine is not asked."""
    fake.refusals["acquire"] = "no model is installed; run `qwen-launcher pull`"
    with pytest.raises(BackendUnavailableError, match="no model is installed; run `qwen-launcher pull`"):
        await Asking().answer()
    assert engine.requests == []
    await fake.until(lambda: not fake.connections)


@pytest.mark.parametrize("is_there", [True, False])
async def test_nothing_is_started_against_the_users_will(fake: FakeSupervisor, runtime: Path, is_there: bool) -> None:
    """With autoStart off: neither the backend nor the supervisor; what runs is used."""
    if is_there:
        assert (await Asking(OpenAIBackend(BackendSettings(auto_start=False))).answer()).text == REPLY
        assert fake.asked("acquire")[0]["start"] is False
    else:
        await fake.die()
        with pytest.raises(BackendUnavailableError, match="qwen-launcher start"):
            await Asking(OpenAIBackend(BackendSettings(auto_start=False))).answer()
    assert starts(runtime / "launcher") == []


@pytest.mark.usefixtures("runtime")
async def test_the_users_own_server_is_asked_without_a_supervisor(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """The socket is not touched, also when that server is lost."""
    assert (await Asking(OpenAIBackend(BackendSettings(engine.base_url))).answer()).text == REPLY
    with pytest.raises(BackendUnavailableError, match="address is right"):
        await Asking(OpenAIBackend(BackendSettings(closed_port_url()))).answer()
    engine.breaks_off(REPLY[:20])
    with pytest.raises(BackendError):
        await Asking(OpenAIBackend(BackendSettings(engine.base_url))).answer()
    assert len(engine.requests) == 3
    assert fake.requests == []


@pytest.mark.parametrize("left", [None, "stale"])
async def test_a_supervisor_is_started_when_there_is_none(
    runtime: Path, launcher: Path, left: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a killed one left its socket. It runs nothing of the user's folder, and holds nothing of ours."""
    (runtime / "workspace").mkdir()
    (runtime / "workspace" / "asyncio.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(runtime / "workspace")
    if left:
        (runtime / "qwen-lsp").mkdir()
        (runtime / "qwen-lsp" / "control.sock").touch()
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    assert (await Asking().answer()).text == REPLY
    (process,) = starts(launcher)
    os.close(writing)
    assert os.read(reading, 1) == b""  # nobody else has the other end
    os.close(reading)
    assert os.getsid(process) == process
    assert psutil.Process(process).cwd() == "/"


async def test_a_start_that_gave_way_to_one_that_then_ended_is_repeated(
    runtime: Path, engine: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As happens when the last supervisor is just about to end."""
    folder = runtime / "giving way"
    for name, value in installed(folder, engine.base_url, "give way").items():
        monkeypatch.setenv(name, value)
    assert (await Asking().answer()).text == REPLY
    first, second = starts(folder)
    assert first != second
    os.kill(second, signal.SIGKILL)


async def test_a_supervisor_that_does_not_start_is_told(runtime: Path) -> None:
    """At once, with its exit code and how to see more."""
    with pytest.raises(BackendUnavailableError, match=r"exit code 7.*terminal"):
        await Asking().answer()
    assert len(starts(runtime / "launcher")) == 1


async def test_a_supervisor_killed_while_questions_wait_is_replaced(
    fake: FakeSupervisor, launcher: Path, engine: FakeBackend
) -> None:
    """They are answered by way of the next one, which is started once."""
    fake.may_grant.clear()
    backend = OpenAIBackend(BackendSettings())
    questions = [Asking(backend) for _ in range(3)]
    await fake.until(lambda: len(fake.asked("acquire")) == 3)
    await fake.die()
    for asking in questions:
        assert (await asking.answer()).text == REPLY
    assert len(starts(launcher)) == 1
    assert len(engine.requests) == 3


async def test_a_supervisor_that_dies_again_and_again_is_told(fake: FakeSupervisor) -> None:
    """A question does not go on for ever."""
    fake.may_grant.clear()
    asking = Asking()
    for tries in range(1, supervisor._TRIES + 1):
        await fake.until(_asked(fake, tries))
        await fake.die()
        await fake.listen()
    with pytest.raises(BackendUnavailableError, match="has ended"):
        await asking.answer()


def _asked(fake: FakeSupervisor, times: int) -> Callable[[], bool]:
    return lambda: len(fake.asked("acquire")) == times


async def test_an_answer_survives_the_supervisor(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """The engine is not asked again: it goes on without its supervisor."""
    held = engine.holds()
    asking = Asking()
    await fake.until(lambda: fake.uses)
    assert await asyncio.to_thread(engine.asked.wait, DEADLINE_S)
    await fake.die()
    held.set()
    assert (await asking.answer()).text == REPLY
    assert len(engine.requests) == 1


@pytest.mark.parametrize("text", ["", REPLY[:20]], ids=["before any text", "in the middle"])
async def test_an_engine_that_dies_is_asked_once_more_when_it_is_back(
    fake: FakeSupervisor, engine: FakeBackend, text: str
) -> None:
    """The supervisor may not know yet that it died; the text starts anew."""
    engine.breaks_off(text)
    asking = Asking()
    await fake.until(lambda: fake.uses)
    assert await asyncio.to_thread(engine.asked.wait, DEADLINE_S)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await fake.until(lambda: len(fake.asked("acquire")) == 2)
    fake.may_grant.clear()
    fake.tell(LOADING)
    await fake.until(lambda: len(fake.asked("acquire")) == 2)
    assert len(fake.asked("release")) == 1
    await asking.until(lambda: asking.waits == ["loading 40 %"])
    engine.says(REPLY)
    fake.tell(state("ready", backend={"pid": 2}))
    fake.may_grant.set()
    assert (await asking.answer()).text == REPLY
    assert asking.texts.count("") == 2
    again = asking.texts[asking.texts.index("", 1) :]
    assert again[-1] == REPLY
    assert len(engine.requests) == 2


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda engine: engine.breaks_off(REPLY[:20]), "cannot be reached.*qwen-launcher status"),
        (lambda engine: engine.fails(500, "{}"), "500"),
        (lambda engine: engine.fails(200, 'data: {"error": {"message": "dead"}}\n\n', "text/event-stream"), "dead"),
    ],
)
async def test_an_engine_that_dies_again_is_told(
    fake: FakeSupervisor,
    engine: FakeBackend,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[FakeBackend], None],
    said: str,
) -> None:
    """A third time is not tried, and a loss that the supervisor never notices is not waited for."""
    monkeypatch.setattr(supervisor, "_NOTICE_S", 0.2)
    break_it(engine)
    with pytest.raises(BackendUnavailableError, match=said):
        await Asking().answer()
    assert len(engine.requests) == 2
    await fake.until(lambda: not fake.uses)


async def test_an_error_of_the_request_is_not_repeated(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """A prompt that is too long stays too long."""
    engine.fails(400, '{"error": {"message": "maximum context length is 4096"}}')
    with pytest.raises(BackendError, match="4096"):
        await Asking().answer()
    assert len(engine.requests) == 1
    await fake.until(lambda: not fake.uses)


async def test_cancelling_while_waiting_takes_the_question_back(fake: FakeSupervisor) -> None:
    """By the end of the connection."""
    fake.may_grant.clear()
    asking = Asking()
    await fake.until(lambda: fake.asked("acquire"))
    asking.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking.answer()
    await fake.until(lambda: not fake.connections)


async def test_a_grant_that_comes_too_late_is_given_back(fake: FakeSupervisor) -> None:
    """Where the connection stays, for the lease."""
    fake.may_grant.clear()
    backend = OpenAIBackend(BackendSettings())
    assert backend.supervisor is not None
    backend.supervisor.keep_lease()
    asking = Asking(backend)
    await fake.until(lambda: fake.asked("acquire"))
    asking.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking.answer()
    fake.may_grant.set()
    await fake.until(lambda: fake.asked("release"))
    assert fake.uses == set()
    assert fake.connections == 1
    await backend.supervisor.close()
    await fake.until(lambda: not fake.connections)


async def test_cancelling_an_answer_releases_the_use_and_hangs_up(fake: FakeSupervisor, engine: FakeBackend) -> None:
    """So that the engine stops generating, and a switch of versions need not wait."""
    engine.hangs(after=REPLY[:20])
    asking = Asking()
    await asking.until(lambda: any(asking.texts))
    asking.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking.answer()
    await fake.until(lambda: not fake.connections)
    assert len(fake.asked("release")) == 1
    assert await asyncio.to_thread(engine.hung_up.wait, DEADLINE_S)


@pytest.mark.parametrize(
    "said",
    [
        b"Welcome!\n",
        b"[]\n",
        b"7\n",
        b"{}\n",
        b"\xff\xfe\n",
        b"[" * 60_000 + b"\n",
        json.dumps({"state": "x" * 70_000}).encode() + b"\n",
        b'{"id": 1, "result": 5}\n',
        b'{"id": 1, "result": {}}\n',
        b'{"id": 1, "error": "no"}\n',
        b'{"state": {"detail": ""}}\n',
    ],
    ids=lambda said: said[:12],
)
async def test_what_is_not_of_the_protocol_ends_the_connection(fake: FakeSupervisor, said: bytes) -> None:
    """It may be a launcher of another version; the user is told."""
    fake.says = said
    with pytest.raises(BackendUnavailableError, match=r"not of its protocol.*qwen-launcher status"):
        await Asking().answer()
    await fake.until(lambda: not fake.connections)


async def test_fields_and_messages_of_a_later_version_do_no_harm(fake: FakeSupervisor) -> None:
    """An answer nobody waits for, and a state that is not known yet."""
    fake.says = b'{"id": 99, "result": {}}\n{"id": 98, "error": {"code": "x", "message": "y"}}\n' + (
        json.dumps({"id": 1, "result": {"state": "updating", "colour": "red"}}).encode() + b"\n"
    )
    asking = Asking()
    assert (await asking.answer()).text == REPLY
    assert asking.waits == ["updating"]


async def test_a_supervisor_that_hangs_is_told(fake: FakeSupervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease is answered at once, or something is wrong."""
    monkeypatch.setattr(supervisor._answer, "__defaults__", (0.2,))
    fake.silent_on.add("lease")
    with pytest.raises(BackendUnavailableError, match="no answer for"):
        await Asking().answer()


@pytest.mark.parametrize(
    ("field", "value"),
    [("base_url", None), ("base_url", "file:///etc"), ("api_key_path", "/nonexistent"), ("api_key_path", 5)],
)
async def test_a_grant_that_cannot_be_used_is_told_and_given_back(
    fake: FakeSupervisor, field: str, value: object
) -> None:
    """With the remedy."""
    fake.grant[field] = value
    with pytest.raises(BackendUnavailableError, match=r"cannot be used .*qwen-launcher stop"):
        await Asking().answer()
    await fake.until(lambda: not fake.connections)
    assert len(fake.asked("release")) == 1


async def test_a_socket_whose_path_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words would not say which path."""
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    with pytest.raises(BackendUnavailableError, match=r"control\.sock, is longer than .* XDG_RUNTIME_DIR"):
        await Asking().answer()


async def test_a_socket_that_cannot_be_used_is_told(runtime: Path) -> None:
    """Nothing is started that could not be reached either."""
    (runtime / "qwen-lsp").write_text("not a folder")
    with pytest.raises(BackendUnavailableError, match=r"control\.sock cannot be used"):
        await Asking().answer()
    assert starts(runtime / "launcher") == []


def test_without_a_runtime_folder_the_cache_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the launcher does: the variable counts only when it names a folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for value in ("", str(tmp_path / "missing")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        assert control_socket() == tmp_path / "cache/qwen-lsp/run/control.sock"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert control_socket() == tmp_path / "qwen-lsp/control.sock"

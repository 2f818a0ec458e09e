"""Asking an OpenAI-compatible server, and what the user is told when it does not answer well."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qwen_lsp.backend import BackendError, BackendUnavailableError, OpenAIBackend
from qwen_lsp.model import ChatPrompt, Completion, Gap, TokenCount
from qwen_lsp.settings import BackendSettings
from tests.fake_backend import MODEL, FakeBackend, closed_port_url, fake_backend

PROMPT = ChatPrompt((("system", "be brief"), ("user", "why? \U0001f600")), "fix", 1)
DEADLINE_S = 60.0
SILENCE_S = 1.0


@pytest.fixture
def server() -> Iterator[FakeBackend]:
    """A server that says what it is told to."""
    with fake_backend() as fake:
        yield fake


async def _ask(base_url: str, pieces: list[str] | None = None, timeout_s: float = SILENCE_S) -> Completion:
    backend = OpenAIBackend(BackendSettings(base_url, api_key="s3cret", timeout_s=timeout_s))
    heard = pieces if pieces is not None else []
    return await backend.complete(PROMPT, max_tokens=99, on_text=heard.append, on_wait=heard.append)


async def test_a_reply_is_streamed_and_returned_whole(server: FakeBackend) -> None:
    """``on_text`` hears the text so far; the model is the one that the server offers."""
    server.says("Cause: \U0001f600 it is so, and so it stays.", finish_reason="length")
    pieces: list[str] = []
    completion = await _ask(server.base_url, pieces, timeout_s=5)
    assert (completion.text, completion.finish_reason) == ("Cause: \U0001f600 it is so, and so it stays.", "length")
    assert completion.first_token_ms is not None
    assert 0 < completion.first_token_ms < DEADLINE_S * 1000
    assert len(pieces) > 1
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(pieces))
    (request,) = server.requests
    assert (request["model"], request["max_tokens"], request["temperature"]) == (MODEL, 99, 0.0)
    assert request["messages"][1] == {"role": "user", "content": "why? \U0001f600"}


EVENT = "data: {}\n\n"
SSE = "text/event-stream"


@pytest.mark.parametrize(
    ("status", "body", "content_type", "said"),
    [
        (401, "{}", "application/json", "API key"),
        (403, "{}", "application/json", "API key"),
        (404, '{"error": {"message": "no model x"}}', "application/json", "no model x"),
        (400, '{"error": {"message": "maximum context length is 4096"}}', "application/json", "4096"),
        (500, "<html>oops</html>", "text/html", "500"),
        (200, "<html>Welcome to nginx</html>", "text/html", "/v1"),
        (200, "{", "application/json", "/v1"),
        (200, "", SSE, "/v1"),
        (200, "data: [DONE]\n\n", SSE, "/v1"),
        (200, EVENT.format("{bad"), SSE, "/v1"),
        (200, EVENT.format("[1]"), SSE, "/v1"),
        (200, EVENT.format("17"), SSE, "/v1"),
        (200, EVENT.format('{"choices": 5}'), SSE, "/v1"),
        (200, EVENT.format('{"choices": [{}]}'), SSE, "/v1"),
        (200, EVENT.format('{"choices": [{"delta": {"content": 5}}]}'), SSE, "/v1"),
        (200, EVENT.format('{"error": {"message": "engine dead"}}'), SSE, "engine dead"),
    ],
)
async def test_a_bad_answer_is_told_with_address_and_remedy(
    server: FakeBackend, status: int, body: str, content_type: str, said: str
) -> None:
    """Nothing but ``BackendError`` comes out, and the key stays secret."""
    server.fails(status, body, content_type)
    with pytest.raises(BackendError) as caught:
        await _ask(server.base_url, timeout_s=5)
    assert said in str(caught.value)
    assert server.base_url in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_all_questions_of_a_session_carry_its_id(server: FakeBackend) -> None:
    """So that a router can send them to the replica that has their beginnings in its cache; it tells nothing else."""
    server.says("yes")
    answer, ids = server.answer, list[str]()

    def note(handler: Any) -> None:
        ids.append(handler.headers["X-Session-ID"])
        answer(handler)

    server.answer = note
    first, second = (OpenAIBackend(BackendSettings(server.base_url)) for _ in range(2))
    for backend in (first, first, second):
        await backend.complete(PROMPT, max_tokens=9, on_text=lambda _: None, on_wait=lambda _: None)
    assert ids[0] == ids[1] != ids[2]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    """The address is named."""
    base_url = closed_port_url()
    with pytest.raises(BackendUnavailableError, match="cannot be reached") as caught:
        await _ask(base_url)
    assert base_url in str(caught.value)


@pytest.mark.parametrize("after", [None, "", "Cause: it"], ids=["no headers", "headers", "some text"])
async def test_a_server_that_falls_silent_is_given_up_in_time(server: FakeBackend, after: str | None) -> None:
    """The message names the setting to raise."""
    server.hangs(after)
    await asyncio.to_thread(__import__, "openai")
    with pytest.raises(BackendError, match=r"1 s.*timeoutS"):
        async with asyncio.timeout(DEADLINE_S):
            await _ask(server.base_url)
    assert len(server.requests) < 2


LOSSES: dict[str, tuple[Callable[[FakeBackend], None], str]] = {
    "before any text": (lambda server: server.breaks_off(""), "cannot be reached.*address is right"),
    "in the middle": (lambda server: server.breaks_off("Cause: it is bec"), "cannot be reached.*address is right"),
    "status 502": (lambda server: server.fails(502, "<html>Bad gateway</html>", "text/html"), "502"),
    "an event": (lambda server: server.fails(200, EVENT.format('{"error": {"message": "dead"}}'), SSE), "dead"),
}
"""How a server, or a router in front of several, shows that the one that answered is gone."""


@pytest.mark.parametrize(("lose", "said"), LOSSES.values(), ids=LOSSES)
async def test_a_server_that_is_lost_is_asked_once_more(
    server: FakeBackend, lose: Callable[[FakeBackend], None], said: str
) -> None:
    """A router has another one; the text starts anew, for half a reply is no reply."""
    lose(server)
    losing = server.answer

    def lose_and_recover(handler: Any) -> None:
        server.says("yes, and so it stays")
        losing(handler)

    server.answer = lose_and_recover
    pieces: list[str] = []
    completion = await _ask(server.base_url, pieces, timeout_s=5)
    assert (completion.text, completion.finish_reason) == ("yes, and so it stays", "stop")
    assert pieces.count("") == 2
    assert pieces[pieces.index("", 1) + 1] == "yes, and so "
    assert len(server.requests) == 2

    lose(server)
    with pytest.raises(BackendUnavailableError, match=said):
        await _ask(server.base_url, timeout_s=5)
    assert len(server.requests) == 4  # a third time is not tried


@pytest.mark.parametrize(
    "fail",
    [
        lambda server: server.fails(401, "{}"),
        lambda server: server.fails(400, '{"error": {"message": "maximum context length is 4096"}}'),
        lambda server: server.fails(200, "<html>Welcome to nginx</html>", "text/html"),
        lambda server: server.hangs("Cause: it"),
    ],
    ids=["wrong key", "wrong request", "no model's server", "silence"],
)
async def test_what_would_fail_again_is_not_repeated(server: FakeBackend, fail: Callable[[FakeBackend], None]) -> None:
    """A prompt that is too long stays too long, and whoever has waited for a hung server need not wait twice."""
    fail(server)
    with pytest.raises(BackendError):
        await _ask(server.base_url)
    assert len(server.requests) == 1


async def test_cancelling_before_the_second_question_prevents_it(
    server: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user no longer wants the answer."""
    pausing = asyncio.Event()

    async def pause(_delay_s: float) -> None:
        pausing.set()
        await asyncio.Future()

    monkeypatch.setattr(asyncio, "sleep", pause)
    server.fails(500, "{}")
    asking = asyncio.create_task(_ask(server.base_url, timeout_s=5))
    async with asyncio.timeout(DEADLINE_S):
        await pausing.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(server.requests) == 1


async def test_a_stream_without_an_end_is_marked(server: FakeBackend) -> None:
    """Some gateways close cleanly in the middle; whoever reads the reply must know."""
    event = json.dumps({"choices": [{"index": 0, "delta": {"content": "Cause: it"}}]})
    server.fails(200, EVENT.format(event), SSE)
    completion = await _ask(server.base_url, timeout_s=5)
    assert (completion.text, completion.finish_reason) == ("Cause: it", "disconnected")


async def test_a_server_that_never_stops_does_not_fill_the_memory(server: FakeBackend) -> None:
    """The reply is cut as if at its length limit."""
    event = json.dumps({"choices": [{"index": 0, "delta": {"content": "x" * 50_000}}]})
    server.fails(200, EVENT.format(event) * 20, SSE)
    completion = await _ask(server.base_url, timeout_s=5)
    assert completion.finish_reason == "length"
    assert len(completion.text) <= 250_000


@pytest.mark.parametrize("after", [None, "Cause: it"])
async def test_cancelling_hangs_up(server: FakeBackend, after: str | None) -> None:
    """The engine stops generating when its client is gone."""
    server.hangs(after)
    asking = asyncio.create_task(_ask(server.base_url, timeout_s=DEADLINE_S))
    assert await asyncio.to_thread(server.asked.wait, DEADLINE_S)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await asyncio.to_thread(server.hung_up.wait, DEADLINE_S)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
async def test_what_goes_to_this_machine_passes_through_no_proxy(
    server: FakeBackend, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """Code may not leave the machine because a proxy is set for web pages."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.says("yes")
    assert (await _ask(server.base_url, timeout_s=5)).text == "yes"


async def _count(server: FakeBackend) -> TokenCount:
    backend = OpenAIBackend(BackendSettings(server.base_url, api_key="s3cret", timeout_s=5))
    return await backend.count(PROMPT, lambda _words: None)


async def test_tokens_are_counted_by_the_server(server: FakeBackend) -> None:
    """The route is vLLM's, beside the API's."""
    paths: list[str] = []

    def answer(handler: Any) -> None:
        paths.append(handler.path)
        handler.send_whole(200, '{"count": 12, "max_model_len": 4096, "tokens": [1, 2]}')

    server.answer = answer
    assert await _count(server) == TokenCount(12, 4096)
    assert paths == ["/tokenize"]
    (request,) = server.requests
    assert (request["model"], request["messages"][1]["content"]) == (MODEL, "why? \U0001f600")


@pytest.mark.parametrize(("status", "body"), [(404, "{}"), (200, "{}"), (200, "[]"), (200, "what?"), (500, "{}")])
async def test_tokens_are_estimated_where_the_server_does_not_count(
    server: FakeBackend, status: int, body: str
) -> None:
    """Other servers than vLLM have no such route."""
    server.fails(status, body)
    count = await _count(server)
    assert count.limit is None
    assert 0 < count.tokens < 99


async def test_a_server_that_tells_no_likelihoods(server: FakeBackend) -> None:
    """One that does not know the word leaves them out; it gets no secret either."""
    secret = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
    choice = {"index": 0, "text": "x", "finish_reason": "length", "logprobs": None}
    server.fails(200, json.dumps({"id": "1", "object": "text_completion", "created": 0, "choices": [choice]}))
    backend = OpenAIBackend(BackendSettings(server.base_url, model="qwen2.5-coder-7b", timeout_s=SILENCE_S))
    assert await backend.likelihood(Gap("a = 1\n", "b = 2\n"), f"key = '{secret}'\n") is None
    (request,) = server.requests
    assert "key = '" in request["prompt"]
    assert secret not in request["prompt"]


async def test_other_models_are_not_asked_for_likelihoods(server: FakeBackend) -> None:
    """They do not know the marks of gaps."""
    backend = OpenAIBackend(BackendSettings(server.base_url, timeout_s=SILENCE_S))
    assert await backend.likelihood(Gap("a = 1\n", "b = 2\n"), "c = 3\n") is None
    assert server.requests == []

"""How long a diagnosis waits for others, and what the model was shown: a backend that notes what it is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

from qwen_lsp.backend import ChatBackend
from qwen_lsp.model import ChatPrompt, Completion, Gap, Infilling, TextEdit, TokenCount
from qwen_lsp.repair import trial
from qwen_lsp.rerun import Outcome, rerun

Span = tuple[float, float]


class Meter:
    """Passes questions on to ``backend``; ``temperature``, if given, replaces that of the questions for a chat."""

    def __init__(self, backend: ChatBackend, temperature: float | None = None) -> None:
        self._backend = backend
        self._temperature = temperature
        self._asked: list[Span] = []
        self._rerun: list[Span] = []
        self._texts: list[str] = []
        self._gaps: list[Gap] = []
        self._completions: list[Completion] = []

    async def complete(
        self,
        prompt: ChatPrompt,
        *,
        max_tokens: int,
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],
        temperature: float = 0.0,
        ends_with_code: bool = True,
    ) -> Completion:
        """Return the reply to ``prompt``; see ``ChatBackend.complete``."""
        self._texts += (content for _role, content in prompt.messages)
        with _timed(self._asked):
            completion = await self._backend.complete(
                prompt,
                max_tokens=max_tokens,
                on_text=on_text,
                on_wait=on_wait,
                temperature=temperature if self._temperature is None else self._temperature,
                ends_with_code=ends_with_code,
            )
        self._completions.append(completion)
        return completion

    async def count(self, prompt: ChatPrompt, on_wait: Callable[[str], None]) -> TokenCount:
        """Return the tokens of ``prompt``; see ``ChatBackend.count``."""
        with _timed(self._asked):
            return await self._backend.count(prompt, on_wait)

    async def infill(self, gap: Gap, *, samples: int, temperature: float, max_tokens: int) -> tuple[Infilling, ...]:
        """Return what the model writes into ``gap``; see ``ChatBackend.infill``."""
        self._gaps.append(gap)
        with _timed(self._asked):
            return await self._backend.infill(gap, samples=samples, temperature=temperature, max_tokens=max_tokens)

    async def likelihood(self, gap: Gap, text: str) -> float | None:
        """Return how likely the model finds ``text``; see ``ChatBackend.likelihood``."""
        with _timed(self._asked):
            return await self._backend.likelihood(gap, text)

    def overhead_s(self, start: float, end: float) -> float:
        """Return the seconds between two moments in which neither the backend was waited for nor a command ran."""
        return end - start - covered([*self._asked, *self._rerun], start, end)

    def reruns_s(self, start: float, end: float) -> float:
        """Return the seconds between two moments in which a command ran."""
        return covered(self._rerun, start, end)

    @property
    def tokens(self) -> tuple[int, int] | None:
        """The tokens of the questions and of the answers so far; None where gaps were filled, which tell no tokens."""
        if self._gaps or any(one.prompt_tokens is None or one.completion_tokens is None for one in self._completions):
            return None
        return (
            sum(one.prompt_tokens or 0 for one in self._completions),
            sum(one.completion_tokens or 0 for one in self._completions),
        )

    def has_sent(self, edit: TextEdit, lines: Sequence[str]) -> bool:
        """Return whether the model was shown the lines of the file, which are ``lines``, that ``edit`` changes."""
        first, last = edit.range.start.line, edit.range.end.line
        if edit.range.end.character == 0 and last > first:
            last -= 1
        old = "".join(lines[first : last + 1]).strip("\r\n") or "".join(lines[max(0, first - 1) : first]).strip("\r\n")
        if any(old in text for text in self._texts):
            return True
        # A gap lies between text that it shows: the edit begins or ends where the gap does.
        above, below = "".join(lines[:first]).rstrip(), "".join(lines[last + 1 :]).lstrip()
        return any(_ends(above, gap) or _begins(below, gap) for gap in self._gaps)

    def watch_reruns(self) -> None:
        """Note the reruns of commands that this task begins from now on."""
        _watched.set(self._rerun)


def covered(spans: Iterable[Span], start: float, end: float) -> float:
    """Return how much of the time from ``start`` to ``end`` lies in at least one of ``spans``."""
    total, upto = 0.0, start
    for begins, ends in sorted(spans):
        begins, ends = max(begins, upto), min(ends, end)
        if ends > begins:
            total += ends - begins
            upto = ends
    return total


def _ends(above: str, gap: Gap) -> bool:
    shown = gap.before.partition("\n")[2].rstrip()  # without the note on top
    return bool(shown) and above.endswith(shown)


def _begins(below: str, gap: Gap) -> bool:
    shown = gap.after.strip()
    return bool(shown) and below.startswith(shown)


_watched: ContextVar[list[Span]] = ContextVar("_watched")


@contextmanager
def _timed(spans: list[Span]) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        spans.append((started, time.perf_counter()))


async def _timed_rerun(*arguments: Any) -> Outcome:
    with _timed(_watched.get()):
        return await rerun(*arguments)


@contextmanager
def reruns_timed() -> Iterator[None]:
    """Let reruns be noted by the meters that watch them."""
    with patch.object(trial, "rerun", _timed_rerun):
        yield

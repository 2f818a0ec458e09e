"""Compose the steps from a log to a diagnosis; the only module that knows their order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.context import build_context
from qwen_lsp.explain import explain
from qwen_lsp.fixes import Reply, check_rewrite, parse_reply, target_of
from qwen_lsp.logparse import parse_log
from qwen_lsp.model import (
    ChatPrompt,
    CheckedFix,
    Completion,
    Diagnosis,
    Located,
    Position,
    Range,
    RegionRewrite,
    RejectedFix,
    RootCause,
    Timing,
    WorkspaceContext,
)
from qwen_lsp.prompting import fix_prompt, retry_prompt
from qwen_lsp.text import DocumentSource
from qwen_lsp.workspace import locate

_MAX_TITLE_CHARACTERS = 90
_MIN_REPLY_TOKENS, _MAX_REPLY_TOKENS = 400, 3000
_CHARACTERS_PER_TOKEN = 2.5
"""Code runs at 3 to 4 characters a token; a low figure leaves room for the cause and for indentation."""


_SAMPLES = 4
"""Answers drawn when the first is of no use; they share prompt and batch, so that four cost little more than one."""

_SAMPLING_TEMPERATURE = 0.7

_IMPORTS = ("import ", "from ")
"""An added import is part of a fix, never where the fault is."""


class Stage(StrEnum):
    """The stages a user sees while a diagnosis is made."""

    PARSING = "parsing the log"
    READING = "reading the code"
    STARTING = "starting the backend"
    ASKING = "asking the model"
    CHECKING = "checking the fix"


@dataclass(frozen=True, slots=True)
class DiagnoseRequest:
    """One request for a diagnosis.

    ``log`` is the failure's text. ``roots`` are the workspace folders (absolute). ``cwd`` is where the command ran,
    for relative paths in the log.
    """

    log: str
    roots: tuple[Path, ...]
    cwd: Path | None = None


ProgressSink = Callable[[Stage, str], None]
"""Called with the stage and its detail: for ``ASKING`` the reply's text so far, else words or "".

``STARTING`` comes only where there is something to wait for, before ``ASKING``.
"""


class Analyzer:
    """Makes diagnoses from logs; holds no state between requests."""

    def __init__(self, documents: DocumentSource, backend: ChatBackend) -> None:
        self._documents = documents
        self._backend = backend

    def locate(self, request: DiagnoseRequest) -> Diagnosis:
        """Return what can be said without the model: failures, places, explanations, fixes that are certain, problems.

        Never raises on a log.
        """
        started = time.perf_counter()
        parsed = parse_log(request.log)
        parsed_at = time.perf_counter()
        located, fixes = explain(
            locate(parsed, request.roots, self._documents, request.cwd), request.roots, self._documents
        )
        problems = list(parsed.problems)
        diagnosis = Diagnosis(located=located, fixes=fixes)
        if diagnosis.primary is not None and diagnosis.primary.crash is None:
            problems.append(_not_in_workspace(diagnosis.primary, request.roots))
        timing = Timing(parse_ms=(parsed_at - started) * 1000, locate_ms=_ms_since(parsed_at))
        return replace(diagnosis, problems=tuple(problems), timing=replace(timing, total_ms=_ms_since(started)))

    async def explain(self, request: DiagnoseRequest, located: Diagnosis, on_progress: ProgressSink) -> Diagnosis:
        """Return ``located`` with the model's root cause and checked fixes added.

        A backend that refuses, hangs or talks nonsense does not raise: ``problems`` says what happened and what to do,
        ``backend_failed`` is set, and everything already known is kept. Cancelling the task closes the
        request, which stops generation on the engine.
        """
        primary = located.primary
        place = primary.crash.place if primary is not None and primary.crash is not None else None
        if primary is None or place is None:
            return located
        started = time.perf_counter()
        on_progress(Stage.READING, "")
        context = await asyncio.to_thread(build_context, primary, request.roots, self._documents)
        if not context.regions:
            return _with_problem(
                located, f"Fixes are not offered for {place[0].name}: only Python files can be rewritten yet."
            )
        prompt = fix_prompt(primary, context, request.roots)
        try:
            answer = await self._ask(prompt, primary, context, on_progress)
            if isinstance(answer.outcome, RejectedFix) and answer.outcome.can_be_mended:
                answer = await self._ask_again(prompt, answer, answer.outcome, primary, context, on_progress)
        except BackendError as error:
            failed = _with_problem(located, str(error))
            return replace(failed, backend_failed=True)
        timing = replace(
            located.timing,
            first_token_ms=answer.completion.first_token_ms,
            total_ms=(located.timing.total_ms or 0) + _ms_since(started),
        )
        return replace(self._conclude(located, place, answer), timing=timing)

    async def _ask(
        self,
        prompt: ChatPrompt,
        located: Located,
        context: WorkspaceContext,
        on_progress: ProgressSink,
        temperature: float = 0.0,
    ) -> _Answer:
        region = context.regions[0]
        completion = await self._backend.complete(
            prompt,
            max_tokens=int(min(_MAX_REPLY_TOKENS, _MIN_REPLY_TOKENS + len(region.text) / _CHARACTERS_PER_TOKEN)),
            on_text=lambda text: on_progress(Stage.ASKING, text),
            on_wait=lambda words: on_progress(Stage.STARTING, words),
            temperature=temperature,
        )
        on_progress(Stage.CHECKING, "")
        reply = parse_reply(completion.text)
        return _Answer(completion, reply, await asyncio.to_thread(self._judge, completion, reply, located, context))

    async def _ask_again(
        self,
        prompt: ChatPrompt,
        first: _Answer,
        rejected: RejectedFix,
        located: Located,
        context: WorkspaceContext,
        on_progress: ProgressSink,
    ) -> _Answer:
        """Return the best of several new answers, or ``first`` when none is of use.

        A reply of the wrong form is answered with the reason. One that gives the code back unchanged is not
        shown to the model, which would only repeat it: the question is asked again with other random choices.
        """
        question = prompt if rejected.is_unchanged else retry_prompt(prompt, first.completion.text, rejected.reason)
        outcomes = await asyncio.gather(
            self._ask(question, located, context, on_progress, _SAMPLING_TEMPERATURE),
            *(
                self._ask(question, located, context, lambda *_: None, _SAMPLING_TEMPERATURE)
                for _ in range(_SAMPLES - 1)
            ),
            return_exceptions=True,  # what arrives is used, and none is left running
        )
        answers = [first]
        for outcome in outcomes:
            if isinstance(outcome, _Answer):
                answers.append(outcome)
            elif not isinstance(outcome, BackendError):
                raise outcome
        useful = [one for one in answers if isinstance(one.outcome, CheckedFix)]
        if useful:
            return min(useful, key=lambda one: _rank(one, useful))
        return next((one for one in answers if one.reply.cause), first)

    def _judge(
        self, completion: Completion, reply: Reply, located: Located, context: WorkspaceContext
    ) -> CheckedFix | RejectedFix:
        if completion.finish_reason == "length":
            return RejectedFix("the reply was cut off at its length limit; write the region once and nothing else")
        if reply.code is None or not reply.code.strip():
            return RejectedFix("the reply has no fenced code block with the corrected region")
        if reply.is_cut and completion.finish_reason != "stop":  # the stop string is the closing fence itself
            return RejectedFix("the code block of the reply was not closed")
        region = target_of(reply.code, context.regions[0], context.related)
        regions = context.regions if region is context.regions[0] else (region,)
        rewrite = RegionRewrite(region.id, reply.code)
        return check_rewrite(rewrite, regions, located.failure, _title(reply.cause), self._documents)

    def _conclude(self, located: Diagnosis, place: tuple[Path, Range], answer: _Answer) -> Diagnosis:
        """Return the diagnosis with ``answer`` in it; the root cause is where the fix changes code, else ``place``."""
        fixes: tuple[CheckedFix, ...] = ()
        if isinstance(answer.outcome, CheckedFix):
            fixes = (answer.outcome,)
            place = self._fault(answer.outcome) or place
        else:
            located = _with_problem(located, f"The model's fix is not offered: {answer.outcome.reason}.")
        if not answer.reply.cause:
            return replace(located, fixes=fixes)
        return replace(located, root_cause=RootCause(*place, answer.reply.cause), fixes=fixes)

    def _fault(self, fix: CheckedFix) -> tuple[Path, Range] | None:
        """Return the first line that ``fix`` changes; for pure insertions the line that they come before."""
        edit = next((one for one in fix.edits if not one.new_text.lstrip().startswith(_IMPORTS)), fix.edits[0])
        snapshot = self._documents.read(edit.path)
        if snapshot is None or not snapshot.lines:
            return None
        line = min(edit.range.start.line, len(snapshot.lines) - 1)
        whole = snapshot.content_range(line)
        return edit.path, whole if not whole.is_empty else Range(Position(line, 0), Position(line, 0))


@dataclass(frozen=True, slots=True)
class _Answer:
    """One reply of the model and what became of its fix."""

    completion: Completion
    reply: Reply
    outcome: CheckedFix | RejectedFix


def _rank(answer: _Answer, among: Sequence[_Answer]) -> tuple[bool, int, int]:
    """Return the sort key of a useful answer, best first: honest, agreed on, small."""
    fix = answer.outcome
    if not isinstance(fix, CheckedFix):
        return True, 0, 0
    agreeing = sum(isinstance(other.outcome, CheckedFix) and other.outcome.edits == fix.edits for other in among)
    return fix.hides_error, -agreeing, sum(len(edit.new_text) for edit in fix.edits)


def _title(cause: str) -> str:
    first = cause.split(". ")[0].rstrip(".")
    if len(first) > _MAX_TITLE_CHARACTERS:
        first = first[:_MAX_TITLE_CHARACTERS].rsplit(" ", 1)[0] + " ..."
    return f"Fix: {first}" if first else "Fix with Qwen"


def _with_problem(diagnosis: Diagnosis, problem: str) -> Diagnosis:
    return replace(diagnosis, problems=(*diagnosis.problems, problem))


def _not_in_workspace(located: Located, roots: tuple[Path, ...]) -> str:
    where = ", ".join(str(root) for root in roots) or "no folder"
    seen = next((f"{frame.path}:{frame.lineno}" for frame in reversed(located.failure.frames) if frame.in_app), None)
    named = f"; the innermost of your own frames is {seen}" if seen else ""
    return (
        f"None of the files of this {located.failure.exception_type} is in the workspace ({where}){named}. Open the "
        f"folder that holds the program (on the command line: --workspace)."
    )


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000

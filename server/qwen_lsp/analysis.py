"""Compose the steps from a log to a diagnosis; the only module that knows their order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.context import build_context
from qwen_lsp.explain import explain
from qwen_lsp.fixes import apply_fix, dodges, passing_rerun
from qwen_lsp.logparse import parse_log
from qwen_lsp.messages import say
from qwen_lsp.model import (
    CheckedFix,
    Diagnosis,
    Located,
    Position,
    Range,
    RootCause,
    Rung,
    Timing,
    WorkspaceContext,
)
from qwen_lsp.prompting import fix_prompt, why_prompt
from qwen_lsp.repair import Draft, Drafter, Guess, Redrafter, Searcher, Trial, cause_of, is_convincing, title_of
from qwen_lsp.rerun import Command, command_of
from qwen_lsp.text import DocumentSource
from qwen_lsp.workspace import locate

_IMPORTS = ("import ", "from ")
"""An added import is part of a fix, never where the fault is."""

_MAX_FOUND = 3
"""Fixes of a search that are offered: the first is most often the right one, and a longer list is not read."""

_MAX_WHY_TOKENS = 120


class Stage(StrEnum):
    """The stages a user sees while a diagnosis is made."""

    PARSING = "parsing the log"
    READING = "reading the code"
    STARTING = "starting the backend"
    ASKING = "asking the model"
    CHECKING = "checking the fix"
    RERUNNING = "running the failed command again"
    SEARCHING = "trying other fixes"


@dataclass(frozen=True, slots=True)
class DiagnoseRequest:
    """One request for a diagnosis.

    ``log`` is the failure's text. ``roots`` are the workspace folders (absolute). ``cwd`` is where the command ran,
    for relative paths in the log. ``command`` is what failed; without it the log may tell.
    """

    log: str
    roots: tuple[Path, ...]
    cwd: Path | None = None
    command: Command | None = None


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
        """Return ``located`` with the model's root cause and checked fixes added; as it is where no code is at fault.

        A backend that refuses, hangs or talks nonsense does not raise: ``problems`` says what happened and what to do,
        ``backend_failed`` is set, and everything already known is kept. Cancelling the task closes the
        request, which stops generation on the engine.
        """
        primary = located.primary
        place = primary.crash.place if primary is not None and primary.crash is not None else None
        if primary is None or place is None or _is_environment(primary):
            return located
        started = time.perf_counter()
        on_progress(Stage.READING, "")
        context = await asyncio.to_thread(build_context, primary, request.roots, self._documents)
        if not context.regions:
            words = say("Fixes are not offered for {file}: its language is not known.", file=place[0].name)
            return _with_problem(located, words)
        drafter = self._drafter(primary, context, on_progress)
        try:
            draft = await drafter.draft(fix_prompt(primary, context, request.roots))
        except BackendError as error:
            return _without_backend(located, error)
        return _later(self._conclude(located, place, draft), started)

    def command(self, request: DiagnoseRequest, diagnosis: Diagnosis) -> Command | None:
        """Return the command with which fixes can be tried: the one that is known to have failed, else the log's."""
        primary = diagnosis.primary
        if primary is None or primary.crash is None or _is_environment(primary):
            return None
        return request.command or command_of(primary, request.roots, request.cwd)

    async def try_fixes(self, request: DiagnoseRequest, diagnosis: Diagnosis, on_progress: ProgressSink) -> Diagnosis:
        """Return ``diagnosis`` with its fixes tried: the failed command is run with them, in a copy of the workspace.

        Where none makes it succeed, or only by a branch that may step around the fault, the model is asked for others,
        and then they are searched for. What cannot be tried is said in ``problems``. Cancelling the task ends what is
        being run.
        """
        command, primary = self.command(request, diagnosis), diagnosis.primary
        if primary is None or diagnosis.backend_failed or _is_environment(primary):
            return diagnosis
        if command is None:
            return _with_problem(diagnosis, say("Fixes were not tried: the log does not tell which command failed."))
        started = time.perf_counter()
        on_progress(Stage.RERUNNING, command.shown)
        trial = Trial(command, request.roots, self._documents)
        try:
            obstacle = await trial.reproduces(primary.failure)
            if obstacle is not None:
                words = say("Fixes were not tried with `{command}`: {why}.", command=command.shown, why=obstacle)
                return _with_problem(diagnosis, words)
            fixes = [passing_rerun(one) if await trial.passes(one) else one for one in diagnosis.fixes]
            diagnosis = replace(diagnosis, fixes=self._best_first(fixes))
            for step in (self._redrafted, self._searched):
                if not self._is_mended(diagnosis):
                    diagnosis = await step(request, primary, diagnosis, trial, on_progress)
        except BackendError as error:
            return _without_backend(diagnosis, error)
        finally:
            await trial.stop()
        return _later(diagnosis, started)

    def _is_mended(self, diagnosis: Diagnosis) -> bool:
        """Return whether there is no need to look further: a fix works, and not by a branch around the fault."""
        passing = (one for one in diagnosis.fixes if one.rung is Rung.RERUN_PASSES)
        return any(not dodges(one, self._documents) for one in passing)

    async def _redrafted(
        self, request: DiagnoseRequest, primary: Located, diagnosis: Diagnosis, trial: Trial, on_progress: ProgressSink
    ) -> Diagnosis:
        """Return ``diagnosis`` with the fixes that more answers of the model make, if any of them works."""
        context = await asyncio.to_thread(build_context, primary, request.roots, self._documents)
        if not context.regions:
            return diagnosis
        drafter = self._drafter(primary, context, on_progress)
        redrafter = Redrafter(primary, request.roots, self._documents, drafter, trial)
        found = await redrafter.redraft(fix_prompt(primary, context, request.roots))
        if not found:
            return diagnosis
        best, fixes = found[0], [passing_rerun(one.fix) for one in found]
        if best.fix.hides_error or (best.dodges and _works(diagnosis)):
            return replace(diagnosis, fixes=self._best_first((*diagnosis.fixes, *fixes)))
        return self._mended(diagnosis, fixes, best.cause)

    async def _searched(
        self, request: DiagnoseRequest, primary: Located, diagnosis: Diagnosis, trial: Trial, on_progress: ProgressSink
    ) -> Diagnosis:
        """Return ``diagnosis`` with the fixes that a search finds, if any."""
        searcher = Searcher(primary, request.roots, self._documents, self._backend, trial)
        found = await searcher.search(
            lambda tried, of, passing: on_progress(
                Stage.SEARCHING, say("{tried} of {of} tries, {passing} found", tried=tried, of=of, passing=passing)
            )
        )
        if not found:
            works = any(one.rung is Rung.RERUN_PASSES for one in diagnosis.fixes)
            return diagnosis if works else _with_problem(diagnosis, _not_enough(trial.command))
        best, *others = found[:_MAX_FOUND]
        more = [passing_rerun(one.fix, say("Replace by {code}", code=one.new.strip())) for one in others]
        if _works(diagnosis) and not is_convincing(best):
            more.insert(0, passing_rerun(best.fix, say("Replace by {code}", code=best.new.strip())))
            return replace(diagnosis, fixes=self._best_first((*diagnosis.fixes, *more)))
        cause = await self._why(request, primary, best, on_progress)
        return self._mended(diagnosis, [passing_rerun(best.fix, title_of(cause)), *more], cause)

    def _mended(self, diagnosis: Diagnosis, fixes: Sequence[CheckedFix], cause: str) -> Diagnosis:
        """Return ``diagnosis`` with ``fixes``, which work, before its own; ``cause`` is what the first one mends."""
        place = self._fault(fixes[0])
        return replace(
            diagnosis,
            fixes=self._best_first((*fixes, *diagnosis.fixes)),
            root_cause=RootCause(*place, cause) if place is not None and cause else diagnosis.root_cause,
            problems=tuple(one for one in diagnosis.problems if not one.startswith(_not_offered("")[:-1])),
        )

    async def _why(self, request: DiagnoseRequest, located: Located, guess: Guess, on_progress: ProgressSink) -> str:
        """Return the model's words for what is wrong with the line that ``guess`` mends."""
        gap = guess.line_gap
        completion = await self._backend.complete(
            why_prompt(located, gap.region, gap.line, (gap.old.strip(), guess.new.strip()), request.roots),
            max_tokens=_MAX_WHY_TOKENS,
            on_text=lambda text: on_progress(Stage.ASKING, text),
            on_wait=lambda words: on_progress(Stage.STARTING, words),
        )
        return cause_of(completion.text)

    def _drafter(self, primary: Located, context: WorkspaceContext, on_progress: ProgressSink) -> Drafter:
        return Drafter(
            primary,
            context,
            self._documents,
            self._backend,
            on_text=lambda text: on_progress(Stage.ASKING, text),
            on_wait=lambda words: on_progress(Stage.STARTING, words),
            on_checking=lambda: on_progress(Stage.CHECKING, ""),
        )

    def _conclude(self, located: Diagnosis, place: tuple[Path, Range], draft: Draft) -> Diagnosis:
        """Return the diagnosis with ``draft`` in it; the root cause is where the fix changes code, else ``place``."""
        fixes = located.fixes
        if isinstance(draft.outcome, CheckedFix):
            fixes = self._best_first((*fixes, draft.outcome))
            place = self._fault(draft.outcome) or place
        else:
            located = _with_problem(located, _not_offered(say(draft.outcome.reason)))
        timing = replace(located.timing, first_token_ms=draft.completion.first_token_ms)
        root_cause = RootCause(*place, draft.reply.cause) if draft.reply.cause else located.root_cause
        return replace(located, root_cause=root_cause, fixes=fixes, timing=timing)

    def _best_first(self, fixes: Iterable[CheckedFix]) -> tuple[CheckedFix, ...]:
        """Return ``fixes``, honest ones before those that hide the error, then by rung; each resulting program once."""
        best: dict[tuple[tuple[Path, str], ...], CheckedFix] = {}
        for fix in sorted(fixes, key=lambda one: (one.hides_error, -one.rung)):
            programs = tuple((snapshot.path, text) for snapshot, text in apply_fix(fix, self._documents))
            best.setdefault(programs, fix)
        return tuple(best.values())

    def _fault(self, fix: CheckedFix) -> tuple[Path, Range] | None:
        """Return the first line that ``fix`` changes; for pure insertions the line that they come before."""
        edit = next((one for one in fix.edits if not one.new_text.lstrip().startswith(_IMPORTS)), fix.edits[0])
        snapshot = self._documents.read(edit.path)
        if snapshot is None or not snapshot.lines:
            return None
        line = min(edit.range.start.line, len(snapshot.lines) - 1)
        whole = snapshot.content_range(line)
        return edit.path, whole if not whole.is_empty else Range(Position(line, 0), Position(line, 0))


def _works(diagnosis: Diagnosis) -> bool:
    """Return whether the command succeeds with a fix of ``diagnosis`` that does not just hide the error."""
    return any(one.rung is Rung.RERUN_PASSES and not one.hides_error for one in diagnosis.fixes)


def _not_offered(reason: str) -> str:
    return say("The model's fix is not offered: {reason}.", reason=reason)


def _not_enough(command: Command) -> str:
    return say(
        "No change that was tried makes `{command}` succeed: this log and the code that it leads to may not be enough "
        "to tell. A log of the smallest test or command that fails says more; so does a question about the code you "
        "suspect.",
        command=command.shown,
    )


def _is_environment(located: Located) -> bool:
    """Return whether no change of the code mends the failure: a package is missing, a server is down."""
    return located.explanation is not None and located.explanation.is_environment


def _without_backend(diagnosis: Diagnosis, error: BackendError) -> Diagnosis:
    return replace(_with_problem(diagnosis, str(error)), backend_failed=True)


def _later(diagnosis: Diagnosis, started: float) -> Diagnosis:
    """Return ``diagnosis`` with the time since ``started`` added to its total."""
    total_ms = (diagnosis.timing.total_ms or 0) + _ms_since(started)
    return replace(diagnosis, timing=replace(diagnosis.timing, total_ms=total_ms))


def _with_problem(diagnosis: Diagnosis, problem: str) -> Diagnosis:
    return replace(diagnosis, problems=(*diagnosis.problems, problem))


def _not_in_workspace(located: Located, roots: tuple[Path, ...]) -> str:
    where = ", ".join(str(root) for root in roots) or say("no folder")
    seen = next((f"{frame.path}:{frame.lineno}" for frame in reversed(located.failure.frames) if frame.in_app), None)
    named = say("; the innermost of your own frames is {place}", place=seen) if seen else ""
    return say(
        "None of the files of this {failure} is in the workspace ({folders}){named}. Open the folder that holds the "
        "program (on the command line: --workspace).",
        failure=located.failure.exception_type,
        folders=where,
        named=named,
    )


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000

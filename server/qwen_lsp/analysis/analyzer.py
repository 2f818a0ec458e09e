"""Compose the steps from a log to a diagnosis."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qwen_lsp.analysis.asking import Asker
from qwen_lsp.analysis.conclusions import (
    best_first,
    explained,
    later,
    ms_since,
    not_offered,
    with_problem,
    without_backend,
)
from qwen_lsp.analysis.known import known_mistake
from qwen_lsp.analysis.request import DiagnoseRequest, ProgressSink, Stage
from qwen_lsp.analysis.trying import Trier
from qwen_lsp.backend import BackendError, ChatBackend
from qwen_lsp.explain import explain
from qwen_lsp.logparse import parse_log
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Diagnosis, Located, Range, Remark, RootCause, Timing
from qwen_lsp.prompting import heading
from qwen_lsp.repair import Draft, NothingToAskError, Question, Trial
from qwen_lsp.rerun import Command, command_of
from qwen_lsp.text import DocumentSource
from qwen_lsp.workspace import locate


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
        if diagnosis.primary is not None and not fixes and not _is_environment(diagnosis.primary):
            remark = known_mistake(diagnosis.primary, request.roots, self._documents)
            diagnosis = _with_remark(diagnosis, remark) if remark is not None else diagnosis
        if diagnosis.primary is not None and diagnosis.primary.crash is None:
            problems.append(_not_in_workspace(diagnosis.primary, request.roots))
        timing = Timing(parse_ms=(parsed_at - started) * 1000, locate_ms=ms_since(parsed_at))
        return replace(diagnosis, problems=tuple(problems), timing=replace(timing, total_ms=ms_since(started)))

    async def explain(self, request: DiagnoseRequest, located: Diagnosis, on_progress: ProgressSink) -> Diagnosis:
        """Return ``located`` with the model's root cause and checked fixes added; as it is where no code is at fault.

        A backend that refuses, hangs or talks nonsense does not raise: ``problems`` says what happened and what to do,
        ``backend_failed`` is set, and everything already known is kept. Cancelling the task closes the
        request, which stops generation on the engine.
        """
        primary = located.primary
        place = primary.place if primary is not None else None
        if primary is None or place is None or _is_environment(primary):
            return located
        started = time.perf_counter()
        on_progress(Stage.READING, "")
        try:
            asker = Asker(request, primary, self._documents, self._backend, on_progress, located.remark)
            question = await asker.question()
            draft = await asker.drafter(question).draft(question.prompt)
        except NothingToAskError as error:
            return with_problem(located, str(error))
        except BackendError as error:
            return without_backend(located, error)
        if question.left_out:
            located = with_problem(located, _not_shown(question, request.roots))
        return later(self._conclude(located, place, draft), started)

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
            return with_problem(diagnosis, say("Fixes were not tried: the log does not tell which command failed."))
        started = time.perf_counter()
        on_progress(Stage.RERUNNING, command.shown)
        trial = Trial(command, request.roots, self._documents)
        try:
            obstacle = await trial.reproduces(primary.failure)
            if obstacle is not None:
                words = say("Fixes were not tried with `{command}`: {why}.", command=command.shown, why=obstacle)
                return with_problem(diagnosis, words)
            asker = Asker(request, primary, self._documents, self._backend, on_progress, diagnosis.remark)
            diagnosis = await Trier(asker, trial).tried(diagnosis)
        except BackendError as error:
            return without_backend(diagnosis, error)
        finally:
            await trial.stop()
        return later(diagnosis, started)

    def _conclude(self, located: Diagnosis, place: tuple[Path, Range], draft: Draft) -> Diagnosis:
        """Return the diagnosis with ``draft`` in it; the root cause is where the fix changes code, else ``place``."""
        fix = None
        if isinstance(draft.outcome, CheckedFix):
            fix = draft.outcome
            located = replace(located, fixes=best_first((*located.fixes, fix), self._documents))
        else:
            located = with_problem(located, not_offered(say(draft.outcome.reason)))
        located = replace(located, timing=replace(located.timing, first_token_ms=draft.completion.first_token_ms))
        if located.remark is not None:
            return located
        return explained(located, fix, draft.reply.cause, place, self._documents)


def _with_remark(diagnosis: Diagnosis, remark: Remark) -> Diagnosis:
    """Return ``diagnosis`` with ``remark`` as what is wrong: a rule errs less often than a small model."""
    cause = RootCause(remark.path, remark.range, remark.message)
    return replace(diagnosis, remark=remark, root_cause=cause, fixes=(*diagnosis.fixes, *remark.fixes))


def _not_shown(question: Question, roots: Sequence[Path]) -> str:
    places = "; ".join(heading(one, roots) for one in question.left_out)
    return say("The model had no room for all of the code; it has not seen {places}.", places=places)


def _is_environment(located: Located) -> bool:
    """Return whether no change of the code mends the failure: a package is missing, a server is down."""
    return located.explanation is not None and located.explanation.is_environment


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

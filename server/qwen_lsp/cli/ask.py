"""``qwen-lsp ask``: a question about a log, or about anything, without an editor."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.cli.common import (
    NO_BACKEND,
    UnusableFolderError,
    clear_stage,
    fail,
    folders,
    read_stdin,
    resolved_settings,
    show_stage,
)
from qwen_lsp.conversation import Answerer, Conversation, Stage
from qwen_lsp.logparse import decode_log
from qwen_lsp.prompting import DEFAULT_ROLE, load_roles, own_roles_folder
from qwen_lsp.settings import Settings
from qwen_lsp.workspace import DiskDocuments

ANSWERED, USAGE = 0, 64


def ask(options: argparse.Namespace) -> int:
    """Answer the question of ``options`` on stdout, as it is written, and return the exit code."""
    if not options.question.strip():
        fail("the question is empty; say what you want to know")
        return USAGE
    try:
        cwd, root = folders(options)
    except UnusableFolderError as error:
        return fail(str(error))
    try:
        raw = b""
        if options.log is not None:
            raw = read_stdin() if str(options.log) == "-" else options.log.read_bytes()
    except OSError as error:
        return fail(f"the log {options.log} cannot be read ({error.strerror})")
    settings = resolved_settings()
    roles, problems = load_roles(own_roles_folder())
    for problem in problems:
        fail(problem)
    name = options.role or DEFAULT_ROLE
    if name not in roles:
        fail(f"there is no role {name!r}; there are {', '.join(roles)}")
        return USAGE
    return asyncio.run(_answer(Conversation(roles[name], ""), options.question, raw, settings, cwd, root))


async def _answer(
    conversation: Conversation, question: str, raw: bytes, settings: Settings, cwd: Path, root: Path
) -> int:
    documents = DiskDocuments()
    backend = OpenAIBackend(settings.backend, redacts=settings.redact)
    answerer = Answerer(documents, backend)
    if raw:
        log, _ = decode_log(raw)
        diagnosis = Analyzer(documents, backend).locate(DiagnoseRequest(log=log, roots=(root,), cwd=cwd))
        for problem in diagnosis.problems:
            fail(problem)
        conversation = Conversation(conversation.role, answerer.about(diagnosis, (root,)))
    output = _Output()
    try:
        answer = await answerer.answer(conversation, question, output.show)
    finally:
        output.clear_stage()
    output.end(answer.text)
    for problem in answer.problems:
        fail(problem)
    return ANSWERED if answer.text else NO_BACKEND


class _Output:
    """Prints what is new of a text that grows, and the stages in a line of their own, which goes again."""

    def __init__(self) -> None:
        self._printed = ""
        self._is_at_stage = False

    def show(self, stage: Stage, detail: str) -> None:
        if stage is not Stage.ANSWERING:
            if self._printed and not self._is_at_stage and sys.stderr.isatty():
                print(file=sys.stderr)  # the line that the answer has come to is not the stage's
            show_stage(stage, detail)
            self._is_at_stage = True
            return
        if detail:
            self.clear_stage()
        # The end may be white space that the whole answer does not have.
        self._print(detail.strip())

    def clear_stage(self) -> None:
        """Take the stage away, if one is shown: the line may be the answer's by now."""
        if self._is_at_stage:
            clear_stage()
            self._is_at_stage = False

    def end(self, text: str) -> None:
        self._print(text)
        if self._printed:
            print()

    def _print(self, text: str) -> None:
        if not text.startswith(self._printed):  # asked again, of another backend
            print("\n---")
            self._printed = ""
        print(text[len(self._printed) :], end="", flush=True)
        self._printed = text

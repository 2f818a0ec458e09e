"""``qwen-lsp diagnose``: the main job without an editor."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.cli.common import (
    BAD_FILE,
    NO_BACKEND,
    UnusableFolderError,
    clear_stage,
    fail,
    folders,
    read_stdin,
    resolved_settings,
    show_stage,
    utf16_units,
)
from qwen_lsp.cli.text_output import TextOutput
from qwen_lsp.fixes import apply_fix
from qwen_lsp.logparse import decode_log
from qwen_lsp.model import CheckedFix, Diagnosis
from qwen_lsp.protocol.annotations import annotated
from qwen_lsp.protocol.report import report
from qwen_lsp.protocol.sarif import sarif
from qwen_lsp.rerun import Command
from qwen_lsp.session import findings_of
from qwen_lsp.settings import Settings
from qwen_lsp.text import DocumentSource, TextSnapshot
from qwen_lsp.workspace import DiskDocuments, WriteError, write_texts

FIXED, NO_FIX, NO_FAILURE = 0, 1, 2


def diagnose(options: argparse.Namespace) -> int:
    """Diagnose the log that ``options`` names and return the exit code (see ``qwen-lsp diagnose --help``)."""
    try:
        cwd, root = folders(options)
    except UnusableFolderError as error:
        return fail(str(error))
    if options.log is None and sys.stdin is not None and sys.stdin.isatty():
        print("qwen-lsp: reading the log from the terminal; paste it, then press Ctrl-D", file=sys.stderr)
    try:
        raw = read_stdin() if options.log is None else options.log.read_bytes()
    except OSError as error:
        return fail(f"the log {options.log or 'on stdin'} cannot be read ({error.strerror})")
    settings = resolved_settings()
    command = Command.typed(options.failed, cwd) if options.failed else None
    return asyncio.run(diagnose_log(raw, command, options, settings, cwd, root, sys.stdout))


async def diagnose_log(
    raw: bytes,
    command: Command | None,
    options: argparse.Namespace,
    settings: Settings,
    cwd: Path,
    root: Path,
    out: TextIO,
) -> int:
    """Diagnose ``raw``, print the result to ``out`` as ``options`` say, and return the exit code.

    ``command`` is what failed, where that is known.
    """
    log, decoding_problems = decode_log(raw)
    documents = DiskDocuments()
    analyzer = Analyzer(documents, OpenAIBackend(settings.backend, redacts=settings.redact))
    request = DiagnoseRequest(log=log, roots=(root,), cwd=cwd, command=command)
    output = TextOutput(root, documents, out) if options.format == "text" else None

    diagnosis = analyzer.locate(request)
    diagnosis = replace(diagnosis, problems=(*decoding_problems, *diagnosis.problems))
    if output:
        output.locations(diagnosis)
    if not options.no_model:
        try:
            diagnosis = await analyzer.explain(request, diagnosis, show_stage)
            if options.rerun or settings.fix.rerun == "always":
                diagnosis = await analyzer.try_fixes(request, diagnosis, show_stage)
        finally:
            clear_stage()
    # Before anything is printed: a pager may hold the printing up, and the file change meanwhile.
    changes = apply_fix(diagnosis.fixes[0], documents) if options.apply and diagnosis.fixes else []
    if output:
        output.explanation(diagnosis)
    else:
        print(formatted(diagnosis, documents, options.format, root), end="", file=out)
    if changes and not _apply(diagnosis.fixes[0], changes):
        return BAD_FILE
    return exit_code(diagnosis)


def formatted(diagnosis: Diagnosis, documents: DocumentSource, name: str, root: Path) -> str:
    """Return the diagnosis for programs, in the format ``name``."""
    if name == "github":
        return annotated(findings_of(diagnosis), diagnosis.problems, documents.read, root)
    if name == "sarif":
        content = sarif(
            findings_of(diagnosis),
            diagnosis.problems,
            documents.read,
            root,
            backend_failed=diagnosis.backend_failed,
        )
    else:
        content = report(diagnosis, documents.read, utf16_units)
    return json.dumps(content, indent=2) + "\n"  # ASCII, so that it can be printed whatever the encoding of stdout


def exit_code(diagnosis: Diagnosis) -> int:
    """Return what the process ends with."""
    if diagnosis.primary is None:
        return NO_FAILURE
    if diagnosis.backend_failed:
        return NO_BACKEND
    return FIXED if diagnosis.fixes else NO_FIX


def _apply(fix: CheckedFix, changes: Sequence[tuple[TextSnapshot, str]]) -> bool:
    if fix.hides_error:
        print("qwen-lsp: not applied: the fix only hides the error", file=sys.stderr)
        return True
    try:
        write_texts(changes)
    except WriteError as error:
        fail(str(error))
        return False
    for snapshot, _ in changes:
        print(f"qwen-lsp: applied to {snapshot.path}", file=sys.stderr)
    return True

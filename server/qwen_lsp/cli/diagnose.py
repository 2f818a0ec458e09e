"""``qwen-lsp diagnose``: the main job without an editor."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qwen_lsp.analysis import Analyzer, DiagnoseRequest, Stage
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.cli.text_output import TextOutput
from qwen_lsp.fixes import apply_fix
from qwen_lsp.logparse import decode_log
from qwen_lsp.model import CheckedFix, Diagnosis
from qwen_lsp.protocol.report import report
from qwen_lsp.settings import resolve
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import DiskDocuments, WriteError, write_texts

FIXED, NO_FIX, NO_FAILURE, NO_BACKEND, BAD_FILE = 0, 1, 2, 3, 66


def diagnose(options: argparse.Namespace) -> int:
    """Diagnose the log that ``options`` names and return the exit code (see ``qwen-lsp diagnose --help``)."""
    try:
        cwd = Path.cwd()
    except FileNotFoundError:
        return _fail("the current folder has been deleted; change to one that exists")
    root = cwd / options.workspace
    if not root.is_dir():
        return _fail(f"the workspace {root} is not a folder; name an existing one with --workspace")
    root = root.resolve()
    if options.log is None and sys.stdin is not None and sys.stdin.isatty():
        print("qwen-lsp: reading the log from the terminal; paste it, then press Ctrl-D", file=sys.stderr)
    try:
        raw = _read_stdin() if options.log is None else options.log.read_bytes()
    except OSError as error:
        return _fail(f"the log {options.log or 'on stdin'} cannot be read ({error.strerror})")
    settings, warnings = resolve(os.environ)
    for warning in warnings:
        print(f"qwen-lsp: {warning}", file=sys.stderr)
    log, decoding_problems = decode_log(raw)
    documents = DiskDocuments()
    analyzer = Analyzer(documents, OpenAIBackend(settings.backend, redacts=settings.redact))
    request = DiagnoseRequest(log=log, roots=(root,), cwd=cwd)
    output = TextOutput(root, documents) if options.format == "text" else None

    diagnosis = analyzer.locate(request)
    diagnosis = replace(diagnosis, problems=(*decoding_problems, *diagnosis.problems))
    if output:
        output.locations(diagnosis)
    if not options.no_model:
        diagnosis = asyncio.run(analyzer.explain(request, diagnosis, _show_stage))
        _clear_stage()
    # Before anything is printed: a pager may hold the printing up, and the file change meanwhile.
    changes = apply_fix(diagnosis.fixes[0], documents) if options.apply and diagnosis.fixes else []
    if output:
        output.explanation(diagnosis)
    else:  # ASCII, so that it can be printed whatever the encoding of stdout
        print(json.dumps(report(diagnosis, documents.read, _utf16_units), indent=2))
    if changes and not _apply(diagnosis.fixes[0], changes):
        return BAD_FILE
    return exit_code(diagnosis)


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
        _fail(str(error))
        return False
    for snapshot, _ in changes:
        print(f"qwen-lsp: applied to {snapshot.path}", file=sys.stderr)
    return True


def _read_stdin() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read()  # None: started with stdin closed


def _show_stage(stage: Stage, detail: str) -> None:
    if sys.stderr.isatty():
        tail = " ".join(detail.split())[-60:]
        print(f"\r\x1b[2K{stage}... {tail}", end="", file=sys.stderr, flush=True)


def _clear_stage() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fail(message: str) -> int:
    print(f"qwen-lsp: {message}", file=sys.stderr)
    return BAD_FILE

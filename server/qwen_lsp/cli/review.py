"""``qwen-lsp review``: mistakes in files, found without a log."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
import re
from pathlib import Path

from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.cli.common import (
    NO_BACKEND,
    USAGE,
    UnusableFolderError,
    clear_stage,
    fail,
    folders,
    resolved_settings,
    show_stage,
    utf16_units,
)
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import Review
from qwen_lsp.protocol.annotations import annotated
from qwen_lsp.protocol.report import review_report
from qwen_lsp.protocol.sarif import sarif
from qwen_lsp.review import Reviewer, ReviewRequest
from qwen_lsp.session import findings_of_review
from qwen_lsp.text import split_lines
from qwen_lsp.workspace import DiskDocuments

CLEAN, REMARKS = 0, 1
_LINES = re.compile(r"^(?P<file>.+):(?P<first>\d+)(?:-(?P<last>\d+))?$")


def review(options: argparse.Namespace) -> int:
    """Review the file that ``options`` names and return the exit code (see ``qwen-lsp review --help``)."""
    try:
        cwd, root = folders(options)
    except UnusableFolderError as error:
        return fail(str(error))
    request = _request(options.file, cwd)
    if request is None:
        fail(f"{options.file}: lines are given as FILE:FIRST-LAST, from 1 up")
        return USAGE
    settings = resolved_settings()
    documents = DiskDocuments()
    if documents.read(request.path) is None:
        return fail(f"{request.path} cannot be read as text")
    reviewer = Reviewer(documents, OpenAIBackend(settings.backend, redacts=settings.redact))
    found = reviewer.check(request)
    if options.model:
        try:
            found = asyncio.run(reviewer.mend(found, show_stage))
        finally:
            clear_stage()
    print(_formatted(found, documents, options.format, root), end="")
    if options.format in {"text", "github"}:
        for problem in found.problems:
            fail(problem)
    if found.backend_failed:
        return NO_BACKEND
    return REMARKS if found.remarks or found.problems else CLEAN


def _request(name: str, cwd: Path) -> ReviewRequest | None:
    match = _LINES.match(name)
    if match is None or (cwd / name).exists():
        return ReviewRequest((cwd / name).resolve())
    first = int(match["first"])
    last = int(match["last"] or first)
    return ReviewRequest((cwd / match["file"]).resolve(), (first - 1, last)) if 1 <= first <= last else None


def _formatted(found: Review, documents: DiskDocuments, name: str, root: Path) -> str:
    if name == "github":
        return annotated(findings_of_review(found), found.problems, documents.read, root)
    if name == "sarif":
        content = sarif(
            findings_of_review(found), found.problems, documents.read, root, backend_failed=found.backend_failed
        )
    elif name == "json":
        content = review_report(found, documents.read, utf16_units)
    else:
        return _text(found, documents, root)
    return json.dumps(content, indent=2) + "\n"


def _text(found: Review, documents: DiskDocuments, root: Path) -> str:
    """Return the remarks as compilers print them, each with its fixes as diffs."""
    lines = []
    name = str(found.path.relative_to(root)) if found.path.is_relative_to(root) else str(found.path)
    for remark in found.remarks:
        start = remark.range.start
        lines.append(
            f"{name}:{start.line + 1}:{start.character + 1}: {remark.kind.value} [{remark.rule}] {remark.message}\n"
        )
        for fix in remark.fixes:
            lines.append(f"  {fix.title}\n")
            for snapshot, after in apply_fix(fix, documents):
                diff = difflib.unified_diff(snapshot.lines, split_lines(after), f"a/{name}", f"b/{name}", n=1)
                lines += (f"    {line.rstrip()}\n" for line in diff)
    return "".join(lines)

"""Check a rewrite step by step: it applies, it parses, it compiles."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from qwen_lsp.fixes.diff import apply_edits, edits_between
from qwen_lsp.fixes.fit import fit
from qwen_lsp.fixes.hiding import hides_error
from qwen_lsp.model import CheckedFix, Failure, Region, RegionRewrite, RejectedFix, Rung, TextEdit
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot, split_lines

CHANGED_MEANWHILE = "the file changed while the model was answering; diagnose again"


def check_rewrite(
    rewrite: RegionRewrite, regions: Sequence[Region], failure: Failure, title: str, documents: DocumentSource
) -> CheckedFix | RejectedFix:
    """Return the fix that ``rewrite`` amounts to, with the highest rung it has earned, or why it is of no use.

    Only lines of ``regions`` are ever edited. ``title`` gets the rung appended.
    """
    region = next((one for one in regions if one.id == rewrite.region_id), None)
    if region is None:
        return RejectedFix(f"there is no region {rewrite.region_id!r}")
    snapshot = documents.read(region.path)
    if snapshot is None or snapshot.version != region.version:
        return RejectedFix(CHANGED_MEANWHILE, can_be_mended=False)
    if any(snapshot.slice(one.start_line, one.end_line) != one.text for one in regions if one.path == region.path):
        return RejectedFix(CHANGED_MEANWHILE, can_be_mended=False)
    fitted = fit(rewrite.new_text, region, snapshot)
    edits = edits_between(split_lines(region.text), fitted.lines, snapshot, region.start_line)
    edits = [*_import_edits(fitted.imports, regions, region, snapshot), *edits]
    if not edits:
        return RejectedFix("the corrected region is the same as the given one")
    after = apply_edits(snapshot, edits)
    outcome = _rung(snapshot, after, region)
    if isinstance(outcome, RejectedFix):
        return outcome
    hides = hides_error(snapshot.text, after, failure.exception_type)
    return CheckedFix(
        title=f"{'Hides the error: ' if hides else ''}{title} ({outcome.label})",
        edits=tuple(edits),
        rung=outcome,
        hides_error=hides,
    )


def _import_edits(
    imports: Sequence[str], regions: Sequence[Region], target: Region, snapshot: TextSnapshot
) -> list[TextEdit]:
    """Return edits that add ``imports`` below those of the file; the file's import lines are a region of their own."""
    home = next((one for one in regions if one.path == target.path and one.id != target.id), None)
    present = {line.strip() for line in snapshot.lines}
    missing = [line for line in dict.fromkeys(imports) if line not in present]
    if home is None or not missing:
        return []
    old = split_lines(home.text)
    ending = "\r\n" if snapshot.text[: len(snapshot.lines[0])].endswith("\r\n") else "\n"
    return edits_between(old, [*old, *(line + ending for line in missing)], snapshot, home.start_line)


def _rung(before: TextSnapshot, after: str, region: Region) -> Rung | RejectedFix:
    language = language_of(before.path)
    if language is None:
        return Rung.APPLIES
    tree, tree_before = parse(language, after), parse(language, before.text)
    problem = _compile_error(after, str(before.path)) if language.id == "python" else None
    if (
        problem is not None
        and not tree.error_count
        and _same_error(problem, _compile_error(before.text, str(before.path)))
    ):
        return Rung.PARSES  # written for a newer Python than runs this server: no judge of it
    if problem is not None and problem.lineno is not None:
        grown = after.count("\n") - before.text.count("\n")
        if region.start_line < problem.lineno <= region.end_line + max(0, grown):
            return RejectedFix(f"with it, {before.path.name} does not compile: {problem.msg} (line {problem.lineno})")
    if tree.error_count > tree_before.error_count or (tree.error_count and not tree_before.error_count):
        return RejectedFix(f"with it, {before.path.name} does not parse")
    if tree.error_count or problem is not None:
        return Rung.APPLIES if tree.error_count else Rung.PARSES
    return Rung.COMPILES if language.id == "python" else Rung.PARSES


def _same_error(one: SyntaxError, other: SyntaxError | None) -> bool:
    return other is not None and one.msg == other.msg


def _compile_error(text: str, name: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's invalid escapes are not ours to report
            compile(text, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return SyntaxError(str(error) or type(error).__name__)
    return None

"""Check a rewrite step by step: it applies, it parses, it compiles."""

from __future__ import annotations

from collections.abc import Sequence

from qwen_lsp.fixes.compiling import compiled_rung
from qwen_lsp.fixes.compiling.python import undefined_name
from qwen_lsp.fixes.complete import lost_definitions, placeholder
from qwen_lsp.fixes.diff import apply_edits, edits_between
from qwen_lsp.fixes.fit import fit, line_ending
from qwen_lsp.fixes.hiding import dodges, hides_error, is_same_program
from qwen_lsp.fixes.omitted import restore_omitted
from qwen_lsp.fixes.titles import titled
from qwen_lsp.model import CheckedFix, Failure, Region, RegionRewrite, RejectedFix, Rung, TextEdit
from qwen_lsp.syntax import language_of, parse
from qwen_lsp.text import DocumentSource, TextSnapshot, split_lines

CHANGED_MEANWHILE = "the file changed while the model was answering; diagnose again"


def check_rewrite(
    rewrite: RegionRewrite,
    regions: Sequence[Region],
    failure: Failure,
    title: str,
    documents: DocumentSource,
    *,
    with_tools: bool = True,
) -> CheckedFix | RejectedFix:
    """Return the fix that ``rewrite`` amounts to, with the highest rung it has earned, or why it is of no use.

    Only lines of ``regions`` are ever edited. ``title`` gets the rung appended. Without tools nothing is started (node,
    gofmt, ruff), and it takes a millisecond or two.
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
    old = split_lines(region.text)
    elided = placeholder(old, fitted.lines, language_of(region.path))
    if elided is not None:
        return RejectedFix(f"the reply leaves lines out ({elided}); write the complete region")
    outside = {*snapshot.lines[: region.start_line], *snapshot.lines[region.end_line :]}
    new = restore_omitted(old, fitted.lines, outside, language_of(region.path))
    edits = edits_between(old, new, snapshot, region.start_line)
    edits = [*_import_edits(fitted.imports, regions, region, snapshot), *edits]
    if not edits:
        return RejectedFix("the corrected region is the same as the given one", is_unchanged=True)
    return check_edits(edits, snapshot, region, failure, title, with_tools=with_tools)


def check_edits(
    edits: Sequence[TextEdit],
    snapshot: TextSnapshot,
    region: Region,
    failure: Failure,
    title: str,
    *,
    with_tools: bool = True,
) -> CheckedFix | RejectedFix:
    """Return the fix that ``edits`` of ``snapshot``, all in ``region``, amount to, or why they are of no use.

    ``title`` and ``with_tools`` are as for ``check_rewrite``.
    """
    after = apply_edits(snapshot, edits)
    language = language_of(snapshot.path)
    if language is not None and is_same_program(snapshot.text, after, language):
        return RejectedFix("the corrected region differs from the given one in comments only", is_unchanged=True)
    outcome = _rung(snapshot, after, region, failure, with_tools=with_tools)
    if isinstance(outcome, RejectedFix):
        return outcome
    hides = language is not None and hides_error(snapshot.text, after, failure.exception_type, language)
    return CheckedFix(
        title=titled(title, outcome, hides_error=hides),
        edits=tuple(edits),
        rung=outcome,
        hides_error=hides,
        dodges=hides or (language is not None and dodges(snapshot.text, after, language)),
    )


def _import_edits(
    imports: Sequence[str], regions: Sequence[Region], target: Region, snapshot: TextSnapshot
) -> list[TextEdit]:
    """Return edits that add ``imports`` below those of the file; its import lines are a region of their own.

    Without such a region they go to the top of ``target``.
    """
    at_margin = {line.rstrip() for line in snapshot.lines}
    missing = [line for line in dict.fromkeys(imports) if line not in at_margin]
    if not missing:
        return []
    home = next((one for one in regions if one.path == target.path and one.id != target.id), None)
    ending = line_ending(snapshot)
    if home is not None:
        old = split_lines(home.text)
        return edits_between(old, [*old, *(line + ending for line in missing)], snapshot, home.start_line)
    first = next((line for line in split_lines(target.text) if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    return edits_between([], [margin + line + ending for line in missing], snapshot, target.start_line)


def _rung(
    before: TextSnapshot, after: str, region: Region, failure: Failure, *, with_tools: bool
) -> Rung | RejectedFix:
    name, language = before.path.name, language_of(before.path)
    if language is None:
        return Rung.APPLIES
    outcome = compiled_rung(before, after, region, failure, language, with_tools=with_tools)
    if isinstance(outcome, RejectedFix):
        return outcome
    tree, tree_before = parse(language, after), parse(language, before.text)
    if outcome is None and tree.error_count > tree_before.error_count:
        return RejectedFix(f"with it, {name} does not parse")
    lost = lost_definitions(tree_before, tree)
    if lost:
        return RejectedFix(f"the reply leaves out {', '.join(lost)}; write the complete region")
    undefined = undefined_name(before.text, after) if with_tools and language.id == "python" else None
    if undefined is not None:
        return RejectedFix(f"with it, {name} uses a name that it does not have: {undefined}")
    if outcome is not None:
        return outcome
    return Rung.APPLIES if tree.error_count or language.id == "sql" else Rung.PARSES

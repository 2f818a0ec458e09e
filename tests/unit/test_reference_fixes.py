"""The right fix of each failing program passes the checks when a model writes it, in any language."""

from __future__ import annotations

import textwrap
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from qwen_lsp.context.candidates import candidate_regions
from qwen_lsp.fixes import apply_fix, check_rewrite
from qwen_lsp.logparse import parse_log
from qwen_lsp.model import CheckedFix, Region, RegionRewrite
from qwen_lsp.workspace import DiskDocuments, locate
from tests.failures import FailureCase, all_cases, apply_reference_fix, copy_workspace

# Its fix begins in a function's decorator and ends in another function.
SPANS_REGIONS = {"heap-tie"}
# A constraint that is too strict is the fault here; to drop one is nearly always the way to hide it.
LOOKS_LIKE_HIDING = {"sql-unique-number"}
CASES = [case for case in all_cases() if case.name not in SPANS_REGIONS]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_right_fix_is_offered_as_it_is(case: FailureCase, tmp_path: Path) -> None:
    """Written as the region, the region without its indent, or the whole file; it is among the candidates."""
    # Where the log was recorded, as far as the end of its paths goes.
    workspace, fixed = tmp_path / "home" / "dev" / case.name, tmp_path / "fixed"
    copy_workspace(case, workspace)
    copy_workspace(case, fixed)
    apply_reference_fix(case, fixed)
    documents = DiskDocuments()
    located = locate(parse_log(case.log), (workspace,), documents, None)
    primary = next(one for one in located if one.failure.primary)
    candidates = candidate_regions(primary, (workspace,), documents)
    right = (fixed / case.fault_path).read_text(encoding="utf-8")
    region, written = _rewritten(candidates, workspace / case.fault_path, right)
    for reply in (written, textwrap.dedent(written), right):
        outcome = check_rewrite(RegionRewrite(region.id, reply), [region], primary.failure, "Fix: it", documents)
        assert isinstance(outcome, CheckedFix), outcome
        assert outcome.hides_error is (case.name in LOOKS_LIKE_HIDING)
        assert {snapshot.path: text for snapshot, text in apply_fix(outcome, documents)} == {region.path: right}


def _rewritten(candidates: tuple[Region, ...], path: Path, right: str) -> tuple[Region, str]:
    """Return the candidate that holds all lines that differ in ``right``, and its part of ``right``."""
    old, new = path.read_text(encoding="utf-8").splitlines(keepends=True), right.splitlines(keepends=True)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    changes = [(i1, i2) for tag, i1, i2, _, _ in matcher.get_opcodes() if tag != "equal"]
    first, last = changes[0][0], changes[-1][1]
    region = next(one for one in candidates if one.path == path and one.start_line <= first and last <= one.end_line)
    return region, "".join(new[region.start_line : region.end_line + len(new) - len(old)])

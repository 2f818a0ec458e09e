"""Mistakes of known kinds in the code that a failure leads to, on the programs for tuning."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import ChatBackend
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import Diagnosis
from qwen_lsp.workspace import DiskDocuments
from tests.failures import TUNING, FailureCase, all_cases, apply_reference_fix, copy_workspace, passes_check

CASES = [case for case in all_cases() if case.set == TUNING and not case.needs_postgresql]


class NoBackend(ChatBackend):
    """Is never asked."""


def _located(case: FailureCase, workspace: Path) -> Diagnosis:
    return Analyzer(DiskDocuments(), NoBackend()).locate(DiagnoseRequest(case.log, (workspace,), workspace))


def test_many_faults_are_known(tmp_path: Path) -> None:
    """More than one program in five has a mistake of a known kind."""
    known = 0
    for case in CASES:
        copy_workspace(case, tmp_path / case.name)
        known += _located(case, tmp_path / case.name).remark is not None
    assert known * 5 > len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_blamed_is_wrong(case: FailureCase, tmp_path: Path) -> None:
    """It is the program's fault, a fix of a rule's own mends it, and in the mended program nothing is blamed."""
    workspace = tmp_path / case.name
    copy_workspace(case, workspace)
    diagnosis = _located(case, workspace)
    remark = diagnosis.remark
    if remark is not None:
        low, high = case.fault_lines
        assert remark.path == workspace / case.fault_path
        assert low <= remark.range.start.line + 1 <= high
        assert diagnosis.root_cause is not None
        assert diagnosis.root_cause.explanation == remark.message
        for fix in remark.fixes:
            for snapshot, text in apply_fix(fix, DiskDocuments()):
                snapshot.path.write_text(text, encoding="utf-8")
            assert passes_check(case, workspace)
    mended = tmp_path / "mended" / case.name
    copy_workspace(case, mended)
    apply_reference_fix(case, mended)
    assert _located(case, mended).remark is None

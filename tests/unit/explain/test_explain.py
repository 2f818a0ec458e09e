"""What is said of a failure without a model, and which fixes are offered as certain."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.explain.python.known import IMPORTED_FROM, IMPORTED_WHOLE
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import Rung
from qwen_lsp.session import findings_of
from qwen_lsp.workspace import DiskDocuments
from tests.failures import FailureCase, all_cases, copy_workspace, passes_check
from tests.unit.test_analysis import ScriptedBackend

from .cases import FOLDER, read, render


@pytest.mark.parametrize("archive", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_says_what_is_wrong(archive: Path, tmp_path: Path) -> None:
    """The explanation, what to run, and the fix are those of the archive."""
    parts = read(archive)
    assert render(parts, tmp_path) == parts["expect"]


def test_says_nothing_wrong_of_files_that_were_cut(tmp_path: Path) -> None:
    """A file that ends anywhere, also without a line ending, never makes the reader fail."""
    for archive in FOLDER.glob("*.txt"):
        parts = read(archive)
        for quarter in range(1, 5):
            cut = {
                name: text if name == "log" else text[: len(text) * quarter // 4 - 1]
                for name, text in parts.items()
                if name != "expect"
            }
            assert render(cut, tmp_path)


_CERTAIN = (
    "dict-changed-during-iteration",
    "name-error-typo",
    "sql-py-bindings",
    "sql-trailing-comma",
    "syntax-assignment-in-condition",
    "syntax-missing-colon",
    "syntax-missing-dict-comma",
)


@pytest.mark.parametrize("case", [case for case in all_cases() if case.name in _CERTAIN], ids=lambda case: case.name)
def test_certain_fix_mends_the_program(case: FailureCase, tmp_path: Path) -> None:
    """A fix that is offered without a model passes the hidden check of the program that failed."""
    workspace = tmp_path / case.name
    copy_workspace(case, workspace)
    documents = DiskDocuments()
    located = Analyzer(documents, ScriptedBackend("")).locate(DiagnoseRequest(case.log, (workspace,), workspace))
    (fix,) = located.fixes
    assert fix.rung is (Rung.APPLIES if fix.edits[0].path.suffix == ".sql" else Rung.COMPILES)
    for snapshot, text in apply_fix(fix, documents):
        snapshot.path.write_text(text, encoding="utf-8")
    assert passes_check(case, workspace)


def test_no_other_fix_is_certain(tmp_path: Path) -> None:
    """None of the programs whose fault is not certain gets a fix without a model, known mistakes in its code aside."""
    offered = set()
    for case in all_cases():
        workspace = tmp_path / case.name
        copy_workspace(case, workspace)
        request = DiagnoseRequest(case.log, (workspace,), workspace)
        diagnosis = Analyzer(DiskDocuments(), ScriptedBackend("")).locate(request)
        if diagnosis.fixes and diagnosis.remark is None:
            offered.add(case.name)
    assert offered == set(_CERTAIN)


def test_first_diagnostic_carries_explanation_and_command(tmp_path: Path) -> None:
    """The finding at the crash site says which command helps where no change of the code does."""
    (tmp_path / "main.py").write_text("import yaml\n", encoding="utf-8")
    log = 'Traceback (most recent call last):\n  File "main.py", line 1, in <module>\n    import yaml\n'
    request = DiagnoseRequest(log + "ModuleNotFoundError: No module named 'yaml'\n", (tmp_path,), tmp_path)
    (finding,) = findings_of(Analyzer(DiskDocuments(), ScriptedBackend("")).locate(request))
    _, explanation, command = finding.message.splitlines()
    assert "PyYAML" in explanation
    assert command == "To run: python -m pip install PyYAML"


def test_known_names_are_where_they_are_said_to_be() -> None:
    """Every name that an import is offered for exists in its module."""
    assert all(hasattr(importlib.import_module(module), name) for name, module in IMPORTED_FROM.items())
    assert all(importlib.import_module(module) for module in IMPORTED_WHOLE)


async def test_a_missing_package_is_no_question_for_the_model(tmp_path: Path) -> None:
    """Where no change of the code helps, none is asked for, and none is tried."""
    (tmp_path / "main.py").write_text("import yaml\n", encoding="utf-8")
    log = 'Traceback (most recent call last):\n  File "main.py", line 1, in <module>\n    import yaml\n'
    request = DiagnoseRequest(log + "ModuleNotFoundError: No module named 'yaml'\n", (tmp_path,), tmp_path)
    backend = ScriptedBackend("")
    analyzer = Analyzer(DiskDocuments(), backend)
    located = analyzer.locate(request)
    assert await analyzer.explain(request, located, lambda *_: None) == located
    assert analyzer.command(request, located) is None
    assert backend.prompts == []

"""The failing programs fail as recorded, and their hidden checks tell a fix from a trick."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qwen_lsp.model import FailureKind
from qwen_lsp.syntax import SyntaxTree, language_of, parse
from qwen_lsp.syntax.tree import walk
from tests import failures, record_failures
from tests.failures import FailureCase, all_cases, apply_reference_fix, copy_workspace, passes_check, run, run_check

CASES = all_cases()
# A handler around a loop that makes no progress runs for ever; that counts as refused.
TRICK_LIMIT_S = 2.0
# The number loop has nothing left to do where the text ends: leaving it by the exception gives the right tokens.
HANDLER_IS_RIGHT = {"tokenizer-end-of-input"}


@dataclass(frozen=True)
class Evidence:
    """What running one case showed; ``log`` is what a new recording would write."""

    unfixed: subprocess.CompletedProcess[str]
    log: str
    check_of_unfixed: int
    fixed_passes: bool
    tricks: int
    accepted_tricks: list[str]


@pytest.fixture(scope="module")
def evidence() -> Iterator[dict[str, Future[Evidence]]]:
    """Run everything in the background, a case a thread: each test waits for its own case only."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = {case.name: pool.submit(_gather, case) for case in CASES if case.why_not_here is None}
        yield futures
        pool.shutdown(cancel_futures=True)


def _gather(case: FailureCase) -> Evidence:
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(scratch).resolve() / case.name
        copy_workspace(case, workspace)
        unfixed = run(case, workspace)
        log = record_failures.portable(unfixed.stdout, workspace, case.name)
        check_of_unfixed = run_check(case, workspace).returncode
        tricks = _tricks(case)
        accepted = []
        for path, text in tricks:
            original = (workspace / path).read_text(encoding="utf-8")
            (workspace / path).write_text(text, encoding="utf-8")
            if run_check(case, workspace, TRICK_LIMIT_S).returncode == 0:
                accepted.append(text)
            (workspace / path).write_text(original, encoding="utf-8")
        apply_reference_fix(case, workspace)
        return Evidence(unfixed, log, check_of_unfixed, passes_check(case, workspace), len(tricks), accepted)


def _tricks(case: FailureCase) -> list[tuple[str, str]]:
    """Return (path, new text of that file) for each cheap way to silence the failure.

    A syntax error goes away with its lines or its file, an assertion with its statement, and an exception when the
    statement at the crash is wrapped in a handler that ignores it or returns a default, or is taken out where the
    language has no handlers.
    """
    path = Path(case.crash_path)
    lines = (case.folder / path).read_text(encoding="utf-8").splitlines(keepends=True)
    if case.kind is FailureKind.SYNTAX_ERROR:
        fault = (case.folder / case.fault_path).read_text(encoding="utf-8").splitlines(keepends=True)
        first, last = case.fault_lines
        texts = ["", "".join(fault[: first - 1] + fault[last:])]
    else:
        first, last = _statement(path, lines, case.crash_line)
        head, body, tail = lines[: first - 1], lines[first - 1 : last], lines[last:]
        indent = body[0][: len(body[0]) - len(body[0].lstrip())]
        texts = ["".join([*head, *new, *tail]) for new in _silenced(case, path.suffix, body, indent)]
    return [(case.crash_path, text) for text in texts if path.suffix != ".py" or _compiles(text)]


def _silenced(case: FailureCase, suffix: str, body: list[str], indent: str) -> Iterator[list[str]]:
    """Yield what stands in place of the statement ``body`` where its failure is silenced."""
    if suffix == ".py":
        if case.kind is FailureKind.ASSERTION:
            yield [f"{indent}pass\n"]
            return
        tried = [f"{indent}try:\n", *(f"    {line}" for line in body), f"{indent}except Exception:\n"]
        yield from ([*tried, f"{indent}    {handler}\n"] for handler in ("pass", "return 0", "return []"))
    elif suffix in {".go", ".rs", ".sql"}:
        yield []
        if suffix == ".sql":
            yield ["SELECT NULL;\n"]
    elif case.kind is FailureKind.ASSERTION:
        yield [f"{indent};\n"]
    else:
        caught = "(Exception e) " if suffix == ".java" else ""
        handlers = (" return 0; ",) if suffix == ".java" else ("", " return 0; ", " return []; ")
        for handler in handlers:
            yield [f"{indent}try {{\n", *body, f"{indent}}} catch {caught}{{{handler}}}\n"]


def _statement(path: Path, lines: list[str], lineno: int) -> tuple[int, int]:
    """Return the first and last line (1-based) of the innermost statement that holds the line."""
    language = language_of(path)
    assert language is not None
    tree = parse(language, "".join(lines))
    spans = [(one.start_line + 1, one.end_line) for one in tree.definitions]
    if language.id == "python":
        nodes = [node for node in ast.walk(ast.parse("".join(lines))) if isinstance(node, ast.stmt)]
        spans = [(node.lineno, node.end_lineno or node.lineno) for node in nodes]
    elif language.id != "sql":
        spans = [(start + 1, end) for start, end in _statements_of(tree)]
    return min((span for span in spans if span[0] <= lineno <= span[1]), key=lambda span: span[1] - span[0])


def _statements_of(tree: SyntaxTree) -> Iterator[tuple[int, int]]:
    for node in walk(tree.root):
        if node.is_named and node.parent is not None and node.parent.type in {*tree.language.blocks, tree.root.type}:
            yield tree.lines_of(node)


def _compiles(text: str) -> bool:
    try:
        compile(text, "trick.py", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def _evidence_of(case: FailureCase, evidence: dict[str, Future[Evidence]]) -> Evidence:
    if case.why_not_here is not None:
        pytest.skip(case.why_not_here)
    return evidence[case.name].result()


def test_there_are_enough_cases_of_every_sort() -> None:
    """The data covers every kind of failure and language, and faults far from the crash with and without tests."""
    by_kind = {kind: sum(case.kind is kind for case in CASES) for kind in FailureKind}
    by_language = Counter(case.language for case in CASES)
    other_file = [case for case in CASES if case.fault_path != case.crash_path]
    assert len(CASES) >= 120
    assert min(by_kind.values()) >= 20
    assert by_language["python"] >= 50
    assert by_language["javascript"] + by_language["typescript"] >= 30
    assert by_language["sql"] >= 25
    assert min(by_language[language] for language in ("java", "go", "rust")) >= 3
    assert sum(case.fault_elsewhere for case in CASES) >= 40
    assert sum(case.kind is FailureKind.EXCEPTION for case in other_file) >= 20
    assert all(case.fault_elsewhere for case in other_file)


def test_half_of_the_cases_are_kept_from_tuning() -> None:
    """In each group of the same language, kind and place of the fault, as near to half as can be."""
    difference: Counter[tuple[str, FailureKind, bool]] = Counter()
    for case in CASES:
        assert case.set in {failures.TUNING, failures.REPORT}
        difference[case.language, case.kind, case.fault_elsewhere] += 1 if case.set == failures.TUNING else -1
    assert {group: by for group, by in difference.items() if by not in {0, 1}} == {}


@each_case
def test_log_names_the_crash(case: FailureCase) -> None:
    """The log shows the crash's place and the failure's type, and no path of the recording machine."""
    path, line = case.crash_path, case.crash_line
    places = [
        f'File "/home/dev/{case.name}/{path}", line {line}',  # CPython
        f"/home/dev/{case.name}/{path}:{line}",  # Node, Go
        f"\n{path}:{line}: ",  # pytest
        f"({path}:{line})",  # Java
        f" {path}:{line}:",  # Rust
        f"error near line {line}: ",  # SQLite's shell
        *(f"\npsql:{path}:{end}: ERROR: " for end in range(line, line + 10)),  # the statement's last line
    ]
    assert any(place in case.log for place in places)
    assert f"< {path}\n" in case.log or not path.endswith(".sql")
    assert case.exception_type in case.log
    for foreign in {tempfile.gettempdir(), sys.prefix, sys.base_prefix, str(Path.home())} - {"/usr"}:
        assert foreign not in case.log


@each_case
def test_fault_is_in_the_program(case: FailureCase) -> None:
    """The fault's lines exist in a file that the workspace has, and the reference fix touches that file."""
    first, last = case.fault_lines
    lines = (case.folder / case.fault_path).read_text(encoding="utf-8").splitlines()
    assert 1 <= first <= last <= len(lines)
    assert case.fault_path not in case.hidden
    assert f"--- a/{case.fault_path}\n" in (case.folder / "fix.patch").read_text(encoding="utf-8")


@pytest.mark.slow
@each_case
def test_command_fails_as_recorded(case: FailureCase, evidence: dict[str, Future[Evidence]]) -> None:
    """The unfixed program fails with the exception that the case names, and the log is what it prints."""
    seen = _evidence_of(case, evidence)
    assert seen.unfixed.returncode not in (0, failures.TIMED_OUT)
    assert case.exception_type in seen.log
    # The layout belongs to pytest's release, and other Pythons, Nodes and compilers word messages in other ways.
    is_plain_python = case.runtime == "python" and "pytest" not in case.argv
    if is_plain_python and sys.version_info[:2] == record_failures.PYTHON_VERSION:
        assert seen.log == case.log


@pytest.mark.slow
@each_case
def test_check_tells_a_fix_from_a_trick(case: FailureCase, evidence: dict[str, Future[Evidence]]) -> None:
    """The hidden check refuses the unfixed program and each trick, and accepts the reference fix."""
    seen = _evidence_of(case, evidence)
    assert seen.check_of_unfixed != 0
    assert seen.tricks > 0
    assert seen.accepted_tricks == [] or case.name in HANDLER_IS_RIGHT
    assert seen.fixed_passes


@each_case
def test_workspace_holds_the_program_only(case: FailureCase, tmp_path: Path) -> None:
    """A copied workspace has the files of crash and fault, and nothing that gives the answer away."""
    workspace = tmp_path / "workspace"
    copy_workspace(case, workspace)
    names = {str(path.relative_to(workspace)) for path in workspace.rglob("*")}
    assert {case.crash_path, case.fault_path} <= names
    assert names.isdisjoint({"case.toml", "log.txt", case.check, "fix.patch"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        "while True:\n    pass\n",
        "import time\ntime.sleep(600)\n",
        "rows = []\nwhile True:\n    rows.append(' ' * 9**7)\n",
    ],
    ids=["busy", "asleep", "hungry"],
)
def test_endless_program_is_ended(program: str, tmp_path: Path) -> None:
    """A fix that makes the program run or grow for ever counts as not fixed, and its process is gone."""
    template = next(case for case in CASES if case.argv == ("main.py",))
    folder = tmp_path / "endless"
    folder.mkdir()
    (folder / "check.py").touch()
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "main.py").write_text(program, encoding="utf-8")
    case = replace(template, folder=folder)
    assert not passes_check(case, workspace, limit_s=0.5)
    assert run(case, workspace, limit_s=0.5).returncode != 0


@pytest.mark.slow
def test_recording_twice_gives_the_same_bytes() -> None:
    """A log with addresses, timings and paths in it comes out the same each time."""
    case = next(case for case in CASES if case.name == "pytest-did-not-raise")
    assert record_failures.record(case) == record_failures.record(case)


def test_fixed_program_cannot_be_recorded(tmp_path: Path) -> None:
    """A command that succeeds leaves no failure log behind."""
    case = CASES[0]
    folder = tmp_path / case.name
    shutil.copytree(case.folder, folder)
    apply_reference_fix(case, folder)
    with pytest.raises(ValueError, match="nothing to record"):
        record_failures.record(replace(case, folder=folder))


def test_recorder_names_an_unknown_case(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for a case that does not exist says which one, and writes nothing."""
    monkeypatch.setattr(sys, "version_info", (*record_failures.PYTHON_VERSION, 0))
    assert record_failures.main(["no-such-case"]) == 2
    assert "no-such-case" in capsys.readouterr().err

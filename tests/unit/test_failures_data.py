"""The failing programs fail as recorded, and their hidden checks tell a fix from a trick."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qwen_lsp.model import FailureKind
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
        futures = {case.name: pool.submit(_gather, case) for case in CASES}
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
    """Return (path, new text of that file) for each cheap way to silence the failure that compiles.

    A syntax error goes away with its lines or its file, an assertion with its statement, and an exception when the
    statement at the crash is wrapped in a handler that ignores it or returns a default.
    """
    lines = (case.folder / case.crash_path).read_text(encoding="utf-8").splitlines(keepends=True)
    if case.kind is FailureKind.SYNTAX_ERROR:
        fault = (case.folder / case.fault_path).read_text(encoding="utf-8").splitlines(keepends=True)
        first, last = case.fault_lines
        texts = ["", "".join(fault[: first - 1] + fault[last:])]
    else:
        first, last = _statement(lines, case.crash_line)
        head, body, tail = lines[: first - 1], lines[first - 1 : last], lines[last:]
        indent = body[0][: len(body[0]) - len(body[0].lstrip())]
        if case.kind is FailureKind.ASSERTION:
            texts = ["".join([*head, f"{indent}pass\n", *tail])]
        else:
            tried = [f"{indent}try:\n", *(f"    {line}" for line in body), f"{indent}except Exception:\n"]
            handlers = ("pass", "return 0", "return []")
            texts = ["".join([*head, *tried, f"{indent}    {handler}\n", *tail]) for handler in handlers]
    return [(case.crash_path, text) for text in texts if _compiles(text)]


def _statement(lines: list[str], lineno: int) -> tuple[int, int]:
    """Return the first and last line (1-based) of the innermost statement that holds the line."""
    statements = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(ast.parse("".join(lines)))
        if isinstance(node, ast.stmt) and node.lineno <= lineno <= (node.end_lineno or node.lineno)
    ]
    return min(statements, key=lambda span: span[1] - span[0])


def _compiles(text: str) -> bool:
    try:
        compile(text, "trick.py", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_there_are_enough_cases_of_every_sort() -> None:
    """The data covers every kind of failure, and faults far from the crash with and without tests."""
    by_kind = {kind: sum(case.kind is kind for case in CASES) for kind in FailureKind}
    other_file = [case for case in CASES if case.fault_path != case.crash_path]
    assert len(CASES) >= 40
    assert min(by_kind.values()) >= 10
    assert sum(case.kind is FailureKind.EXCEPTION for case in other_file) >= 8
    assert all(case.fault_elsewhere for case in other_file)


@each_case
def test_log_names_the_crash(case: FailureCase) -> None:
    """The log shows the crash line's place, text and exception type, and no path of the recording machine."""
    crash_line = (case.folder / case.crash_path).read_text(encoding="utf-8").splitlines()[case.crash_line - 1]
    in_traceback = f'File "/home/dev/{case.name}/{case.crash_path}", line {case.crash_line}'
    in_pytest = f"\n{case.crash_path}:{case.crash_line}: "
    assert crash_line.strip() in case.log
    assert in_traceback in case.log or in_pytest in case.log
    assert f"{case.exception_type}: " in case.log or f"{case.exception_type}\n" in case.log
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
    seen = evidence[case.name].result()
    assert seen.unfixed.returncode not in (0, failures.TIMED_OUT)
    assert case.exception_type in seen.log
    # pytest's layout belongs to its release, and other Pythons word messages in other ways.
    if "pytest" not in case.argv and sys.version_info[:2] == record_failures.PYTHON_VERSION:
        assert seen.log == case.log


@pytest.mark.slow
@each_case
def test_check_tells_a_fix_from_a_trick(case: FailureCase, evidence: dict[str, Future[Evidence]]) -> None:
    """The hidden check refuses the unfixed program and each trick, and accepts the reference fix."""
    seen = evidence[case.name].result()
    assert seen.check_of_unfixed != 0
    assert seen.tricks > 0
    assert seen.accepted_tricks == [] or case.name in HANDLER_IS_RIGHT
    assert seen.fixed_passes


@each_case
def test_workspace_holds_the_program_only(case: FailureCase, tmp_path: Path) -> None:
    """A copied workspace has the files of crash and fault, and nothing that gives the answer away."""
    workspace = tmp_path / "workspace"
    copy_workspace(case, workspace)
    names = {path.name for path in workspace.rglob("*")}
    assert {case.crash_path, case.fault_path} <= names
    assert names.isdisjoint({"case.toml", "log.txt", "check.py", "fix.patch"})


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

"""Reviews without a log: what they find, what they leave alone, and the fixes that come with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qwen_lsp.cli import main
from qwen_lsp.fixes import apply_fix
from qwen_lsp.model import Review, ReviewKind, Rung
from qwen_lsp.review import Reviewer, ReviewRequest
from qwen_lsp.workspace import DiskDocuments
from tests.snippets import REPORT, TUNING, Snippet, all_snippets
from tests.unit.test_analysis import ScriptedBackend

SNIPPETS = all_snippets()
INJECTION = (
    "import sqlite3\n\n\ndef find(connection: sqlite3.Connection, name: str):\n"
    "    return connection.execute(f\"SELECT id FROM users WHERE name = '{name}'\").fetchone()\n"
)
MD5 = "import hashlib\n\n\ndef stored(password):\n    return hashlib.md5(password.encode()).hexdigest()\n"


def reviewed(folder: Path, name: str, text: str, lines: tuple[int, int] | None = None) -> Review:
    """Return the review of a file with this text, without the model."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Reviewer(DiskDocuments(), ScriptedBackend("")).check(ReviewRequest(path, lines))


def finds(snippet: Snippet, folder: Path) -> bool:
    """Return whether the review says something of the mistake."""
    remarks = reviewed(folder, snippet.name, snippet.text).remarks
    return any(one.kind is snippet.kind and one.range.start.line + 1 in snippet.lines for one in remarks)


def test_most_mistakes_are_found_and_clean_code_is_left_alone(tmp_path: Path) -> None:
    """At least 60% of the mistakes of the report half, with at most 10% of the clean snippets blamed."""
    report = [one for one in SNIPPETS if one.set == REPORT]
    seeded, clean = [one for one in report if one.kind], [one for one in report if not one.kind]
    blamed = [one.name for one in clean if reviewed(tmp_path, one.name, one.text).remarks]
    assert sum(finds(one, tmp_path) for one in seeded) >= 0.6 * len(seeded)
    assert len(blamed) <= 0.1 * len(clean)


def test_there_are_enough_snippets() -> None:
    """At least 40 of each sort, some of each kind in both halves, each name once."""
    assert len({one.name for one in SNIPPETS}) == len(SNIPPETS)
    assert sum(one.kind is not None for one in SNIPPETS) >= 40
    assert sum(one.kind is None for one in SNIPPETS) >= 40
    for half in (TUNING, REPORT):
        assert {one.kind for one in SNIPPETS if one.set == half} == {None, *ReviewKind}


def test_values_in_a_statement_become_parameters(tmp_path: Path) -> None:
    """The fix hands the value over, and compiles."""
    (remark,) = reviewed(tmp_path, "users.py", INJECTION).remarks
    assert (remark.kind, remark.rule, remark.range.start.line) == (ReviewKind.SECURITY, "sql-injection", 4)
    (fix,) = remark.fixes
    ((_, after),) = apply_fix(fix, DiskDocuments())
    assert 'execute("SELECT id FROM users WHERE name = ?", (name,))' in after
    assert fix.rung is Rung.COMPILES


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "a.py",
            "def f(x, seen=[]):\n    seen.append(x)\n    return seen\n",
            "seen=None):\n    if seen is None:\n        seen = []\n",
        ),
        ("b.js", "export function last(a) {\n  if (a === NaN) {\n    return 0;\n  }\n}\n", "if (Number.isNaN(a)) {"),
        ("c.sql", "SELECT id FROM orders WHERE paid_at = NULL;\n", "WHERE paid_at IS NULL;"),
    ],
)
def test_what_is_certain_is_mended(name: str, before: str, after: str, tmp_path: Path) -> None:
    """In each language, and with the fix nothing is found any more."""
    (remark,) = reviewed(tmp_path, name, before).remarks
    ((_, text),) = apply_fix(remark.fixes[0], DiskDocuments())
    assert after in text
    assert reviewed(tmp_path, name, text).remarks == ()


def test_only_the_selected_lines_are_reviewed(tmp_path: Path) -> None:
    """The file around them is read, and not judged."""
    assert reviewed(tmp_path, "users.py", INJECTION, (0, 4)).remarks == ()
    assert len(reviewed(tmp_path, "users.py", INJECTION, (4, 5)).remarks) == 1


def test_what_the_author_has_marked_is_left_alone(tmp_path: Path) -> None:
    """By the marks of the usual tools."""
    assert reviewed(tmp_path, "a.py", MD5.replace("hexdigest()", "hexdigest()  # nosec")).remarks == ()


def test_a_file_of_another_language_is_said_to_be_none(tmp_path: Path) -> None:
    """And not passed over in silence."""
    review = reviewed(tmp_path, "main.rs", "fn main() {}\n")
    assert review.remarks == ()
    assert "main.rs is not reviewed" in review.problems[0]


@pytest.mark.parametrize(
    ("hashing", "is_offered"),
    [("scrypt(password, salt=b'x', n=2, r=8, p=1).hex()", True), ("md5(password).hexdigest()", False)],
)
async def test_the_models_fix_counts_if_the_rules_are_content(hashing: str, is_offered: bool, tmp_path: Path) -> None:
    """One that leaves the mistake where it is is not offered."""
    review = reviewed(tmp_path, "hashes.py", MD5)
    code = MD5.replace("md5(password.encode()).hexdigest()", hashing)
    backend = ScriptedBackend(f"Cause: the hash is weak.\n\n```python\n{code}```\n")
    review = await Reviewer(DiskDocuments(), backend).mend(review, lambda _stage, _detail: None)
    assert bool(review.remarks[0].fixes) is is_offered


def test_the_command_line_prints_remarks_and_says_so_in_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 for nothing, 1 for something, 64 for lines that are none, 66 for a file that is not there."""
    monkeypatch.chdir(tmp_path)
    Path("users.py").write_text(INJECTION)
    assert main(["review", "users.py"]) == 1
    assert "users.py:5:31: review/security [sql-injection]" in capsys.readouterr().out
    assert main(["review", "users.py:1-3", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["diagnostics"] == []
    assert main(["review", "users.py:5", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::warning file=users.py,line=5,")
    assert main(["review", "users.py", "--format", "sarif"]) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"] == "review/security"
    assert main(["review", "users.py:9-3"]) == 64
    assert main(["review", "missing.py"]) == 66

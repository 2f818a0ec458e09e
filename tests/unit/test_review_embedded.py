"""What the rules for SQL find in Python and JavaScript, and in what place."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.fixes import apply_edits
from qwen_lsp.review.found import Found
from qwen_lsp.review.rules import found_in
from qwen_lsp.text import TextSnapshot

JOINED = "SELECT m.name, v.day FROM members m LEFT JOIN visits v ON v.member_id = m.id WHERE v.day >= {}"

MISTAKES = [
    # name of the file, rule, 1-based line, what stands at the place, text
    (
        "a.py",
        "filtered-outer-join",
        7,
        "v.day",
        'VISITS = """\nSELECT m.name, count(v.day) AS visits\nFROM members AS m\n'
        "LEFT JOIN visits AS v\n  -- who came\n  ON v.member_id = m.id\nWHERE v.day >= :since\n"
        'GROUP BY m.name\n"""\n',
    ),
    (
        "a.py",
        "filtered-outer-join",
        2,
        "v.day",
        f'def f(db, day):\n    return db.execute("{JOINED.format("?")}", (day,))\n',
    ),
    ("a.py", "filtered-outer-join", 2, "v.day", f'def f(db, day):\n    db.execute("{JOINED.format("%s")}", (day,))\n'),
    ("a.py", "filtered-outer-join", 2, "v.day", f'def f(db, x):\n    db.execute("{JOINED.format("%(day)s")}", x)\n'),
    (
        "a.py",
        "compared-with-null",
        1,
        "= NULL",
        'ä, OPEN = 1, "SELECT id FROM t"; O = "SELECT id FROM o WHERE x = NULL"\n',
    ),
    ("a.py", "wrong-count", 1, "VALUES", 'db.execute("INSERT INTO t (a, b) VALUES (?, ?, ?)", row)\n'),
    ("a.py", "compared-with-null", 1, "= NULL", 'ALL = {"open": "SELECT id FROM orders WHERE paid_at = NULL"}\n'),
    (
        "b.js",
        "filtered-outer-join",
        2,
        "v.day",
        f'function f(db, day) {{\n  return db.prepare("{JOINED.format("?")}").all(day);\n}}\n',
    ),
    (
        "b.js",
        "compared-with-null",
        4,
        "= NULL",
        "const OPEN = `\n  SELECT id\n  FROM orders\n  WHERE paid_at = NULL`;\n",
    ),
    ("b.ts", "aggregate-in-where", 1, "", "db.query('SELECT a FROM t WHERE sum(b) > $1 GROUP BY a', [1]);\n"),
]
RIGHT = [
    # Right statements, and whole tables that a program empties.
    ("a.py", 'db.execute("SELECT id FROM orders WHERE paid_at IS NULL")\n'),
    ("a.py", 'db.execute("DELETE FROM cache")\n'),
    ("a.py", f'db.execute("{JOINED.format("?")} OR v.day IS NULL", (day,))\n'),
    # Parts of statements, and texts that something is put into.
    ("a.py", 'Q = "SELECT id FROM orders WHERE paid_at = NULL "\nq = Q + "OR TRUE"\n'),
    ("a.py", 'Q = "SELECT id FROM orders WHERE paid_at = NULL"\nQ += " OR TRUE"\n'),
    ("a.py", 'q = f"{Q} LIMIT 1"\nQ = "SELECT id FROM orders WHERE paid_at = NULL"\n'),
    ("a.py", 'Q = "SELECT id FROM {table} WHERE paid_at = NULL"\n'),
    ("a.py", 'Q = "SELECT id FROM a LEFT JOIN b ON b.a = a.id WHERE b.x = 1 %s"\n'),
    ("a.py", 'Q = ("SELECT id FROM orders "\n     "WHERE paid_at = NULL")\n'),
    ("a.py", 'Q = "SELECT id\\nFROM orders WHERE paid_at = NULL"\n'),
    # No statements at all.
    ("a.py", '"""Select a row from the table where x = NULL."""\n'),
    ("a.py", 'log("select one from two where x = NULL")\n'),
    ("b.js", "const Q = 'SELECT id FROM orders WHERE paid_at = NULL ';\nconst q = Q + 'OR TRUE';\n"),
    ("b.js", "const Q = 'SELECT id FROM orders WHERE paid_at = NULL ';\nconst q = `${Q} OR TRUE`;\n"),
    ("b.js", "const q = (t) => `SELECT id FROM ${t} WHERE paid_at = NULL`;\n"),
    ("b.js", "db.exec('DELETE FROM cache');\n"),
]


def found(name: str, text: str) -> list[Found]:
    """Return what the rules find in a file of this name, without tools."""
    return found_in(TextSnapshot(Path("/src") / name, text), with_tools=False)


@pytest.mark.parametrize(("name", "rule", "line", "at", "text"), MISTAKES)
def test_a_mistake_is_found_at_its_place(name: str, rule: str, line: int, at: str, text: str) -> None:
    """Places are those of the file, whatever stands in front of the statement."""
    (one,) = found(name, text)
    assert (one.rule, one.place.start.line + 1) == (rule, line)
    assert text.split("\n")[line - 1][one.place.start.character :].startswith(at)


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_what_is_right_or_no_whole_statement_is_left_alone(name: str, text: str) -> None:
    """What the program still puts in nobody knows."""
    assert found(name, text) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_statement_is_mended_where_it_stands(ending: str) -> None:
    """In a text of several lines, whatever ends them."""
    text = f'Q = """{ending}SELECT id{ending}FROM orders{ending}WHERE paid_at = NULL{ending}"""{ending}'
    (one,) = found("a.py", text)
    assert one.change is not None
    after = apply_edits(TextSnapshot(Path("/src/a.py"), text), one.change.edits)
    assert after == text.replace("= NULL", "IS NULL")

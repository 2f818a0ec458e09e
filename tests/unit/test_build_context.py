"""What the model is shown of the code that a failure leads to, and what of that it is asked to rewrite."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.analysis import Analyzer, DiagnoseRequest
from qwen_lsp.backend import ChatBackend
from qwen_lsp.context import build_context
from qwen_lsp.model import Diagnosis, WorkspaceContext
from qwen_lsp.prompting import fix_prompt
from qwen_lsp.workspace import DiskDocuments

SHOP = '''\
"""A small shop."""

VAT = "0.2"


def gross(price):
    return price + price * VAT


def total(prices):
    """Return what all of it costs."""
    found = 0
    for price in prices:
        found = found + gross(price)
    return found


def receipt(prices):
    """Return the lines of a receipt."""
    lines = []
    for price in prices:
        lines.append(f"{price:10.2f}")
    lines.append("-" * 10)
    lines.append(f"{total(prices):10.2f}")
    return lines


def show(prices):
    """Print a receipt."""
    print(*receipt(prices), sep="\\n")


def spare():
    """Do nothing."""
'''
HEAD = "Traceback (most recent call last):\n"
FRAMES = (
    '  File "main.py", line 3, in <module>\n    show([1, 2])\n'
    '  File "shop.py", line 30, in show\n    print(*receipt(prices), sep="\\n")\n'
    '  File "shop.py", line 24, in receipt\n    lines.append(f"{total(prices):10.2f}")\n',
    '  File "shop.py", line 14, in total\n    found = found + gross(price)\n'
    '  File "shop.py", line 7, in gross\n    return price + price * VAT\n',
)
ERROR = "TypeError: can't multiply sequence by non-int of type 'float'\n"


class NoBackend(ChatBackend):
    """Is never asked."""


def _located(folder: Path, log: str) -> Diagnosis:
    return Analyzer(DiskDocuments(), NoBackend()).locate(DiagnoseRequest(log, (folder,), folder))


def _asked(folder: Path, log: str) -> tuple[WorkspaceContext, str]:
    diagnosis = _located(folder, log)
    assert diagnosis.primary is not None
    context = build_context(diagnosis.primary, (folder,), DiskDocuments())
    return context, fix_prompt(diagnosis.primary, context, (folder,)).messages[-1][1]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with the shop and a program that uses it."""
    (tmp_path / "shop.py").write_text(SHOP, "utf-8")
    (tmp_path / "main.py").write_text("from shop import show\n\nshow([1, 2])\n", "utf-8")
    return tmp_path


def test_questions_about_two_functions_of_a_file_begin_alike(shop: Path) -> None:
    """What the engine has read for one it need not read for the other: the file is there once, as it is."""
    (first, one), (second, other) = (
        _asked(shop, HEAD + "".join(FRAMES) + ERROR),
        _asked(shop, HEAD + FRAMES[0] + "ValueError: Unknown format code\n"),
    )
    assert (first.regions[0].start_line, second.regions[0].start_line) == (5, 17)
    for question in (one, other):
        assert question.count(SHOP) == 1
        assert question.count("def gross(price):") == 1
    assert one[: one.index("The program failed")] == other[: other.index("The program failed")]
    assert "`gross` and `total` (shop.py, lines 6-15)" in one
    assert "`receipt` and `show` (shop.py, lines 18-30)" in other


def test_of_a_long_file_only_what_matters_is_shown(shop: Path) -> None:
    """And under its own heading, as what is to be rewritten."""
    (shop / "shop.py").write_text(SHOP + "".join(f"\n\ndef other{i}():\n    return {i}\n" for i in range(40)), "utf-8")
    context, question = _asked(shop, HEAD + "".join(FRAMES) + ERROR)
    assert context.file is None
    assert "other7" not in question
    assert "shop.py, lines 6-15 (where it crashed):" in question


def test_a_query_that_a_failing_test_names_comes_before_what_runs_it(tmp_path: Path) -> None:
    """The function that runs it runs the others, too."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "leads.sql").write_text("SELECT name\nFROM people\nWHERE lead = 1;\n", "utf-8")
    (tmp_path / "reports.py").write_text(
        "from pathlib import Path\n\n\ndef ask(database, name):\n"
        '    return database.execute(Path("queries", f"{name}.sql").read_text()).fetchall()\n',
        "utf-8",
    )
    (tmp_path / "test_reports.py").write_text(
        "from reports import ask\n\n\ndef test_leads(database):\n    assert ask(database, 'leads') == [('Ann',)]\n",
        "utf-8",
    )
    log = (
        "=================================== FAILURES ===================================\n"
        "__________________________________ test_leads __________________________________\n\n"
        "database = <sqlite3.Connection object>\n\n    def test_leads(database):\n"
        ">       assert ask(database, 'leads') == [('Ann',)]\nE       AssertionError: assert [] == [('Ann',)]\n\n"
        "test_reports.py:5: AssertionError\n"
    )
    context, _ = _asked(tmp_path, log)
    assert [one.path.name for one in (*context.regions, *context.related)] == [
        "leads.sql",
        "reports.py",
        "test_reports.py",
    ]


SCHEMA = """\
CREATE TABLE bookings (id INTEGER PRIMARY KEY, account INTEGER, amount INTEGER);
CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER);

CREATE TRIGGER balance AFTER INSERT ON bookings
BEGIN
  UPDATE accounts SET balance = balance + NEW.cents WHERE id = NEW.account;
END;
"""
FUNCTION = """\
CREATE TABLE accounts (id integer PRIMARY KEY, cents integer);

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := 1;
END
$$;
"""


@pytest.mark.parametrize(
    ("schema", "log", "asked"),
    [
        (SCHEMA, "Parse error near line 1: no such column: NEW.cents\n", ("schema.sql", 3)),
        (SCHEMA, "Parse error near line 1: no such column: bookings.cents\n", ("seed.sql", 0)),
        (
            FUNCTION,
            "psql:seed.sql:1: ERROR:  control reached end of trigger procedure without RETURN\n"
            "CONTEXT:  PL/pgSQL function count_change()\n",
            ("schema.sql", 2),
        ),
    ],
    ids=["trigger", "statement", "function"],
)
def test_what_a_statement_sets_off_is_mended_where_it_fails(
    tmp_path: Path, schema: str, log: str, asked: tuple[str, int]
) -> None:
    """A trigger that reads a column that is not there, a function that returns nothing."""
    (tmp_path / "schema.sql").write_text(schema, "utf-8")
    (tmp_path / "seed.sql").write_text(
        "INSERT INTO bookings (account, amount) SELECT id, bookings.cents FROM accounts, bookings;\n", "utf-8"
    )
    context, question = _asked(tmp_path, f"sqlite3 shop.db < seed.sql\n{log}")
    region = context.regions[0]
    text = region.text[: region.text.index("\n")]
    assert region.path.name == asked[0]
    assert text in (tmp_path / asked[0]).read_text("utf-8").splitlines()[region.start_line]
    assert region.start_line <= asked[1] < region.end_line
    assert "seed.sql" in question

"""What databases say: columns and tables that nearly exist, constraints, syntax."""

from __future__ import annotations

import re

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule
from qwen_lsp.explain.near import near, said
from qwen_lsp.explain.schema import Schema, schema_of
from qwen_lsp.model import Position, Range

_NAME = r"[\"'`\[]?(?P<name>[\w$#@]+(?:\.[\w$#@]+)*)[\"'`\]]?"


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _no_column(site: Site, match: re.Match[str]) -> Answer | None:
    name = _last(match["name"])
    schema = schema_of(site)
    known = schema.columns()
    if name.lower() in known:
        tables = schema.tables_with(name)
        return Answer(
            f"By the CREATE TABLE statements of the workspace {_are(tables)} such a column, but not what this "
            f"statement reads from; or the database is older than the statements."
        )
    meant = near(name.lower(), known)
    if not meant:
        return None
    owners = [f"`{one}` of {_of(schema, one)}" for one in meant]
    return Answer(f"Did you mean {' or '.join(owners)}?")


def _are(tables: list[str]) -> str:
    return f"{said(tables)} {'have' if len(tables) > 1 else 'has'}".replace(" or ", " and ")


def _of(schema: Schema, column: str) -> str:
    return said(schema.tables_with(column)).replace(" or ", " and ")


def _no_table(site: Site, match: re.Match[str]) -> Answer | None:
    name = _last(match["name"])
    schema = schema_of(site)
    if name.lower() in schema.tables:
        return Answer(
            f"A CREATE TABLE statement for `{name}` is in the workspace ({schema.tables[name.lower()].where}), but it "
            f"has not been run in this database, or in another schema of it."
        )
    meant = near(name.lower(), schema.tables)
    return Answer(f"Did you mean {said(meant)} ({schema.tables[meant[0]].where})?") if meant else None


def _ambiguous(site: Site, match: re.Match[str]) -> Answer | None:
    name = _last(match["name"])
    tables = schema_of(site).tables_with(name)
    example = f", for instance `{tables[0]}.{name}`" if tables else ""
    which = f" ({_of(schema_of(site), name)} have one)" if len(tables) > 1 else ""
    return Answer(f"More than one table of this statement has a column `{name}`{which}: say which is meant{example}.")


def _exists_already(site: Site, match: re.Match[str]) -> Answer | None:
    """Answer for a violated unique constraint; PostgreSQL names the values in the line that begins with DETAIL."""
    detail = _key_of(site)
    what = match["what"]
    if detail is not None:
        return Answer(f"A row with {detail} is there already, and `{what}` allows one only.")
    columns = ", ".join(_last(one.strip()) for one in what.split(","))
    return Answer(f"A row with the same {columns} is there already.")


def _key_of(site: Site) -> str | None:
    text = "\n".join((site.failure.message, *site.failure.notes))
    key = re.search(r"Key \((?P<columns>[^)\n]+)\)=\((?P<values>[^)\n]+)\)", text)
    return f"{key['columns']} = {key['values']}" if key is not None else None


def _referenced(site: Site, _match: re.Match[str]) -> Answer | None:
    text = "\n".join((site.failure.message, *site.failure.notes))
    key = _key_of(site)
    absent = re.search(r"is not present in table \"(?P<table>\w+)\"", text)
    present = re.search(r"is still referenced from table \"(?P<table>\w+)\"", text)
    if absent and key:
        return Answer(f"`{absent['table']}` has no row with {key}, to which this row refers; it must be there first.")
    if present and key:
        return Answer(f"Rows of `{present['table']}` still refer to the row with {key}; they must go first.")
    if text.lower().startswith("foreign key constraint failed"):
        return Answer("The row refers to a row of another table that is not there, or is referred to by one that is.")
    return None


def _null(site: Site, match: re.Match[str]) -> Answer | None:
    del site
    return Answer(f"`{_last(match['name'])}` must have a value in every row, and this one gives it none.")


def _syntax(site: Site, match: re.Match[str]) -> Answer | None:
    """Answer for the comma that stands before a keyword, the most frequent slip; nothing else is certain."""
    token = match["token"]
    snapshot, place = site.snapshot, site.place
    if (
        snapshot is None
        or place is None
        or not re.fullmatch(r"FROM|WHERE|\)|GROUP|ORDER|HAVING|;", token, re.IGNORECASE)
    ):
        return None
    line = place.start.line
    text = snapshot.line(line)
    at = [one.start() for one in re.finditer(re.escape(token), text)]
    if len(at) != 1:
        return None
    before = "".join(snapshot.lines[max(0, line - 3) : line]) + text[: at[0]]
    if not before.rstrip().endswith(","):
        return None
    offset = len(before.rstrip()) - 1
    prefix = before[:offset]
    comma_line = max(0, line - 3) + prefix.count("\n")
    character = len(prefix) - (prefix.rfind("\n") + 1)
    comma = Range(Position(comma_line, character), Position(comma_line, character + 1))
    change = Change(f"Remove the comma before `{token}`", (site.edit(comma, ""),)) if "--" not in before else None
    return Answer(f"The comma before `{token}` is one too many, or what should follow it is missing.", change)


RULES: tuple[Rule, ...] = (
    rule("", rf"(?:\(sqlite3\.\w+\) )?no such column: {_NAME}", _no_column),
    rule("", r'(?:\([\w.]+\) )?column "?(?P<name>[\w$.]+)"? (?:of relation "\w+" )?does not exist', _no_column),
    rule("", rf"(?:\(\d+, )?[\"']?Unknown column {_NAME}", _no_column),
    rule("", rf"Invalid column name {_NAME}", _no_column),
    rule("", rf"{_NAME}: invalid identifier", _no_column),
    rule("", rf"(?:\(sqlite3\.\w+\) )?no such table: {_NAME}", _no_table),
    rule("", r'(?:\([\w.]+\) )?relation "(?P<name>[\w$.]+)" does not exist', _no_table),
    rule("", rf"(?:\(\d+, )?[\"']?Table {_NAME} doesn't exist", _no_table),
    rule("", rf"Invalid object name {_NAME}", _no_table),
    rule("", rf"ambiguous column name: {_NAME}", _ambiguous),
    rule("", r'column reference "(?P<name>[\w$]+)" is ambiguous', _ambiguous),
    rule("", rf"Column {_NAME} in .* is ambiguous", _ambiguous),
    rule("", r'(?:\([\w.]+\) )?duplicate key value violates unique constraint "(?P<what>\w+)"', _exists_already),
    rule("", r"(?:\(sqlite3\.\w+\) )?UNIQUE constraint failed: (?P<what>[\w., ]+)", _exists_already),
    rule("", r"(?i).*foreign key constraint", _referenced),
    rule("", rf"(?:\(sqlite3\.\w+\) )?NOT NULL constraint failed: {_NAME}", _null),
    rule("", r'null value in column "(?P<name>\w+)"', _null),
    rule("", r'(?:\([\w.]+\) )?syntax error at or near "(?P<token>[^"\n]+)"', _syntax),
    rule("", r'(?:\([\w.]+\) )?near "(?P<token>[^"\n]+)": syntax error', _syntax),
    rule("", r"Incorrect syntax near (?:the keyword )?'(?P<token>[^'\n]+)'", _syntax),
)

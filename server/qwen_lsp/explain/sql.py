"""What databases say: columns and tables that nearly exist, constraints, syntax."""

from __future__ import annotations

import re

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule, sentence
from qwen_lsp.explain.near import near, said
from qwen_lsp.explain.schema import Schema, schema_of
from qwen_lsp.model import Position, Range
from qwen_lsp.text import split_lines

_MAX_NAMED = 12
_LINES_BEFORE = 3
_MAX_STATEMENT_LINES = 200
_STATEMENT_AND_VALUES = 2
_NAME = r"[\"'`\[]?(?P<name>[\w$#@]+(?:\.[\w$#@]+)*)[\"'`\]]?"


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _no_column(site: Site, match: re.Match[str]) -> Answer | None:
    qualifier, _, name = match["name"].rpartition(".")
    schema = schema_of(site)
    table = _table_of(site, schema, qualifier)
    if table is not None and name.lower() not in schema.tables[table].columns:
        columns = schema.tables[table].columns
        meant = near(name.lower(), columns)
        hint = f"Did you mean {said(meant)}?" if meant else f"Its columns are {', '.join(columns[:_MAX_NAMED])}."
        return Answer(f"`{table}` ({schema.tables[table].where}) has no column `{name}`. {hint}")
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


def _table_of(site: Site, schema: Schema, qualifier: str) -> str | None:
    """Return the table that stands behind a qualifier: its name, or the only alias of it in the file."""
    if not qualifier or site.snapshot is None or "." in qualifier:
        return None
    if qualifier.lower() in schema.tables:
        return qualifier.lower()
    named = r"(?i)\b(?:from|join|update|into)\s+[\"`\[]?([\w.]+)[\"`\]]?\s+(?:as\s+)?"
    alias = re.compile(rf"{named}{re.escape(qualifier)}\b")
    tables = {_last(one).lower() for one in alias.findall(site.snapshot.text)}
    return next(iter(tables)) if len(tables) == 1 and tables <= schema.tables.keys() else None


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
    text = site.snapshot.text.lower() if site.snapshot is not None else ""
    tables = [one for one in schema_of(site).tables_with(name) if re.search(rf"\b{re.escape(one)}\b", text)]
    which = f" ({said(tables)} have one)".replace(" or ", " and ") if len(tables) > 1 else ""
    return Answer(
        f"More than one table of this statement has a column `{name}`{which}; the table's name or alias and a dot "
        f"before it say which is meant."
    )


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
    # SQLite's shell names the line in which the statement begins, PostgreSQL that of the word.
    first = max(0, place.start.line - _LINES_BEFORE)
    last = place.start.line + 1
    while last < len(snapshot.lines) and ";" not in snapshot.line(last - 1) and last - first < _MAX_STATEMENT_LINES:
        last += 1
    text = snapshot.slice(first, last)
    commas = list(re.finditer(rf",(?=\s*{re.escape(token)}(?!\w))", text, re.IGNORECASE))
    if len(commas) != 1:
        return None
    before = text[: commas[0].start()]
    line = first + len(split_lines(before + ",")) - 1
    character = len(split_lines(before + ",")[-1]) - 1
    comma = Range(Position(line, character), Position(line, character + 1))
    around = text[text.rfind("\n", 0, commas[0].start()) + 1 : commas[0].end() + len(token)]
    is_plain = "--" not in around and "'" not in around
    change = Change(f"Remove the comma before `{token}`", (site.edit(comma, ""),)) if is_plain else None
    return Answer(f"The comma before `{token}` is one too many, or what should follow it is missing.", change)


def _bindings(site: Site, match: re.Match[str]) -> Answer | None:
    """Answer for `execute(statement, (value))`, whose parentheses make no tuple."""
    code, place = site.code, site.place
    if match["uses"] != "1" or code is None or place is None:
        return None
    for call in code.nodes(place, "call", within=False):
        arguments = call.child_by_field_name("arguments")
        values = arguments.named_children if arguments is not None else []
        if len(values) == _STATEMENT_AND_VALUES and values[1].type == "parenthesized_expression":
            value = code.text(values[1])
            return Answer(
                f"The parentheses of `{value}` make no tuple, so that each of its items (each character of a text) "
                f"counts as a value; a tuple of one has a comma: `{value[:-1]},)`.",
                Change(f"Write `{value[:-1]},)`", (site.edit(code.range_of(values[1]), f"{value[:-1]},)"),)),
            )
    return None


RULES: tuple[Rule, ...] = (
    rule(
        "ProgrammingError",
        r"Incorrect number of bindings supplied\. The current statement uses (?P<uses>[0-9]+), and there ",
        _bindings,
    ),
    rule(
        "",
        r"misuse of aggregate",
        sentence("Sums and counts do not exist yet in WHERE; HAVING tests them."),
    ),
    rule(
        "",
        r"misuse of window function",
        sentence("Window functions run after WHERE; a subquery can select them."),
    ),
    rule(
        "",
        r"CHECK constraint failed: (?P<what>.+)",
        sentence("A value breaks the rule that the table has for it: {what}."),
    ),
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

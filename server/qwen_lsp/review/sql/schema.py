"""Statements that do not fit the tables that their script makes."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping

from qwen_lsp.explain.answer import Change
from qwen_lsp.explain.near import near, only_near, said
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.sql.code import Script, Statement

_EVERYWHERE = frozenset(["rowid", "oid", "_rowid_", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"])
_NAME = r"(?:[\"`\[]?\w+[\"`\]]?\s*\.\s*)*[\"`\[]?(?P<{}>\w+)"
_TRIGGER = re.compile(
    r"\s*create\s+(?:or\s+\w+\s+)?(?:constraint\s+|temp\s+|temporary\s+)?trigger\b(?P<head>.*?)\bon\s+"
    + _NAME.format("table"),
    re.IGNORECASE | re.DOTALL,
)
_EXECUTED = re.compile(r"\bexecute\s+(?:function|procedure)\s+" + _NAME.format("function"), re.IGNORECASE)
_FUNCTION = re.compile(r"\s*create\s+(?:or\s+replace\s+)?function\s+" + _NAME.format("function"), re.IGNORECASE)
_ROW = re.compile(r"(?<![\w.])(?:new|old)\.(\w+)", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_RAISING = re.compile(r"\braise\b(?!\s*(?:;|notice|info|log|debug|warning)\b)", re.IGNORECASE)


def missing_column_of_row(script: Script, statement: Statement) -> Iterator[Found]:
    """``NEW.value`` in a trigger on a table that has no such column."""
    tables = _tables_of(script, statement)
    known = [script.tables.get(one) for one in tables]
    if not tables or not all(known) or re.search(r"(?i)\btg_(?:table|rel)_?name\b", statement.bare):
        return
    columns = dict.fromkeys(name for one in known if one is not None for name in one)
    body = _TRIGGER.match(statement.text)
    for match in _ROW.finditer(statement.bare, body.end() if body else 0):
        if match[1].lower() not in columns and match[1].lower() not in _EVERYWHERE:
            yield _missing(statement, match.span(1), sorted(tables)[0], columns)


def _tables_of(script: Script, statement: Statement) -> frozenset[str]:
    """Return the tables, in lower case, whose triggers run the code in ``statement``."""
    trigger = _TRIGGER.match(statement.text)
    if trigger is not None:
        is_instead = re.search(r"(?i)\binstead\s+of\b", trigger["head"])
        return frozenset() if is_instead else frozenset([trigger["table"].lower()])
    function = _FUNCTION.match(statement.text)
    if function is None or statement.find(r"\breturns\s+trigger\b") is None:
        return frozenset()
    return frozenset(one["table"].lower() for one in _triggers(script, function["function"]))


def _triggers(script: Script, function: str) -> Iterator[re.Match[str]]:
    """Yield the triggers of the script that run ``function``."""
    for one in script.statements:
        trigger, executed = _TRIGGER.match(one.text), _EXECUTED.search(one.text)
        if trigger is not None and executed is not None and executed["function"].lower() == function.lower():
            yield trigger


def missing_column(script: Script, statement: Statement) -> Iterator[Found]:
    """``INSERT INTO bookings (value) ...`` of a table that has no such column."""
    from sqlglot import exp

    tree = statement.tree
    if not isinstance(tree, exp.Insert):
        return
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    columns = script.tables.get(target.name.lower()) if isinstance(target, exp.Table) else None
    if not columns:
        return
    if isinstance(tree.this, exp.Schema):
        for one in tree.this.expressions:
            is_known = one.name.lower() in columns or one.name.lower() in _EVERYWHERE
            if isinstance(one, exp.Identifier) and not is_known and "start" in one.meta:
                yield _missing(statement, (one.meta["start"], one.meta["end"] + 1), target.name, columns)
    elif isinstance(tree.expression, exp.Values):
        row = next((one for one in tree.expression.expressions if isinstance(one, exp.Tuple)), None)
        if row is not None and len(row.expressions) > len(columns):
            match = statement.find(r"\bvalues\b")
            yield Found(
                statement.place_of(target) if match is None else statement.place(*match.span()),
                LOGIC,
                "wrong-count",
                say("{values} values for {columns} columns.", values=len(row.expressions), columns=len(columns)),
            )


def _missing(statement: Statement, span: tuple[int, int], table: str, columns: Mapping[str, object]) -> Found:
    name = statement.text[slice(*span)].strip('"`[]')
    others = near(name.lower(), columns)
    certain = only_near(name.lower(), columns)
    return Found(
        statement.place(*span),
        LOGIC,
        "missing-column",
        say("`{table}` has no column `{column}`, but it has {others}.", table=table, column=name, others=said(others))
        if others
        else say("`{table}` has no column `{column}`.", table=table, column=name),
        Change(say("Use `{word}`", word=certain), (statement.edited(*span, certain),)) if certain else None,
    )


def returns_nothing(script: Script, statement: Statement) -> Iterator[Found]:
    """Yield the trigger's function without any RETURN: PostgreSQL refuses each row."""
    function = _FUNCTION.match(statement.text)
    is_plpgsql = statement.find(r"\blanguage\s+plpgsql\b") or re.search(r"(?i)\blanguage\s+'plpgsql'", statement.text)
    if function is None or not is_plpgsql or statement.find(r"\breturns\s+trigger\b") is None:
        return
    body = re.search(r"(\$\w*\$)(?P<body>.*?)\1", statement.bare, re.DOTALL)
    if body is None or re.search(r"(?i)\breturn\b", body["body"]) or not re.search(r"(?i)\bbegin\b", body["body"]):
        return
    last = re.search(r"(?is)\bend\s*(?:\w+\s*)?;?\s*$", body["body"])
    before = [one.strip() for one in body["body"][: last.start() if last else None].split(";") if one.strip()]
    always_raises = bool(before) and _RAISING.match(re.sub(r"(?is)^.*\b(?:begin|then|else|loop)\b\s*", "", before[-1]))
    branches = re.search(r"(?i)\b(?:else|exception\s+when|loop|case)\b", body["body"]) and _RAISING.search(body["body"])
    if last is None or always_raises or branches:
        return
    triggers = list(_triggers(script, function["function"]))
    is_certain = bool(triggers) and not any(re.search(r"(?i)\bdelete\b", one["head"]) for one in triggers)
    change = None
    if is_certain:
        at = body.start("body") + last.start()
        above = statement.text[:at].rstrip()
        margin = re.match(r"[ \t]*", above[above.rfind("\n") + 1 :])
        at = len(above)
        change = Change(
            say("Return the row"), (statement.edited(at, at, f"\n{margin[0] if margin else ''}RETURN NEW;"),)
        )
    yield Found(
        statement.place(0, len(statement.text)),
        LOGIC,
        "returns-nothing",
        say("The trigger's function ends without RETURN: PostgreSQL then refuses the row. RETURN NEW lets it through."),
        change,
    )


def ends_at_midnight(script: Script, statement: Statement) -> Iterator[Found]:
    """``BETWEEN '2024-01-01' AND '2024-01-31'`` of a timestamp."""
    from sqlglot import exp

    for between in statement.tree.find_all(exp.Between) if statement.tree is not None else ():
        high, column = between.args["high"], between.this
        day = _DAY.fullmatch(high.this) if isinstance(high, exp.Literal) and high.is_string else None
        if day is None or not isinstance(column, exp.Column):
            continue
        types = [one[column.name.lower()] for one in script.tables.values() if column.name.lower() in one]
        year, month, number = (int(one) for one in day.groups())
        is_last = 1 <= month <= 12 and year >= 1 and number == calendar.monthrange(year, month)[1]
        if is_last and types and all(re.match(r"(?i)timestamp|datetime", one) for one in types):
            yield Found(
                statement.place_of(between),
                LOGIC,
                "ends-at-midnight",
                say(
                    "A date stands for its first moment: what is later on the last day is left out. Compare with < "
                    "the day after."
                ),
            )


RULES: tuple[Callable[[Script, Statement], Iterator[Found]], ...] = (
    missing_column_of_row,
    missing_column,
    returns_nothing,
    ends_at_midnight,
)

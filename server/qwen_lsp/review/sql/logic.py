"""Conditions that NULL, AND or a join make mean something else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.sql.code import Script, Statement

if TYPE_CHECKING:
    from sqlglot import exp

_Node = TypeVar("_Node", bound="exp.Expr")


def compared_with_null(_script: Script, statement: Statement) -> Iterator[Found]:
    """``paid_at = NULL``."""
    if statement.tree is None:
        return
    # In UPDATE ... SET the same signs assign.
    for match in re.finditer(r"(?:(?P<sign>=|<>|!=)\s*null\b)", statement.bare, re.IGNORECASE):
        before = statement.bare[: match.start()]
        words = re.findall(r"(?i)\b(set|where|on|having|when|and|or|select|default)\b|\b(?:do\s+update)\b", before)
        last = next((one.lower() for one in reversed(words) if one and one.lower() not in {"and", "or"}), "")
        if last not in {"where", "on", "having", "when"}:
            continue
        new = "IS NULL" if match["sign"] == "=" else "IS NOT NULL"
        yield Found(
            statement.place(match.start(), match.end()),
            LOGIC,
            "compared-with-null",
            say("A comparison with NULL is never true; the row is left out whatever the column holds."),
            Change(say("Use `{word}`", word=new), (statement.edited(match.start(), match.end(), new),)),
        )


def not_in_with_nulls(script: Script, statement: Statement) -> Iterator[Found]:
    """``NOT IN (SELECT customer_id ...)``, where one NULL makes the condition true for no row."""
    from sqlglot import exp

    for negation in _all(statement, exp.Not):
        inside = negation.this
        query = inside.args.get("query") if isinstance(inside, exp.In) else None
        selected = query.find(exp.Select) if query is not None else None
        if selected is None or len(selected.expressions) != 1:
            continue
        column = selected.expressions[0].unalias()
        tables = list(selected.find_all(exp.Table))
        if not isinstance(column, exp.Column) or column.name.lower() == "id" or len(tables) != 1:
            continue
        name = f"{tables[0].name.lower()}.{column.name.lower()}"
        where = selected.args.get("where")
        filtered = where is not None and re.search(
            rf"(?i)\b{re.escape(column.name)}\b\s+IS\s+NOT\s+NULL|NOT\s+[\w.\"]*\b{re.escape(column.name)}\b\"?\s+IS\s+NULL",
            where.sql(),
        )
        compared = where is not None and any(one.name == column.name for one in where.find_all(exp.Column))
        if name in script.never_null or filtered or compared:
            continue
        yield Found(
            statement.place_of(inside.this),
            LOGIC,
            "not-in-with-nulls",
            say(
                "If one `{column}` is NULL, NOT IN is true for no row at all; use NOT EXISTS, or leave the NULLs out.",
                column=column.name,
            ),
        )


def every_row(script: Script, statement: Statement) -> Iterator[Found]:
    """``DELETE FROM sessions;`` without a WHERE."""
    from sqlglot import exp

    tree = statement.tree
    if not isinstance(tree, exp.Delete | exp.Update) or any(
        tree.args.get(one) for one in ("where", "limit", "using", "joins", "from_")
    ):
        return
    table = tree.this
    name = table.name.lower() if isinstance(table, exp.Table) else ""
    if not name or name in script.temporary or re.search(r"(?i)te?mp|staging|scratch", name):
        return
    words = (
        say("Without WHERE this deletes every row of `{table}`.", table=table.name)
        if isinstance(tree, exp.Delete)
        else say("Without WHERE this changes every row of `{table}`.", table=table.name)
    )
    yield Found(statement.place(0, len(statement.text)), LOGIC, "every-row", words)


def mixed_and_or(_script: Script, statement: Statement) -> Iterator[Found]:
    """``a = 7 OR a = 9 AND state = 'open'``."""
    from sqlglot import exp

    for either in _all(statement, exp.Or):
        for one, both in ((either.this, either.expression), (either.expression, either.this)):
            if not isinstance(both, exp.And) or not isinstance(one, exp.EQ):
                continue
            parts = list(both.flatten())
            subject = one.this.sql()
            same = [part for part in parts if isinstance(part, exp.EQ) and part.this.sql() == subject]
            others = [part for part in parts if part not in same]
            if same and others and not any(isinstance(part, exp.EQ) and part.this.sql() == subject for part in others):
                yield Found(
                    statement.place_of(both),
                    LOGIC,
                    "mixed-and-or",
                    say(
                        "AND binds closer than OR: `{condition}` counts for one of the alternatives only. Put the "
                        "alternatives in parentheses.",
                        condition=others[0].sql(),
                    ),
                )
                break


def impossible_range(_script: Script, statement: Statement) -> Iterator[Found]:
    """``BETWEEN 100 AND 50``; ``a = 1 AND a = 2``; ``a <> 1 OR a <> 2``."""
    from sqlglot import exp

    for between in _all(statement, exp.Between):
        low, high = between.args["low"], between.args["high"]
        if isinstance(low, exp.Literal) and isinstance(high, exp.Literal) and low.is_string == high.is_string:
            ends = (low.this, high.this) if low.is_string else (float(low.this), float(high.this))
            if ends[0] > ends[1] and (not low.is_string or re.match(r"\d{4}-\d\d-\d\d", low.this)):
                pattern = rf"between\s+({re.escape(low.sql())})\s+and\s+({re.escape(high.sql())})"
                match = re.search(pattern, statement.text, re.IGNORECASE)
                change = None
                if match is not None:
                    edit = statement.edited(match.start(1), match.end(2), f"{high.sql()} AND {low.sql()}")
                    change = Change(say("Swap them"), (edit,))
                yield Found(
                    statement.place_of(between),
                    LOGIC,
                    "constant-condition",
                    say("BETWEEN wants the lower end first: this is never true."),
                    change,
                )
    for kind, equal in ((exp.And, exp.EQ), (exp.Or, exp.NEQ)):
        for both in _all(statement, kind):
            if isinstance(both.parent, kind):
                continue
            known = [
                (one.this.sql(), one.expression.sql())
                for one in both.flatten()
                if isinstance(one, equal) and isinstance(one.expression, exp.Literal)
            ]
            if any(a[0] == b[0] and a[1] != b[1] for a, b in itertools.combinations(known, 2)):
                words = (
                    say("No value is equal to both: this is never true.")
                    if kind is exp.And
                    else say("Every value differs from one of them: this is always true.")
                )
                yield Found(statement.place_of(both), LOGIC, "constant-condition", words)


def repeated_case(_script: Script, statement: Statement) -> Iterator[Found]:
    """``WHEN status = 'paid' ... WHEN status = 'paid'``."""
    from sqlglot import exp

    for case in _all(statement, exp.Case):
        seen: set[str] = set()
        for branch in case.args["ifs"]:
            condition = branch.this.sql()
            if condition in seen:
                matches = list(
                    re.finditer(
                        r"when\s+" + r"\s*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", condition))),
                        statement.text,
                        re.IGNORECASE,
                    )
                )
                place = statement.place(*matches[-1].span()) if matches else statement.place_of(branch)
                yield Found(place, LOGIC, "unreachable-branch", say("This case stands above already."))
            seen.add(condition)


def filtered_outer_join(script: Script, statement: Statement) -> Iterator[Found]:
    """``LEFT JOIN orders o ... WHERE o.state = 'open'``."""
    from sqlglot import exp

    for select in _all(statement, exp.Select):
        where = select.args.get("where")
        outer = {
            join.this.alias_or_name.lower(): join
            for join in select.args.get("joins") or ()
            if (join.side or "").upper() == "LEFT"
        }
        if where is None or not outer:
            continue
        condition = where.this
        for part in condition.flatten() if isinstance(condition, exp.And) else (condition,):
            part = part.unnest()
            if not isinstance(
                part, exp.EQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.NEQ | exp.Like | exp.In | exp.Between
            ):
                continue
            columns = list(part.find_all(exp.Column))
            tables = {one.table.lower() or _owner(script, select, one.name.lower()) for one in columns}
            if (
                len(tables) == 1
                and tables <= outer.keys()
                and not part.find(exp.Coalesce, exp.Case, exp.Select, exp.Is, exp.Anonymous)
            ):
                yield Found(
                    statement.place_of(part),
                    LOGIC,
                    "filtered-outer-join",
                    say(
                        "Rows without a match have NULL here and are left out: the LEFT JOIN is none. The condition "
                        "belongs to ON."
                    ),
                )


def _owner(script: Script, select: exp.Select, column: str) -> str:
    """Return under which name ``select`` reads the one table that has ``column``; "" where the script does not tell."""
    from sqlglot import exp

    source = select.args.get("from_") or select.args.get("from")
    read = [one.this for one in (source, *(select.args.get("joins") or ())) if one is not None]
    known = {
        one.alias_or_name.lower(): script.tables.get(one.name.lower()) for one in read if isinstance(one, exp.Table)
    }
    if len(known) < len(read) or any(columns is None for columns in known.values()):
        return ""
    owners = [name for name, columns in known.items() if columns is not None and column in columns]
    return owners[0] if len(owners) == 1 else ""


def unconnected_tables(_script: Script, statement: Statement) -> Iterator[Found]:
    """``FROM orders o, customers c`` without a condition between them; ``ON a.id = a.id``."""
    from sqlglot import exp

    for select in _all(statement, exp.Select):
        source = select.args.get("from_") or select.args.get("from")
        joins = select.args.get("joins") or []
        if source is None:
            continue
        for join in joins:
            condition = join.args.get("on")
            if (
                isinstance(condition, exp.EQ)
                and isinstance(condition.this, exp.Column)
                and condition.this.sql().lower() == condition.expression.sql().lower()
            ):
                yield Found(
                    statement.place_of(condition),
                    LOGIC,
                    "compared-with-itself",
                    say("Both sides are the same column: this joins every row with every other."),
                )
        comma = [
            join
            for join in joins
            if not any(join.args.get(one) for one in ("on", "using", "kind", "side", "method"))
            and isinstance(join.this, exp.Table)
        ]
        if not comma or not isinstance(source.this, exp.Table):
            continue
        names = [source.this.alias_or_name.lower(), *(join.this.alias_or_name.lower() for join in joins)]
        where = select.args.get("where")
        columns = list(where.find_all(exp.Column)) if where is not None else []
        if any(not one.table for one in columns):
            continue  # whose column it is only the schema tells
        linked = [
            {one.table.lower() for one in condition.find_all(exp.Column)}
            for condition in (where.find_all(exp.Predicate) if where is not None else ())
        ]
        for join in comma:
            name = join.this.alias_or_name.lower()
            if not any(name in tables and len(tables & set(names)) > 1 for tables in linked):
                yield Found(
                    statement.place_of(join.this),
                    LOGIC,
                    "unconnected-tables",
                    say(
                        "Nothing connects `{table}` with the other tables: each of its rows is combined with each of "
                        "theirs.",
                        table=join.this.alias_or_name,
                    ),
                )


def _all(statement: Statement, *kinds: type[_Node]) -> list[_Node]:
    return [] if statement.tree is None else list(statement.tree.find_all(*kinds))


RULES: tuple[Callable[[Script, Statement], Iterator[Found]], ...] = (
    compared_with_null,
    not_in_with_nulls,
    every_row,
    mixed_and_or,
    impossible_range,
    repeated_case,
    filtered_outer_join,
    unconnected_tables,
)

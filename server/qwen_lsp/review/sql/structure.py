"""Aggregates, columns and values that do not fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from qwen_lsp.messages import say
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.sql.code import Script, Statement

if TYPE_CHECKING:
    from sqlglot import exp


def ungrouped_column(_script: Script, statement: Statement) -> Iterator[Found]:
    """``SELECT customer_id, sum(total) ... GROUP BY month``."""
    from sqlglot import exp

    for select in _selects(statement):
        aggregates = [one for one in select.expressions if _aggregates(one)]
        group = select.args.get("group")
        if (
            not aggregates
            or select.is_star
            or (group is not None and any(group.args.get(one) for one in ("cube", "rollup", "grouping_sets", "all")))
        ):
            continue
        keys = [one.unnest() for one in group.expressions] if group is not None else []
        texts = {one.sql().lower() for one in keys}
        if any(isinstance(one, exp.Column) and one.name.lower() in {"id", "uuid"} for one in keys):
            continue  # the other columns of a row follow from its key
        for number, one in enumerate(select.expressions, start=1):
            plain = one.unalias()
            columns = (
                []
                if _aggregates(one) or plain.find(exp.Window, exp.Select, exp.Subquery)
                else list(plain.find_all(exp.Column))
            )
            named = {plain.sql().lower(), one.alias_or_name.lower(), str(number)}
            loose = [
                each
                for each in columns
                if not {each.sql().lower(), each.name.lower()} & (texts | {text.rpartition(".")[2] for text in texts})
            ]
            if loose and not named & texts:
                yield Found(
                    statement.place_of(plain),
                    LOGIC,
                    "ungrouped-column",
                    say(
                        "`{column}` differs within a group, and which of its values is shown is left to chance, or "
                        "refused. Group by it, or aggregate it.",
                        column=loose[0].name,
                    ),
                )
                break


def aggregate_in_where(_script: Script, statement: Statement) -> Iterator[Found]:
    """``WHERE sum(total) > 1000``."""
    from sqlglot import exp

    for select in _selects(statement):
        where = select.args.get("where")
        found = where.find(exp.AggFunc) if where is not None else None
        if found is not None and found.find_ancestor(exp.Select) is select and not found.find_ancestor(exp.Window):
            yield Found(
                statement.place_of(found),
                LOGIC,
                "aggregate-in-where",
                say(
                    "WHERE picks rows before they are grouped; a condition on `{function}` belongs to HAVING.",
                    function=found.sql(),
                ),
            )


def wrong_count(_script: Script, statement: Statement) -> Iterator[Found]:
    """Values that are more or fewer than the columns; queries of a UNION that differ in theirs."""
    from sqlglot import exp

    tree = statement.tree
    if isinstance(tree, exp.Insert) and isinstance(tree.this, exp.Schema) and isinstance(tree.expression, exp.Values):
        wanted = len(tree.this.expressions)
        for row in tree.expression.expressions:
            if isinstance(row, exp.Tuple) and len(row.expressions) != wanted:
                match = statement.find(r"\bvalues\b")
                place = statement.place(match.start(), match.end()) if match else statement.place_of(tree.this)
                yield Found(
                    place,
                    LOGIC,
                    "wrong-count",
                    say("{values} values for {columns} columns.", values=len(row.expressions), columns=wanted),
                )
                break
    for union in tree.find_all(exp.SetOperation) if tree is not None else ():
        one, other = union.this, union.expression
        if not isinstance(one, exp.Select) or not isinstance(other, exp.Select) or one.is_star or other.is_star:
            continue
        wanted, given = len(one.expressions), len(other.expressions)
        if wanted != given:
            words = say("{values} values for {columns} columns.", values=given, columns=wanted)
            yield Found(statement.place_of(other), LOGIC, "wrong-count", words)


def _selects(statement: Statement) -> list[exp.Select]:
    from sqlglot import exp

    return [] if statement.tree is None else list(statement.tree.find_all(exp.Select))


def _aggregates(node: object) -> bool:
    from sqlglot import exp

    if not isinstance(node, exp.Expr):
        return False
    found = [
        one
        for one in node.find_all(exp.AggFunc)
        if not one.find_ancestor(exp.Window, exp.Select)
        or not isinstance(one.find_ancestor(exp.Window, exp.Select), exp.Window)
    ]
    return any(one.find_ancestor(exp.Select) is node.find_ancestor(exp.Select) for one in found)


RULES: tuple[Callable[[Script, Statement], Iterator[Found]], ...] = (ungrouped_column, aggregate_in_where, wrong_count)

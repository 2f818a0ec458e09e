"""Statements of SQL that stand in Python and JavaScript, judged where the file holds all of their text as it is."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate

from qwen_lsp.explain.code import Code
from qwen_lsp.model import Position
from qwen_lsp.review.found import LOGIC, Found
from qwen_lsp.review.javascript.code import JavaScript, Node
from qwen_lsp.review.python.code import PythonCode
from qwen_lsp.review.sql import logic, structure
from qwen_lsp.review.sql.code import Script
from qwen_lsp.review.words import is_sql
from qwen_lsp.text import TextSnapshot

_QUICKLY = re.compile(r"[\"'`]\s*(?:select|with|insert|update|delete|replace)\s", re.IGNORECASE)
_MAKES_TABLE = re.compile(r"\s*create\s+table\b", re.IGNORECASE)
_LITERAL = re.compile(r"[rRuU]?(?P<quote>\"\"\"|'''|\"|')(?P<text>.*)(?P=quote)", re.DOTALL)
_EXECUTING = frozenset(
    ["execute", "executemany", "executescript", "fetch", "fetchall", "fetchone", "fetchrow", "fetchval", "read_sql"]
)
_EXECUTING_OF_JAVASCRIPT = frozenset(["prepare", "query", "exec", "execute", "all", "run", "get", "each"])
# Placeholders of Python's drivers, and what stands in front of a value; anything else becomes part of the statement.
_PLACEHOLDER = re.compile(r"%s|%\((?P<name>\w+)\)s")
_BEFORE_VALUE = re.compile(
    r"(?:[=<>(,+\-*/|]|\b(?:like|ilike|in|limit|offset|then|else|and|between|when|not|any|values|interval|is))\s*\Z",
    re.IGNORECASE,
)
# Programs empty their own tables, and say so in the name of the function around.
_RULES = (*(one for one in logic.RULES if one is not logic.every_row), *structure.RULES)


def sql_in_python(snapshot: TextSnapshot) -> Iterator[Found]:
    """Yield what the rules for SQL find in the strings of a Python file."""
    if not _QUICKLY.search(snapshot.text):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = PythonCode(snapshot, ast.parse(snapshot.text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    offset = _offsets(snapshot)
    parts = []
    for node in code.nodes(ast.Constant):
        if not isinstance(node.value, str) or not _is_statement(node.value) or not _is_whole_in_python(code, node):
            continue
        literal = _LITERAL.fullmatch(code.text(node))
        if (
            literal is None
            or literal["quote"] in literal["text"]
            or literal["text"].splitlines() != node.value.splitlines()
        ):
            continue
        start = offset(code.place(node).start) + literal.start("text")
        parts.append((start, start + len(literal["text"])))
    yield from _found(snapshot, parts)


def sql_in_javascript(code: Code) -> Iterator[Found]:
    """Yield what the rules for SQL find in the strings of a JavaScript or TypeScript file."""
    if code.tree.error_count or not _QUICKLY.search(code.snapshot.text):
        return
    js = JavaScript(code)
    offset = _offsets(code.snapshot)
    parts = []
    for node in js.all("string", "template_string"):
        text = js.text(node)[1:-1]
        is_plain = not any(one.type == "template_substitution" for one in node.named_children)
        if is_plain and _is_statement(text) and _is_whole_in_javascript(js, node):
            start = offset(code.range_of(node).start) + 1
            parts.append((start, start + len(text)))
    yield from _found(code.snapshot, parts)


def _is_statement(text: str) -> bool:
    """Return whether a text is a statement that nothing is put into; one with escapes is not read."""
    return (is_sql(text) or _MAKES_TABLE.match(text) is not None) and not re.search(r"[\\{}]", text)


def _offsets(snapshot: TextSnapshot) -> Callable[[Position], int]:
    """Return what tells the offset of a position in the file's text."""
    starts = [0, *accumulate(len(line) for line in snapshot.lines)]
    return lambda position: starts[position.line] + position.character


def _found(snapshot: TextSnapshot, parts: list[tuple[int, int]]) -> Iterator[Found]:
    filled, whole = snapshot.text, []
    for start, end in parts:
        text = _filled(filled[start:end])
        if text is not None:
            filled = filled[:start] + text + filled[end:]
            whole.append((start, end))
    if not whole:
        return
    script = Script(snapshot, whole, filled)
    for statement in script.statements:
        for rule in _RULES if statement.problem is None else ():
            for one in rule(script, statement):
                if one.kind is LOGIC:
                    yield one if _keeps_quotes(one) else replace(one, change=None)


def _filled(text: str) -> str | None:
    """Return ``text`` with placeholders that parsers read, of the same length; None where some stand for no value."""
    for match in _PLACEHOLDER.finditer(text):
        if not _BEFORE_VALUE.search(text[: match.start()]):
            return None
    return _PLACEHOLDER.sub(lambda match: (f":{match['name']}" if match["name"] else "?").ljust(len(match[0])), text)


def _keeps_quotes(found: Found) -> bool:
    return found.change is not None and not any(re.search(r"[\"'`\\$]", one.new_text) for one in found.change.edits)


def _is_whole_in_python(code: PythonCode, node: ast.Constant) -> bool:
    """Return whether a string is run as it is, or kept under a name that is never made a part of another text."""
    child: ast.AST = node
    holder = code.parent(node)
    while isinstance(holder, ast.List | ast.Tuple | ast.Dict):
        child, holder = holder, code.parent(holder)
    if isinstance(holder, ast.Call):
        method = holder.func.attr if isinstance(holder.func, ast.Attribute) else ""
        return child is node and method in _EXECUTING and bool(holder.args) and holder.args[0] is node
    if isinstance(holder, ast.Assign):
        names = [_name(one) for one in holder.targets]
    elif isinstance(holder, ast.AnnAssign):
        names = [_name(holder.target)]
    else:
        return False
    return all(name and not _is_part_in_python(code, name) for name in names)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_part_in_python(code: PythonCode, name: str) -> bool:
    for node in code.nodes(ast.Name, ast.Attribute):
        if _name(node) != name:
            continue
        holder = code.parent(node)
        if isinstance(holder, ast.Subscript):
            holder = code.parent(holder)
        if isinstance(holder, ast.BinOp | ast.AugAssign | ast.FormattedValue | ast.Attribute | ast.List | ast.Tuple):
            return True
    return False


def _is_whole_in_javascript(js: JavaScript, node: Node) -> bool:
    """Return whether a string is run as it is, or kept under a name that is never made a part of another text."""
    holder = node.parent
    if holder is None:
        return False
    if holder.type == "arguments":
        call = holder.parent
        method = "" if call is None else js.callee(call).rpartition(".")[2]
        return call is not None and method in _EXECUTING_OF_JAVASCRIPT and js.arguments(call)[0] == node
    field = {
        "variable_declarator": "name",
        "pair": "key",
        "public_field_definition": "name",
        "field_definition": "property",
    }
    named = holder.child_by_field_name(field[holder.type]) if holder.type in field else None
    return named is not None and not _is_part_in_javascript(js, js.text(named).strip("'\""))


def _is_part_in_javascript(js: JavaScript, name: str) -> bool:
    for node in js.all("identifier", "property_identifier"):
        if js.text(node) != name or node.parent is None:
            continue
        whole = node.parent if node.type == "property_identifier" else node
        holder = whole.parent
        if holder is not None and holder.type in {
            "binary_expression",
            "template_substitution",
            "augmented_assignment_expression",
            "assignment_expression",
            "member_expression",
            "array",
        }:
            return True
    return False

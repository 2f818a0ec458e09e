"""A Python file as the rules look at it: its syntax tree, who is whose parent, what names mean, and places."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from qwen_lsp.model import Position, Range, TextEdit
from qwen_lsp.text import TextSnapshot

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (*FUNCTIONS, ast.Lambda, ast.Module)
_Node = TypeVar("_Node", bound=ast.AST)


class PythonCode:
    """``tree`` is that of ``snapshot``; places are ours (0-based lines, characters in code points)."""

    def __init__(self, snapshot: TextSnapshot, tree: ast.Module) -> None:
        self.snapshot = snapshot
        self.tree = tree
        self._all = list(ast.walk(tree))
        self._parents = {child: node for node in self._all for child in ast.iter_child_nodes(node)}
        self._imported = dict(self._imports())
        self._by_kinds: dict[tuple[type[ast.AST], ...], list[Any]] = {}

    def nodes(self, *kinds: type[_Node]) -> list[_Node]:
        """Return the nodes of these types."""
        if kinds not in self._by_kinds:
            self._by_kinds[kinds] = [node for node in self._all if isinstance(node, kinds)]
        return self._by_kinds[kinds]

    def functions(self) -> list[Function]:
        """Return the functions with a name."""
        return self.nodes(ast.FunctionDef, ast.AsyncFunctionDef)

    @cached_property
    def functions_by_name(self) -> dict[str, list[Function]]:
        """The functions of each name, wherever they stand."""
        return _grouped((one.name, one) for one in self.functions())

    @cached_property
    def classes_by_name(self) -> dict[str, list[ast.ClassDef]]:
        """The classes of each name, wherever they stand."""
        return _grouped((one.name, one) for one in self.nodes(ast.ClassDef))

    @cached_property
    def attributes_by_name(self) -> dict[str, list[ast.Attribute]]:
        """The places where an attribute of each name is read or written, of whatever it is."""
        return _grouped((one.attr, one) for one in self.nodes(ast.Attribute))

    @cached_property
    def assigned_names(self) -> frozenset[str]:
        """The names that are assigned or deleted somewhere, as variables."""
        return frozenset(one.id for one in self.nodes(ast.Name) if not isinstance(one.ctx, ast.Load))

    @cached_property
    def given_names(self) -> frozenset[str]:
        """The names of parameters and of what is imported."""
        imported = (each for one in self.nodes(ast.alias) for each in (one.name, one.asname) if each)
        return frozenset([*(one.arg for one in self.nodes(ast.arg)), *imported])

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node right above."""
        return self._parents.get(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes above, innermost first."""
        at = self._parents.get(node)
        while at is not None:
            yield at
            at = self._parents.get(at)

    def function(self, node: ast.AST) -> Function | None:
        """Return the function that ``node`` stands in; None in a lambda, a class or a module."""
        for one in self.above(node):
            if isinstance(one, FUNCTIONS):
                return one
            if isinstance(one, ast.Lambda | ast.ClassDef):
                return None
        return None

    def dotted(self, node: ast.AST) -> str:
        """Return the name of ``node`` as imported ("subprocess.run"), or "" where it is no name.

        What hangs on a call keeps the call's name: ``hashlib.md5(x).hexdigest`` is "hashlib.md5().hexdigest".
        """
        if isinstance(node, ast.Name):
            return self._imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else ""
        if isinstance(node, ast.Call):
            base = self.dotted(node.func)
            return f"{base}()" if base else ""
        return ""

    def calls(self, *names: str) -> list[ast.Call]:
        """Return the calls of functions with these dotted names."""
        return [call for call in self.nodes(ast.Call) if self.dotted(call.func) in names]

    def values(self, name: ast.Name) -> list[ast.expr] | None:
        """Return all that is assigned to a variable in its function, or in the module; None where it is not known.

        A parameter, a loop's variable and what ``with`` or ``except`` names are not known.
        """
        holder: ast.AST | None = self.function(name)
        while True:
            found, unknown = _assigned(holder or self.tree, name.id)
            if found or unknown:
                return None if unknown else found
            if holder is None:
                return None
            holder = self.function(holder)

    def place(self, node: ast.expr | ast.stmt | ast.ExceptHandler | ast.arg | ast.keyword) -> Range:
        """Return the place of ``node``; of a compound statement that of its head."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        body = getattr(node, "body", None)
        if isinstance(body, list) and body:
            line = node.lineno - 1
            return Range(self._position(node.lineno, node.col_offset), self.snapshot.content_range(line).end)
        return Range(self._position(node.lineno, node.col_offset), self._position(end_line, end_column))

    def text(self, node: ast.expr) -> str:
        """Return the source text of ``node``."""
        # ast.get_source_segment splits the whole file into lines each time.
        if node.end_lineno is None or node.end_col_offset is None:
            return ""
        lines = [one.encode("utf-8", "surrogatepass") for one in self.snapshot.lines[node.lineno - 1 : node.end_lineno]]
        if not lines:
            return ""
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"".join(lines).decode("utf-8", "replace")

    def replaced(self, node: ast.expr | ast.stmt, new: str) -> TextEdit:
        """Return the edit that puts ``new`` in the place of ``node``."""
        start = self._position(node.lineno, node.col_offset)
        end = self._position(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return TextEdit(self.snapshot.path, self.snapshot.version, Range(start, end), new)

    def inserted(self, node: ast.expr | ast.stmt, new: str) -> TextEdit:
        """Return the edit that puts ``new`` in front of ``node``."""
        at = self._position(node.lineno, node.col_offset)
        return TextEdit(self.snapshot.path, self.snapshot.version, Range(at, at), new)

    def line_inserted(self, before_line: int, new: str) -> TextEdit:
        """Return the edit that puts a line in front of line ``before_line`` (0-based)."""
        at = Position(before_line, 0)
        ending = "\r\n" if self.snapshot.lines[0].endswith("\r\n") else "\n"
        return TextEdit(self.snapshot.path, self.snapshot.version, Range(at, at), new + ending)

    def _position(self, lineno: int, column: int) -> Position:
        line = self.snapshot.line(lineno - 1)
        return Position(lineno - 1, len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace")))

    def _imports(self) -> Iterator[tuple[str, str]]:
        for node in self._all:
            if isinstance(node, ast.Import):
                for one in node.names:
                    yield (
                        one.asname or one.name.partition(".")[0],
                        one.name if one.asname else one.name.partition(".")[0],
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for one in node.names:
                    yield one.asname or one.name, f"{node.module}.{one.name}"


def _grouped(pairs: Iterable[tuple[str, _Node]]) -> dict[str, list[_Node]]:
    found: dict[str, list[_Node]] = {}
    for name, node in pairs:
        found.setdefault(name, []).append(node)
    return found


def local_nodes(holder: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function or module, without what stands in functions and classes inside."""
    stack = list(ast.iter_child_nodes(holder))
    while stack:
        node = stack.pop(0)
        yield node
        if not isinstance(node, (*_SCOPES, ast.ClassDef)):
            stack = [*ast.iter_child_nodes(node), *stack]


def _assigned(holder: ast.AST, name: str) -> tuple[list[ast.expr], bool]:
    """Return the values that ``holder`` gives to ``name``, and whether it gets others, too."""
    found: list[ast.expr] = []
    stores = 0
    for node in local_nodes(holder):
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            found.append(node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            if isinstance(node.target, ast.Name) and node.target.id == name and node.value is not None:
                found.append(node.value)
        elif isinstance(node, ast.Name):
            stores += node.id == name and isinstance(node.ctx, ast.Store)
    return found, stores > len(found) or (isinstance(holder, FUNCTIONS) and is_parameter(holder, name))


def is_parameter(function: Function, name: str) -> bool:
    """Return whether ``name`` is a parameter of ``function``."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return any(one is not None and one.arg == name for one in every)

"""Syntax errors: as Python itself, node and the dialects of SQL say, else as the grammar does."""

from __future__ import annotations

from collections.abc import Iterator

from qwen_lsp.explain.code import Code
from qwen_lsp.fixes import compile_error
from qwen_lsp.fixes.compiling.javascript import judge
from qwen_lsp.messages import say
from qwen_lsp.model import Position, Range, Rung
from qwen_lsp.review.found import SYNTAX, Found
from qwen_lsp.syntax import Language, parse
from qwen_lsp.syntax.tree import walk
from qwen_lsp.text import TextSnapshot


def python_syntax(snapshot: TextSnapshot, language: Language) -> Iterator[Found]:
    """Yield the first thing that Python refuses.

    What only this version of Python refuses, and the grammar reads, is left alone: the file may be for a newer one.
    """
    error = compile_error(snapshot.text, snapshot.path.name)
    if error is None or (not parse(language, snapshot.text).error_count and "invalid syntax" in error.msg):
        return
    line = min(max((error.lineno or 1) - 1, 0), max(len(snapshot.lines) - 1, 0))
    place = snapshot.content_range(line)
    if error.offset and place.start.character <= error.offset - 1 < place.end.character:
        place = Range(Position(line, error.offset - 1), place.end)
    yield Found(place, SYNTAX, "python", say("Python cannot read this: {reason}.", reason=error.msg))


def javascript_syntax(code: Code) -> Iterator[Found]:
    """Yield the first place that does not parse, unless node knows better."""
    if not code.tree.error_count or judge(code.snapshot, code.snapshot.text) is Rung.COMPILES:
        return
    broken = (node for node in walk(code.tree.root) if node.is_error or node.is_missing)
    node = min(broken, key=lambda one: one.start_byte)
    if node.is_missing:
        # It stands where the next token begins; what it ends is in front of it.
        line, words = code.tree.line_of(max(0, node.start_byte - 1)), say("`{sign}` is missing here.", sign=node.type)
    else:
        line, words = code.tree.line_of(node.start_byte), say("This does not parse.")
    yield Found(code.snapshot.content_range(line), SYNTAX, code.language.id, words)

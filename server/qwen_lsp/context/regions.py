"""Cut the lines around a fault out of a file so that they never begin or end inside a block."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import tree_sitter

from qwen_lsp.syntax import SyntaxTree, language_of, parse
from qwen_lsp.syntax.statements import StatementTree
from qwen_lsp.syntax.tree import walk
from qwen_lsp.text import TextSnapshot, split_lines

_WHOLE_FILE_LINES = 30
"""A file up to this long is its own region: a small model does better when it sees all of it."""

MAX_REGION_LINES = 60
"""A longer function is cut at statement boundaries: the model must write the whole region again, token by token."""

MAX_REGION_CHARACTERS = 100 * MAX_REGION_LINES
"""What is put together with others must not be longer: few lines may hold much data."""

_AROUND_LINES = 6

_DECORATORS = frozenset({"@", "#", "#["})
"""Tokens that begin a decorator, annotation or attribute on a line above its definition."""

_CLOSERS = frozenset({")", "]", "}", "end"})

LineSpan = tuple[int, int]
"""First line and the line after the last, 0-based."""


def span_around(tree: SyntaxTree, snapshot: TextSnapshot, line: int) -> LineSpan:
    """Return the lines to rewrite for a fault at ``line`` (0-based) in code that parses."""
    if is_short(snapshot):
        return 0, len(snapshot.lines)
    function = tree.innermost_function(line)
    if function is not None and function.line_count <= MAX_REGION_LINES:
        return function.start_line, function.end_line
    if isinstance(tree, StatementTree):
        return _statement_near(tree, snapshot, line)
    return _statements_around(tree, tree.root, line)


def is_short(snapshot: TextSnapshot) -> bool:
    """Return whether a file is a region as a whole."""
    return len(snapshot.lines) <= _WHOLE_FILE_LINES and len(snapshot.text) <= MAX_REGION_CHARACTERS


def _statement_near(tree: StatementTree, snapshot: TextSnapshot, line: int) -> LineSpan:
    """Return the statement of SQL at ``line`` or after it; of one that is too long, the lines around."""
    nearest = tree.nearest(line)
    start, end = (line, line + 1) if nearest is None else (nearest.start_line, nearest.end_line)
    if end - start > MAX_REGION_LINES:
        start, end = max(start, line - MAX_REGION_LINES // 2), min(end, line + MAX_REGION_LINES // 2)
    return min(start, line), min(max(end, line + 1), max(len(snapshot.lines), line + 1))


def _statements_around(tree: SyntaxTree, node: tree_sitter.Node, line: int) -> LineSpan:
    """Return the run of whole statements next to ``line``, from the innermost block that needs cutting.

    A literal that is too long is cut between its elements.
    """
    statements = [tree.lines_of(child) for child in node.named_children]
    holding = next((i for i, (start, end) in enumerate(statements) if start <= line < end), None)
    if holding is not None:
        start, end = statements[holding]
        child = node.named_children[holding]
        if end - start > MAX_REGION_LINES and child.named_child_count:
            blocks = [inner for inner in walk(child) if inner.type in tree.language.blocks]
            around = next((block for block in blocks if _holds(tree, block, line)), None)
            if blocks and around is None:
                return _head(tree, child, line)
            return _statements_around(tree, around or child, line)
    else:
        start, end = line, line + 1
    near = [
        (first, last) for first, last in statements if first >= start - _AROUND_LINES and last <= end + _AROUND_LINES
    ]
    return min([start, *(first for first, _ in near)]), max([end, *(last for _, last in near)])


def _head(tree: SyntaxTree, statement: tree_sitter.Node, line: int) -> LineSpan:
    """Return the header at ``line`` of a long compound statement, with as many statements below it as fit."""
    blocks = tree.language.blocks
    headed = [one for one in walk(statement) if any(child.type in blocks for child in one.named_children)]
    holding = [one for one in headed if _holds(tree, one, line)]
    clause = holding[-1] if holding else headed[0]  # the innermost: an ``except`` has a header of its own
    block = next(child for child in clause.named_children if child.type in blocks)
    wrapper = clause.parent if clause.parent is not None and clause.parent.type in tree.language.wrappers else None
    start = tree.lines_of(wrapper or clause)[0]
    ends = [tree.lines_of(child)[1] for child in block.named_children]
    fitting = [end for end in ends if end - start <= MAX_REGION_LINES]
    first = block.named_children[0]
    if fitting or not any(inner.type in blocks for inner in walk(first)):
        return start, max(fitting, default=ends[0])
    return start, _head(tree, first, tree.lines_of(first)[0])[1]


def _holds(tree: SyntaxTree, node: tree_sitter.Node, line: int) -> bool:
    start, end = tree.lines_of(node)
    return start <= line < end


def import_span(snapshot: TextSnapshot) -> LineSpan:
    """Return the lines from the first to the last import at the top of a file.

    Without imports the span is empty and stands below what may come before them: leading comments, a module's
    docstring, the line that names the package.
    """
    language = language_of(snapshot.path)
    if language is None:
        return 0, 0
    tree = parse(language, snapshot.text)
    after_head, found = 0, list[LineSpan]()
    for node in tree.root.named_children:
        span, text = tree.lines_of(node), tree.text_of(node)
        if language.begins_import(text):
            found.append((span[0], span[0] + len(split_lines(text.rstrip()))))  # C's grammar counts the line end in
        elif "comment" in node.type or node.type in language.heads or text[:1] in "\"'":
            after_head = span[1] if not found else after_head
        else:
            break
    return (found[0][0], found[-1][1]) if found else (after_head, after_head)


def span_of_broken(tree: SyntaxTree, snapshot: TextSnapshot, line: int) -> LineSpan:
    """Return the lines to rewrite for a syntax error reported at ``line`` (0-based).

    The tree of broken code has no trustworthy functions, but its tokens are sound: a definition runs from its first
    line to the next token at the start of a line that is not indented further. The reported line is often *after*
    the mistake (an unclosed bracket, a missing colon above), so a region that would begin at it takes the block before
    it too. At the end of the file, where a brace is found missing, it is the block that has one too few.
    """
    line_count = len(snapshot.lines)
    if is_short(snapshot):
        return 0, line_count
    if isinstance(tree, StatementTree):
        return _statement_near(tree, snapshot, line)
    starts = _line_starts(tree, snapshot)
    decorators = {(at, indent) for at, indent, token in starts if token in _DECORATORS}
    following = {own[:2] for before, own in pairwise(starts) if before[:2] in decorators and before[1] == own[1]}
    heads = [
        (at, indent)
        for at, indent, token in starts
        if (token in _DECORATORS or tree.language.begins_definition(snapshot.line(at)))
        and (at, indent) not in following  # a decorated def begins with its decorator
    ]
    blocks = [(at, _block_end(starts, at, indent, line_count)) for at, indent in heads]
    short = [(at, end) for at, end in blocks if end - at <= MAX_REGION_LINES]
    holding = [(at, end) for at, end in short if at <= line < end]
    if tree.language.has_braces and line >= max((at for at, *_ in starts), default=0):
        holding = _unclosed(tree, short) or holding
    start, end = min(holding, key=lambda span: span[1] - span[0], default=(line, line + 1))
    if line - 1 <= start <= line:
        before = [(at, stop) for at, stop in short if stop <= start]
        start = max(before)[0] if before else start
    if holding or end - start > 1:
        return start, end
    return _unindented_around(starts, line, line_count)


def _unclosed(tree: SyntaxTree, blocks: Sequence[LineSpan]) -> list[LineSpan]:
    """Return those of ``blocks`` that open more braces than they close."""
    depths = [
        (token.start_line, 1 if token.text.endswith("{") else -1)
        for token in tree.tokens()
        if token.text in {"{", "}", "${"}
    ]
    return [(start, end) for start, end in blocks if sum(by for line, by in depths if start <= line < end) > 0]


def _line_starts(tree: SyntaxTree, snapshot: TextSnapshot) -> list[tuple[int, int, str]]:
    """Return (line, indentation in code points, text) of each token that begins a line; decorators join their def."""
    found: list[tuple[int, int, str]] = []
    for token in tree.tokens():
        if not token.text.strip() or (found and found[-1][0] == token.start_line):
            continue
        content = snapshot.line(token.start_line)
        indent = len(content) - len(content.lstrip())
        if content.lstrip().startswith(token.text.splitlines()[0]):
            found.append((token.start_line, indent, token.text))
    return found


def _block_end(starts: Sequence[tuple[int, int, str]], at: int, indent: int, line_count: int) -> int:
    in_decorators = True
    for line, own_indent, token in starts:
        if line <= at:
            in_decorators = token in _DECORATORS if line == at else in_decorators
            continue
        if in_decorators and own_indent == indent:
            in_decorators = token in _DECORATORS
            continue
        if own_indent <= indent and token not in _CLOSERS:
            return line
    return line_count


def _unindented_around(starts: Sequence[tuple[int, int, str]], line: int, line_count: int) -> LineSpan:
    """Return the run of top-level lines around ``line``, cut where a statement begins at the margin."""
    margins = [at for at, indent, _ in starts if indent == 0]
    start = max((at for at in margins if at <= max(0, line - _AROUND_LINES)), default=0)
    end = min((at for at in margins if at > line + _AROUND_LINES), default=line_count)
    if end - start > MAX_REGION_LINES:
        start = max((at for at in margins if at <= line), default=0)
        end = min(end, start + MAX_REGION_LINES)
    return start, end

"""What the readers of this family share: a failure found, and the part of a line that a caret points to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import CaretSpan, Failure, FailureKind, StackFrame

LANGUAGE = "sql"
STDIN = "<stdin>"
"""The path of a frame in text that the log names no file for; like Python's "<string>" it is nobody's file."""
STATEMENT = "<statement>"
"""The path of a frame in a statement that a program sent; its lines count from the statement's first."""

# In the words of PostgreSQL (also German, French, Spanish), SQLite, MySQL, SQL Server and Oracle.
_SYNTAX = re.compile(
    r"(?i)\bsyntax error\b|\bsyntaxfehler\b|erreur de syntaxe|error de sintaxis|unterminated quoted"
    r"|incomplete input|unrecognized token|your SQL syntax|incorrect syntax near"
    r"|missing expression|not properly ended|missing (?:left|right) parenthesis|encountered the symbol"
)
# A name with its qualifiers, a number, a quoted name or string, or one sign.
_TOKEN = re.compile(r'[\w$#@]+(?:\.[\w$#@]+)*|"[^"]*"|\'[^\']*\'|`[^`]*`|\[[\w ]+\]|:=|[<>=!|]{2}|\S')


@dataclass(frozen=True, slots=True)
class Found:
    """A failure, how much it counts, and the index of the first line after it."""

    failure: Failure
    weight: Weight
    end: int


def kind_of(message: str) -> FailureKind:
    """Return the kind of the failure that a database describes with ``message``."""
    return FailureKind.SYNTAX_ERROR if _SYNTAX.search(message) else FailureKind.EXCEPTION


def make_failure(
    exception_type: str, message: str, frames: tuple[StackFrame, ...], notes: tuple[str, ...] = ()
) -> Failure:
    """Return a failure of SQL; whether it is a syntax error follows from its message."""
    return Failure(kind_of(message), exception_type, message, frames, notes=notes, language=LANGUAGE)


def one_blank(field: str) -> str:
    """Return a line such as "HINT:  text" with one blank after the colon, as notes have it."""
    name, colon, text = field.strip().partition(":")
    return f"{name}{colon} {text.strip()}" if colon else name


def token_span(line: str, start: int) -> CaretSpan | None:
    """Return the token of ``line`` that begins at ``start`` (0-based); None where there is none (end of input)."""
    match = _TOKEN.match(line, start) if start >= 0 else None
    return CaretSpan(start, match.end()) if match else None


def caret_span(line: str, column: int) -> CaretSpan | None:
    """Return the token of the stripped ``line`` at terminal column ``column`` (0-based) of ``line`` as printed.

    psql counts columns, of which a wide character takes two (libpq fe-protocol3.c, ``reportErrorPosition``).
    """
    width = index = 0
    while index < len(line) and width < column:
        width += 2 if unicodedata.east_asian_width(line[index]) in "FW" else 1
        index += 1
    return token_span(line.strip(), index - (len(line) - len(line.lstrip())))


def make_frame(
    path: str,
    lineno: int | None,
    *,
    column: int | None = None,
    function: str | None = None,
    source_line: str | None = None,
    caret: CaretSpan | None = None,
) -> StackFrame:
    """Return a frame; ``lineno`` and ``column`` are 1-based, 0 counts as not known."""
    text = source_line.strip() if source_line is not None else None
    return StackFrame(
        path=path,
        # A log that was cut, or tampered with, may lead to a line before the first.
        lineno=lineno if lineno is not None and lineno > 0 else None,
        colno=column or None,
        function=function,
        source_line=text or None,
        caret=caret if text else None,
        in_app=not path.startswith("<"),
    )

"""Errors of PostgreSQL as psql prints them.

Source of the format: PostgreSQL src/interfaces/libpq/fe-protocol3.c (``pqBuildErrorMessage3``), src/bin/psql/common.c
and startup.c (``log_pre_callback``), src/pl/plpgsql/src/pl_exec.c (``plpgsql_exec_error_callback``); messages may be
translated.

The number after the file's name is the line that ends the statement, where psql sent it off. "LINE n" counts from the
statement's first line, with empty lines and comments before and empty lines inside left out. So the line of the fault
is known for certain only where the statement is printed too (``psql -b``); the text of "LINE n" leads to it
otherwise. A line of a PL/pgSQL function counts from the line with the quote that opens its body.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.logparse.sql.excerpt import Excerpt, read_excerpt
from qwen_lsp.logparse.sql.found import LANGUAGE, STATEMENT, Found, make_failure, make_frame
from qwen_lsp.model import Failure, FailureKind, StackFrame

# "ERROR" in the languages of psql. Two blanks follow. WARNING, NOTICE and the like are no failures.
_ERRORS = (
    "ERROR|FATAL|PANIC|FEHLER|ERREUR ?|ERRORE|ERRO|ОШИБКА|ПОМИЛКА|BŁĄD|CHYBA|FEL|HATA"
    "|エラー|错误|錯誤|오류|에러|შეცდომა"
)
STARTS = ("psql:", "ERREUR :", *(f"{word.removesuffix(' ?')}:" for word in _ERRORS.split("|")))
_HEAD = re.compile(
    r"(?:psql:(?P<path>[^\n]{1,1000}?):(?P<lineno>[0-9]{1,9}): )?"
    rf"(?P<type>{_ERRORS}):  (?:(?P<state>[0-9A-Z]{{5}}): )?(?P<message>\S.*)"
)
_OWN_ERROR = re.compile(
    r"psql: (?:error|fatal): (?P<message>\S.*)"
    r"|psql:(?P<path>[^\n]{1,1000}?):(?P<lineno>[0-9]{1,9}): error: (?P<place>\S.*)"
)
_ECHO = re.compile(
    r"psql:[^\n]{1,1000}?:[0-9]{1,9}: "
    r"(?:STATEMENT|ANWEISUNG|INSTRUCTION ?|SENTENCIA|ISTRUZIONE|ОПЕРАТОР):  (?P<text>.*)"
)
_FIELD = re.compile(r"(?P<name>[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?) ?:  (?P<value>.*)")
_MESSAGE_WORD = re.compile(rf"(?:{_ERRORS}|WARNING|NOTICE|INFO|LOG|DEBUG|HINWEIS|WARNUNG)$")
_CONTEXT_LINE = re.compile(r"\S.*PL/pgSQL|PL/|SQL[ -]|COPY |while |automatic |parallel |remote |JSON |\t")
_FUNCTION = re.compile(
    r"PL/pgSQL(?:[ -]\w{1,30})? "
    r"(?P<name>[^\s(]{1,200}\([^()\n]{0,500}\)|inline_code_block),? \w{1,20} (?P<lineno>[0-9]{1,9})"
)
_ABORTED = "current transaction is aborted"
_ABORTED_STATE = "25P02"
_QUERIES = frozenset({"QUERY", "ANFRAGE", "REQUÊTE", "CONSULTA", "ЗАПРОС"})
_MAX_FIELD_LINES = 300


@dataclass(slots=True)
class Fields:
    """What follows the first line of a message."""

    excerpt: Excerpt | None = None
    values: list[list[str]] = field(default_factory=list)
    """The name of each field and the lines of its text."""
    statement: list[str] = field(default_factory=list)
    end: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a message follows its first line."""
        return self.excerpt is None and not self.values and not self.statement

    def notes(self) -> tuple[str, ...]:
        """Return what helps to understand the error, in the order of the log."""
        kept = [f"{name}: " + "\n".join(value) for name, *value in self.values if name not in {"LOCATION", "STATEMENT"}]
        is_cut = self.excerpt is not None and self.excerpt.source_line is None
        return ((self.excerpt.shown,) if self.excerpt is not None and is_cut else ()) + tuple(kept)


def read_psql(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that begins at ``lines[index]``, or None."""
    match = _HEAD.match(lines[index])
    if match is None:
        return _read_own_error(lines, index)
    fields = _read_fields(lines, index + 1)
    if match["path"] is None and fields.is_empty and match["type"] == "ERROR" and match["message"][0].isupper():
        # PostgreSQL begins its English messages in lower case (Error Message Style Guide), RubyGems does not.
        return None
    exception_type = match["type"].rstrip() + (f" {match['state']}" if match["state"] else "")
    message = match["message"].rstrip()
    functions = function_frames("\n".join("\n".join(value) for _, *value in fields.values))
    frames = (_place(match["path"], match["lineno"], fields), *functions)
    failure = make_failure(exception_type, message, tuple(frame for frame in frames if frame), fields.notes())
    weight = Weight.CONSEQUENCE if match["state"] == _ABORTED_STATE or message.startswith(_ABORTED) else Weight.UNCAUGHT
    return Found(failure, weight, fields.end)


def _read_own_error(lines: Sequence[str], index: int) -> Found | None:
    """Read an error of psql itself: no connection, a missing file, an unknown backslash command."""
    match = _OWN_ERROR.match(lines[index])
    if match is None:
        return None
    message = [match["message"] or match["place"]]
    end = index + 1
    while end < len(lines) and lines[end].startswith("\t"):
        message.append(lines[end].strip())
        end += 1
    frames = (make_frame(match["path"], int(match["lineno"])),) if match["path"] else ()
    failure = Failure(FailureKind.EXCEPTION, "psql error", "\n".join(message), frames, language=LANGUAGE)
    return Found(failure, Weight.UNCAUGHT, end)


def _place(path: str | None, end_lineno: str | None, fields: Fields) -> StackFrame | None:
    """Return the place in the script that psql read, as exact as the log tells it; None without any line."""
    excerpt = fields.excerpt
    # With a QUERY the line is one of a statement inside a function.
    if excerpt is not None and any(name in _QUERIES for name, *_ in fields.values):
        excerpt = None
    source_line, caret = (excerpt.source_line, excerpt.caret) if excerpt is not None else (None, None)
    if path is None or end_lineno is None:
        if excerpt is None:
            return None
        return make_frame(STATEMENT, excerpt.lineno, source_line=source_line, caret=caret)
    lineno = int(end_lineno)
    if excerpt is not None and fields.statement:
        lineno -= max(len(fields.statement) - excerpt.lineno, 0)
    return make_frame(path, lineno, source_line=source_line, caret=caret)


def _read_fields(lines: Sequence[str], start: int) -> Fields:
    """Read the lines below a message's first: the excerpt, then fields, each of which may run over lines."""
    fields = Fields()
    index = start
    stop = min(len(lines), start + _MAX_FIELD_LINES)
    while index < stop:
        line = lines[index]
        name = fields.values[-1][0] if fields.values else ""
        if fields.excerpt is None and (excerpt := read_excerpt(lines, index)) is not None:
            fields.excerpt = excerpt
            index = excerpt.end
            continue
        if match := _FIELD.match(line):
            if _MESSAGE_WORD.match(match["name"]):
                break
            fields.values.append([match["name"], match["value"].rstrip()])
        elif echo := _ECHO.match(line):
            index = _read_statement(lines, index, echo["text"], fields)
            break
        elif name in _QUERIES or (fields.values and _CONTEXT_LINE.match(line)):
            fields.values[-1].append(line.rstrip())
        else:
            break
        index += 1
    fields.end = index
    return fields


def _read_statement(lines: Sequence[str], index: int, first: str, fields: Fields) -> int:
    """Take the statement that ``psql -b`` prints from ``lines[index]`` on, up to the semicolon that ends it."""
    statement = [first]
    end = index + 1
    stop = min(len(lines), end + _MAX_FIELD_LINES)
    quotes = first.count("$$")
    while end < stop and not (statement[-1].rstrip().endswith(";") and quotes % 2 == 0):
        # psql sends no empty lines.
        if lines[end].startswith("psql:") or not lines[end].strip():
            break
        statement.append(lines[end])
        quotes += lines[end].count("$$")
        end += 1
    fields.statement = statement
    return end


def function_frames(context: str) -> list[StackFrame]:
    """Return the PL/pgSQL functions that ``context`` names, oldest call first; it names the innermost first."""
    frames = []
    for match in _FUNCTION.finditer(context):
        name = match["name"].partition("(")[0]
        path = f"PL/pgSQL function {match['name']}"
        function = None if name == "inline_code_block" else name
        frames.append(make_frame(path, int(match["lineno"]), function=function))
    return frames[::-1]

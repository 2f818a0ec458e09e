"""What tools find in Python code without running it: mypy, pyright, ruff, flake8, pylint, black, isort.

Sources of the formats: mypy/errors.py and mypy/util.py (``FancyFormatter``); pyright's src/pyright.ts
(``logDiagnosticToConsole``); ruff_linter's message/ (text, concise, grouped, github, pylint); flake8's formatting/
(``Default``, ``Pylint``); pylint's reporters/text.py; black's report.py and parsing.py; isort's main.py.

Findings that make a program fail (unknown names, types that do not fit, code that does not parse) count as errors; the
others are matters of style and count as warnings, which come after any error of the same log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.places import with_source
from qwen_lsp.logparse.python import bandit, interpreter, pip
from qwen_lsp.logparse.python.frames import make_frame
from qwen_lsp.logparse.scanning import Found, Readers, scan
from qwen_lsp.logparse.sighting import Reading, Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

_PATH = r"(?P<path>(?:[A-Za-z]:[\\/])?[^\s:`'\"*(\[<>-][^:`\n]{0,400}\.(?:pyi?|ipynb))"
_PLACE = _PATH + r":(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9})(?::[0-9]{1,9}:[0-9]{1,9})?)?"
_CODE = r"(?:[A-Z]{1,4}[0-9]{2,5}|invalid-syntax|unformatted)"
_MYPY = re.compile(_PLACE + r": (?P<severity>error|note): (?P<message>\S.*)$")
_MYPY_RULE = re.compile(r"\[(?P<rule>[a-z][a-z0-9-]*)\]$")
_PYRIGHT = re.compile(r"\s*" + _PLACE + r" - (?P<severity>error|warning): (?P<message>\S.*)$")
_PYRIGHT_RULE = re.compile(r"\((?P<rule>report\w+)\)$")
_CODED = re.compile(_PLACE + rf": (?P<rule>{_CODE}):? (?:\[\*\] )?(?P<message>\S.*)$")
# "[F401] message" (flake8 and ruff as pylint prints), "[W0611(unused-import), f] message" (pylint, parseable).
_BRACKETED = re.compile(
    _PLACE + rf": \[(?P<rule>{_CODE})(?:\((?P<symbol>[\w-]+)\)(?:, ?[^\]\n]*)?)?\] (?P<message>\S.*)$"
)
_PYLINT_SYMBOL = re.compile(r" \((?P<symbol>[a-z][a-z0-9-]+)\)$")
_FULL_PLACE = re.compile(r" +--> " + _PLACE + r"\s*$")
_FULL_HEADER = re.compile(rf"(?P<rule>{_CODE}):? (?:\[\*\] )?(?P<message>\S.*)$")
_FULL_SOURCE = re.compile(r" *(?P<lineno>[0-9]{1,9}) \| ?(?P<source>.*)$")
_FULL_UNDERLINE = re.compile(r" *\| (?P<underline> *\^+)\s*$")
_GROUP = re.compile(_PATH + r":$")
_GROUPED = re.compile(
    rf" +(?P<lineno>[0-9]{{1,9}}):(?P<colno>[0-9]{{1,9}}) +(?P<rule>{_CODE}):? (?:\[\*\] )?(?P<message>\S.*)$"
)
_ANNOTATION = re.compile(
    rf"::(?P<severity>error|warning) title=(?:ruff|Ruff|flake8|mypy) \((?P<rule>{_CODE}|[a-z-]+)\),"
    r"file=(?P<path>[^,\n]+),"
    r"line=(?P<lineno>[0-9]{1,9})(?:,col=(?P<colno>[0-9]{1,9}))?[^:\n]*::(?P<message>\S.*)$"
)
_ANNOTATED = re.compile(rf"^[^:]*:[0-9]+:[0-9]+: {_CODE}:? ")
_REFORMAT = re.compile(r"would reformat (?P<path>\S.*)$")
_CANNOT_PARSE = re.compile(
    r"error: cannot (?:parse:? |format )(?P<path>\S.*?)(?:: Cannot parse[^:]*)?: ?"
    r"(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})(?:: (?P<source>.*))?$"
)
_UNSORTED = re.compile(r"ERROR: (?P<path>\S.*\.pyi?) (?P<message>Imports are incorrectly sorted and/or formatted\.)")
_UNDERLINED = re.compile(r"\s*\^[\^~]*\s*$")

# Unknown names and what cannot run: pyflakes' F82x and F7xx, pycodestyle's E9xx, pylint's categories E and F.
_SERIOUS = re.compile(r"F82[1-3]|F7[0-9]{2}|E9[0-9]{2}|[EF][0-9]{4}|invalid-syntax")
_SYNTAX = frozenset({"invalid-syntax", "E999", "E0001", "syntax", "syntax-error"})
_MAX_WRAPPED_LINES = 20
_MAX_SOURCE_LINES = 12
_MAX_ROWS = 5_000


def read_tools(lines: list[str]) -> Reading:
    """Return every finding that ``lines`` report, what pip says, and the interpreter that finds no program."""
    return scan(lines, (*_READERS, *interpreter.READERS, *pip.READERS, *bandit.READERS))


def _found(
    path: str,
    lineno: str | None,
    colno: int | None,
    rule: str,
    message: str,
    *,
    is_error: bool,
    notes: tuple[str, ...] = (),
    source: tuple[str, str] | None = None,
) -> tuple[Failure, Weight]:
    frame: StackFrame = replace(make_frame(path, lineno, None, []), colno=colno or None)
    if source is not None:
        frame = with_source(frame, *source)
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if rule in _SYNTAX else FailureKind.EXCEPTION,
        exception_type=rule,
        message=message.strip(),
        frames=(frame,),
        notes=notes,
        severity=Severity.ERROR if is_error else Severity.WARNING,
    )
    return failure, Weight.TEST if is_error else Weight.TEST_NAMED


def _column(match: re.Match[str], first: int = 1) -> int | None:
    """Return the 1-based column; ``first`` is the number that the tool gives the first one."""
    text = match["colno"]
    return int(text) + 1 - first if text is not None else None


def _read_mypy(lines: Sequence[str], index: int) -> Found | None:
    match = _MYPY.match(lines[index])
    if match is None or match["severity"] != "error":
        return None
    message, end = match["message"], index + 1
    # --pretty wraps the message and shows the source, indented by four, with its underline.
    while end < min(len(lines), index + _MAX_WRAPPED_LINES) and _is_wrapped(lines[end], message):
        message = f"{message.rstrip()} {lines[end].strip()}"
        end += 1
    source = None
    if end + 1 < len(lines) and lines[end].startswith("    ") and _UNDERLINED.match(lines[end + 1]):
        source, end = (lines[end], lines[end + 1]), end + 2
    notes = []
    while end < len(lines) and (note := _MYPY.match(lines[end])) and note["severity"] == "note":
        if (note["path"], note["lineno"]) != (match["path"], match["lineno"]):
            break
        notes.append(note["message"].rstrip())
        end += 1
    message = message.rstrip()
    rule = _MYPY_RULE.search(message)
    name = rule["rule"] if rule is not None else "mypy"
    message = message[: rule.start()] if rule is not None else message
    found = _found(
        match["path"], match["lineno"], _column(match), name, message, is_error=True, notes=tuple(notes), source=source
    )
    return Found.one(*found, index, end)


def _is_wrapped(line: str, message: str) -> bool:
    return (
        bool(line.strip())
        and not line.startswith("    ")
        and not _MYPY_RULE.search(message.rstrip())
        and not _MYPY.match(line)
        and not line.startswith("Found ")
    )


def _read_pyright(lines: Sequence[str], index: int) -> Found | None:
    match = _PYRIGHT.match(lines[index])
    if match is None:
        return None
    indentation = len(lines[index]) - len(lines[index].lstrip())
    message, end = [match["message"]], index + 1
    # The details are indented further, with no-break spaces.
    while end < min(len(lines), index + _MAX_WRAPPED_LINES) and not _PYRIGHT.match(lines[end]):
        detail = lines[end].replace("\u00a0", " ")
        if not detail.startswith(" " * (indentation + 2)):
            break
        message.append(detail.strip())
        end += 1
    text = "\n".join(message).rstrip()
    rule = _PYRIGHT_RULE.search(text)
    found = _found(
        match["path"],
        match["lineno"],
        _column(match),
        rule["rule"] if rule is not None else "pyright",
        text[: rule.start()] if rule is not None else text,
        is_error=match["severity"] == "error",
    )
    return Found.one(*found, index, end)


def _read_coded(lines: Sequence[str], index: int) -> Found | None:
    """Read a line of ruff (concise), flake8 or pylint; flake8 may show the source below it."""
    match = _CODED.match(lines[index]) or _BRACKETED.match(lines[index])
    if match is None:
        return None
    rule, message, end = match["rule"], match["message"].rstrip(), index + 1
    symbol = match.groupdict().get("symbol")
    is_pylint = re.fullmatch(r"[CRWEFI][0-9]{4}", rule) is not None
    if is_pylint and symbol is None and (named := _PYLINT_SYMBOL.search(message)):
        symbol, message = named["symbol"], message[: named.start()]
    source = None
    if end + 1 < len(lines) and _UNDERLINED.match(lines[end + 1]) and lines[end].strip():
        source, end = (lines[end], lines[end + 1]), end + 2
    found = _found(
        match["path"],
        match["lineno"],
        _column(match, first=0 if is_pylint else 1),
        symbol or rule,
        message,
        is_error=_SERIOUS.fullmatch(rule) is not None,
        source=source,
    )
    return Found.one(*found, index, end)


def _read_full(lines: Sequence[str], index: int) -> Found | None:
    """Read ruff's full style: the rule's line, the place, and the source with a margin of line numbers."""
    place = _FULL_PLACE.match(lines[index])
    header = _FULL_HEADER.match(lines[index - 1]) if index else None
    if place is None or header is None:
        return None
    source, end = None, index + 1
    while end < min(len(lines), index + _MAX_SOURCE_LINES) and " |" in lines[end]:
        numbered = _FULL_SOURCE.match(lines[end])
        underline = _FULL_UNDERLINE.match(lines[end + 1]) if end + 1 < len(lines) else None
        if numbered and underline and numbered["lineno"] == place["lineno"]:
            source = numbered["source"], underline["underline"]
        end += 1
    rule = header["rule"]
    found = _found(
        place["path"],
        place["lineno"],
        _column(place),
        rule,
        header["message"],
        is_error=_SERIOUS.fullmatch(rule) is not None,
        source=source,
    )
    return Found.one(*found, index - 1, end)


def _read_group(lines: Sequence[str], index: int) -> Found | None:
    group = _GROUP.match(lines[index])
    if group is None:
        return None
    failures = []
    end = index + 1
    while end < min(len(lines), index + _MAX_ROWS) and (row := _GROUPED.match(lines[end])):
        rule = row["rule"]
        is_error = _SERIOUS.fullmatch(rule) is not None
        found = _found(group["path"], row["lineno"], _column(row), rule, row["message"], is_error=is_error)
        failures.append((*found, end))
        end += 1
    return Found(tuple(failures), end) if failures else None


def _read_annotation(lines: Sequence[str], index: int) -> Found | None:
    match = _ANNOTATION.search(lines[index])
    if match is None:
        return None
    rule = match["rule"]
    message = _ANNOTATED.sub("", match["message"]).replace("%0A", "\n").partition("\n")[0]
    is_error = _SERIOUS.fullmatch(rule) is not None or (match["severity"] == "error" and rule[:1].islower())
    return Found.one(
        *_found(match["path"], match["lineno"], _column(match), rule, message, is_error=is_error), index, index + 1
    )


def _read_formatter(lines: Sequence[str], index: int) -> Found | None:
    """Read what black and isort say of a whole file, and black of one that it cannot read."""
    line = lines[index]
    if match := _CANNOT_PARSE.match(line):
        source = None
        if match["source"]:
            source = (match["source"], "")
        elif index + 2 < len(lines) and _UNDERLINED.match(lines[index + 2]):
            source = (lines[index + 1], lines[index + 2])
        found = _found(
            match["path"],
            match["lineno"],
            None,
            "invalid-syntax",
            "black cannot parse the file",
            is_error=True,
            source=source,
        )
    elif match := _UNSORTED.match(line):
        found = _found(match["path"], None, None, "isort", match["message"], is_error=False)
    elif match := _REFORMAT.match(line.rstrip()):
        found = _found(match["path"], None, None, "black", "the file is not formatted", is_error=False)
    else:
        return None
    return Found.one(*found, index, index + 1)


_READERS: Readers = (
    (" - error: ", _read_pyright),
    (" - warning: ", _read_pyright),
    ("::error ", _read_annotation),
    ("::warning ", _read_annotation),
    (": error: ", _read_mypy),
    ("--> ", _read_full),
    ("would reformat ", _read_formatter),
    ("error: cannot ", _read_formatter),
    ("Imports are incorrectly sorted", _read_formatter),
    (".py:", _read_coded),
    (".pyi:", _read_coded),
    (".ipynb:", _read_coded),
    (".py:", _read_group),
    (".pyi:", _read_group),
    (".ipynb:", _read_group),
)

_BEHIND_PATH = (
    rf"[0-9]{{1,9}}(?::[0-9]{{1,9}}){{0,3}}(?:: (?:error: |{_CODE}[: ]|\[{_CODE}[\](])| - (?:error|warning): )"
)
MARKS: Marks = (
    *interpreter.MARKS,
    *pip.MARKS,
    f"\n{bandit.MARK}",
    Mark(".py:", _BEHIND_PATH),
    Mark(".pyi:", _BEHIND_PATH),
    Mark(".ipynb:", _BEHIND_PATH),
    Mark(".py:", rf"\n +[0-9]+:[0-9]+ +{_CODE}[: ]"),
    Mark("--> ", r"[^\n:]{1,300}\.(?:pyi?|ipynb):[0-9]"),
    Mark("::error title=", r"(?:ruff|Ruff|flake8|mypy) "),
    Mark("::warning title=", r"(?:ruff|Ruff|flake8|mypy) "),
    Mark("\nwould reformat ", r"\S"),
    Mark("\nerror: cannot ", r"(?:parse|format)"),
    Mark("\nERROR: ", r"[^\n]{1,300} Imports are incorrectly sorted"),
)

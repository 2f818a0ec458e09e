"""What SWC, oxlint, Rspack, Biome and Babel's parser report, with a drawing of the source.

Source of the formats: miette's src/handlers/graphical.rs (SWC, oxc, Rspack); Biome's crates/biome_diagnostics
(``PrintDiagnostic``); @babel/parser's errors with @babel/code-frame, as Prettier, Metro and Babel itself print them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.javascript import codeframe
from qwen_lsp.logparse.javascript.errors import read_header
from qwen_lsp.logparse.javascript.frames import is_source, language_of, make_frame, read_frame, split_place, with_source
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

BIOME_RULE = "\N{BOX DRAWINGS HEAVY HORIZONTAL}" * 3
BABEL = "SyntaxError: "
ERRORS, WARNINGS = ("x", "\N{MULTIPLICATION SIGN}", "\N{HEAVY MULTIPLICATION X}"), ("!", "\N{WARNING SIGN}")
_MIETTE = re.compile(rf"  (?P<sign>[{''.join((*ERRORS, *WARNINGS))}]) (?P<message>\S.*)$")
_MIETTE_PLACE = re.compile(r"\s*(?:\u256d\u2500|,-)\[ ?(?P<place>[^\[\]]+?) ?\]$")
_RULE_NAME = re.compile(r"(?P<rule>[\w@/-]{1,40}\([\w/-]{1,80}\)): (?P<message>.*)$")
_BIOME = re.compile(
    r"(?P<path>\S[^:]*):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}) (?P<category>[a-z][\w/]*)(?: {1,4}[A-Z]+)? {1,4}"
    rf"{BIOME_RULE}"
)
# Prettier puts its level before each line; Metro a word and two blanks before the first.
_BABEL = re.compile(
    r"(?P<margin>\[error\] )?(?: ?ERROR {1,2})?(?:(?P<before>[^\s:][^:]*): )?SyntaxError: (?P<rest>\S.*)"
    r" \((?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})\)$"
)
_PLACE_LINES = 6
_MAX_LINES = 30


def read_miette(lines: Sequence[str], index: int) -> Found | None:
    """Return what SWC, oxlint or Rspack refuse: a sign and the message, and below it a frame that names the place."""
    match = _MIETTE.match(lines[index])
    if match is None:
        return None
    message = [match["message"].rstrip()]
    for number in range(index + 1, min(len(lines), index + _PLACE_LINES)):
        corner = _MIETTE_PLACE.match(lines[number])
        if corner is None:
            # A message that is broken has a bar before its further lines.
            message.append(lines[number].strip().lstrip("|\u2502").strip())
            continue
        place = split_place(corner["place"])
        if place is None or place[2] is None:
            return None
        rule = _RULE_NAME.match(message[0])
        texts = [rule["message"], *message[1:]] if rule else message
        code = codeframe.read_code_frame(lines, number + 1, min(len(lines), number + _MAX_LINES))
        path, lineno, colno = place
        if colno == 1 and code is not None and code.lineno == lineno:
            # SWC names the beginning of the line.
            colno = len(code.marks) - len(code.marks.lstrip())
        frame = _with_code(make_frame(path, lineno, colno), code)
        text = " ".join(text for text in texts if text)
        is_syntax = rule is None and match["sign"] in ERRORS
        kind = rule["rule"] if rule else "Syntax error" if is_syntax else "warning"
        return _found(kind, text, frame, match["sign"], index, code.end if code else number + 1, is_syntax=is_syntax)
    return None


def read_biome(lines: Sequence[str], index: int) -> Found | None:
    """Return what Biome says below a line of place, rule and a bar."""
    match = _BIOME.match(lines[index])
    if match is None:
        return None
    start = index + 1
    while start < min(len(lines), index + 4) and not lines[start].strip(BIOME_RULE + " "):
        start += 1
    said = _MIETTE.match(lines[start]) if start < len(lines) else None
    if said is None:
        return None
    stop = start + 1
    while stop < min(len(lines), start + _MAX_LINES) and (lines[stop].startswith("  ") or not lines[stop].strip()):
        stop += 1
    code = codeframe.read_code_frame(lines, start + 1, stop)
    frame = _with_code(make_frame(match["path"], int(match["lineno"]), int(match["colno"])), code)
    is_syntax = match["category"] == "parse"
    return _found(match["category"], said["message"], frame, said["sign"], index, stop, is_syntax=is_syntax)


def read_babel(lines: Sequence[str], index: int) -> Found | None:
    """Return the syntax error of "SyntaxError: path: message (2:49)" with its source, where no stack follows it."""
    match = _BABEL.match(lines[index])
    if match is None:
        return None
    path, message = match["before"], match["rest"]
    if path is None:
        path, _, message = message.partition(": ")
    if not is_source(path):
        return None
    margin = match["margin"] or ""
    below = [line.removeprefix(margin) for line in lines[index + 1 : index + _MAX_LINES]]
    code = codeframe.read_code_frame(below, 0, len(below))
    if code is None or code.lineno != int(match["lineno"]):
        return None
    after = next((number for number in range(code.end, len(below)) if not codeframe.is_line(below[number])), len(below))
    if any(read_frame(line) is not None or read_header(line) is not None for line in below[after : after + 2]):
        return None
    # Babel counts columns from 0 and Prettier from 1; the mark below the source stands behind a bar and a blank.
    frame = _with_code(make_frame(path, code.lineno, len(code.marks.rstrip()) - 1 or None), code)
    return _found("SyntaxError", message, frame, ERRORS[0], index, index + 1 + after, is_syntax=True)


def _with_code(frame: StackFrame, code: codeframe.CodeFrame | None) -> StackFrame:
    return with_source(frame, code.source, code.marks) if code is not None and code.lineno == frame.lineno else frame


def _found(
    exception_type: str, message: str, frame: StackFrame, sign: str, index: int, end: int, *, is_syntax: bool
) -> Found:
    is_warning = sign in WARNINGS
    failure = Failure(
        FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type,
        message.strip(),
        (frame,),
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language=language_of(frame.path),
    )
    return Found(((failure, Weight.IGNORED if is_warning else Weight.TEST, index),), end)

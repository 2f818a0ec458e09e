"""What ``go build``, ``go vet`` and linters find.

Source of the formats: Go's src/cmd/internal/base/print.go and src/cmd/go/internal/work/exec.go (``showOutput``),
golang.org/x/tools/go/analysis/internal/analysisflags; golangci-lint's text printer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.go.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import CaretSpan, Failure, FailureKind, Severity, StackFrame

MARK = ".go:"
BUILD, VET = "compile error", "vet"
# "# example.com/shop" above what the compiler says of a package, "# [example.com/shop]" above what vet says.
HEADING = re.compile(r"# (?P<vet>\[)?[\w.~-]+(?:/[\w.~-]+)*(?: \[[^\]\n]{1,300}\])?\]?$")
_FINDING = re.compile(
    r"(?P<vet>vet: )?(?P<path>(?:[A-Za-z]:)?[^\s:][^:\n]{0,1000}?\.go)"
    r":(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): (?P<message>\S.*)$"
)
_LINTER = re.compile(r" \((?P<name>[a-zA-Z][\w-]{1,40})\)$")
_SYNTAX = re.compile(
    r"syntax error|expected |illegal character|(?:string|rune|comment) (?:literal )?not terminated|newline in "
)
_WORD = re.compile(r"\w+|\S")
_CARET = re.compile(r"[ \t]*\^\s*$")
_MODULE_FILE = re.compile(r"(?P<path>\S.*?go\.(?:mod|work)):(?P<lineno>[0-9]{1,9}): (?P<message>\S.*)$")
_COMMAND = re.compile(
    r"go: (?P<message>(?!downloading |finding |found |upgraded |added |extracting |creating |to add )\S.*"
    r"(?:cannot |not found|no such |missing |unknown |malformed|updates to |inconsistent|invalid |requires |ambiguous )"
    r".*)$"
)
COMMAND_START = "go: "
_PARSING = re.compile(r"go: errors parsing (?:\S.*[\\/])?go\.(?:mod|work):$")
_MAX_DETAILS = 20


def read_finding(lines: Sequence[str], index: int, folder: Folder, tool: str) -> int:
    """Take the finding at ``lines[index]`` into ``folder``; return the index after it, or ``index`` for none.

    ``tool`` is whose findings these are by the heading above them.
    """
    match = _FINDING.match(lines[index])
    if match is None:
        return index
    message = match["message"].rstrip()
    frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"]))
    details: list[str] = []
    notes: list[str] = []
    end = index + 1
    linter = _LINTER.search(message)
    if linter is not None and end + 1 < len(lines) and lines[end].strip() and _CARET.match(lines[end + 1]):
        frame = _with_source(frame, lines[end], lines[end + 1])
        end += 2
    while end < min(len(lines), index + _MAX_DETAILS) and lines[end].startswith("\t") and lines[end].strip():
        (notes if MARK in lines[end] else details).append(lines[end].strip())
        end += 1
    # Linters put what the compiler refuses under a name of their own.
    is_opinion = linter is not None and linter["name"] not in {"compile", "typecheck"}
    is_syntax = _SYNTAX.match(message) is not None
    failure = Failure(
        FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        linter["name"] if linter else VET if match["vet"] else tool,
        "\n".join([message[: linter.start()] if linter else message, *details]),
        (frame,),
        notes=tuple(notes),
        severity=Severity.WARNING if is_opinion else Severity.ERROR,
        language=LANGUAGE,
    )
    folder.add(failure, Weight.IGNORED if is_opinion else Weight.TEST, index)
    return end


def _with_source(frame: StackFrame, line: str, carets: str) -> StackFrame:
    """Return ``frame`` with the source ``line``, of which the word above the caret is underlined."""
    start = len(carets.rstrip()) - 1
    word = _WORD.match(line, start)
    shift = len(line) - len(line.lstrip())
    caret = CaretSpan(start - shift, word.end() - shift) if word is not None and start >= shift else None
    return replace(frame, source_line=line.strip(), caret=caret)


def read_command(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take what the command ``go`` itself says at ``lines[index]``; return as `read_finding` does."""
    end = index + 1
    if _PARSING.match(lines[index].rstrip()):
        while end < len(lines) and (place := _MODULE_FILE.match(lines[end])):
            frame = make_frame(place["path"], int(place["lineno"]))
            _add_command(folder, place["message"].rstrip(), (frame,), end)
            end += 1
        return end
    match = _COMMAND.match(lines[index])
    if match is None:
        return index
    details: list[str] = []
    while end < min(len(lines), index + _MAX_DETAILS) and lines[end].startswith("\t") and lines[end].strip():
        details.append(lines[end].strip())
        end += 1
    _add_command(folder, "\n".join([match["message"].rstrip(), *details]), (), index)
    return end


def _add_command(folder: Folder, message: str, frames: tuple[StackFrame, ...], index: int) -> None:
    failure = Failure(FailureKind.EXCEPTION, "go", message, frames, language=LANGUAGE)
    folder.add(failure, Weight.UNCAUGHT, index)

"""What Bazel refuses in its files, what OCaml, Solidity and Prisma say of a place, and TOML that cannot be read.

Source of the formats: Bazel's net.starlark.java.eval.EvalException and StarlarkThread (``CallStackEntry``); OCaml's
utils/misc.ml and parsing/location.ml; solc's liblangutil/SourceReferenceFormatter.cpp; Prisma's schema engine
(libs/diagnostics/src/pretty_print.rs); toml-rs' ``TomlError`` as uv prints it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.places import is_underline, number, with_source
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

TRACEBACK = "Traceback (most recent call last):"
_STARLARK = re.compile(
    r"\tFile \"(?P<path>[^\"\n]{1,1000})\", line (?P<lineno>[0-9]{1,9}), column (?P<colno>[0-9]{1,9}), "
    r"in (?P<function>\S.*)$"
)
_BAZEL_FILE = re.compile(
    r"ERROR: (?P<path>/[^\s:]{0,1000}(?:BUILD|BUILD\.bazel|WORKSPACE|MODULE\.bazel|\.bzl)):(?P<lineno>[0-9]{1,9}):"
    r"(?P<colno>[0-9]{1,9}): (?P<message>\S.*)$"
)
_OCAML = re.compile(
    r"File \"(?P<path>[^\"\n]{1,1000}\.(?:mll?|mli|mly|re|rei))\", lines? (?P<lineno>[0-9]{1,9})(?:-[0-9]{1,9})?, "
    r"characters (?P<first>[0-9]{1,9})-(?P<last>[0-9]{1,9}):$"
)
_ARROW = re.compile(
    r" {0,12}--> {1,2}(?P<path>\S.{0,500}?\.(?:sol|prisma|vy|move|nr|cairo)):(?P<lineno>[0-9]{1,9})"
    r"(?::(?P<colno>[0-9]{1,9}))?:?$"
)
_ARROW_HEAD = re.compile(
    r"(?P<type>(?:[A-Z][a-z]{2,30})?[Ee]rror(?:\[\w{1,12}\])?)(?: \((?P<code>[0-9]{1,6})\))?: (?P<message>\S.*)$"
)
_ROW = re.compile(r" {0,9}(?P<lineno>[0-9]{0,9}) ?\| ?(?P<text>.*)$")
_TOML = re.compile(r".{0,20}TOML parse error at line (?P<lineno>[0-9]{1,9}), column (?P<colno>[0-9]{1,9})$")
_TOML_FILE = re.compile(r"(?:error|warning): Failed to parse:? `?(?P<path>\S{1,400}?\.(?:toml|lock))`?(?: .*)?:?$")
_MAX_LINES = 30
_MAX_FRAMES = 100


def read_starlark(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that ended the evaluation of a BUILD or .bzl file, with its calls."""
    frames: list[StackFrame] = []
    end = index + 1
    while end < len(lines) and len(frames) < _MAX_FRAMES and (match := _STARLARK.match(lines[end])):
        frame = StackFrame(match["path"], number(match["lineno"]), number(match["colno"]), match["function"])
        end += 1
        if end < len(lines) and lines[end].startswith("\t\t"):
            frame = with_source(frame, lines[end])
            end += 1
        frames.append(frame)
    if not frames or end >= len(lines) or not lines[end].startswith("Error"):
        return None
    message = lines[end].partition(": ")[2].strip()
    failure = Failure(FailureKind.EXCEPTION, "Error", message, tuple(frames), language="starlark")
    return Found.one(failure, Weight.UNCAUGHT, index, end + 1)


def read_bazel(lines: Sequence[str], index: int) -> Found | None:
    """Return what Bazel says of a line of a BUILD file; that a compiler failed says less than the compiler."""
    match = _BAZEL_FILE.match(lines[index].rstrip())
    if match is None:
        return None
    frame = StackFrame(match["path"], number(match["lineno"]), number(match["colno"]))
    failure = Failure(FailureKind.EXCEPTION, "ERROR", match["message"], (frame,), language="starlark")
    weight = Weight.CONSEQUENCE if " failed: (Exit " in match["message"] else Weight.UNCAUGHT
    return Found.one(failure, weight, index, index + 1)


def read_ocaml(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of OCaml's compiler or Dune; a warning is left out."""
    match = _OCAML.match(lines[index].rstrip())
    if match is None:
        return None
    end = index + 1
    frame = StackFrame(match["path"], number(match["lineno"]), int(match["first"]) + 1)
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].startswith(("Error", "Warning", "File ")):
        row = _ROW.match(lines[end])
        below = lines[end + 1] if end + 1 < len(lines) else ""
        if row and number(row["lineno"]) == frame.lineno and is_underline(below):
            frame = with_source(frame, row["text"], below[row.start("text") :])
        end += 1
    if end >= len(lines) or not lines[end].startswith("Error"):
        return None
    message = [lines[end].partition(": ")[2].strip()]
    end += 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].startswith("  ") and lines[end].strip():
        message.append(lines[end].strip())
        end += 1
    kind = FailureKind.SYNTAX_ERROR if message[0].startswith("Syntax error") else FailureKind.EXCEPTION
    failure = Failure(kind, "Error", "\n".join(message), (frame,), language="ocaml")
    return Found.one(failure, Weight.TEST, index, end)


def read_arrow(lines: Sequence[str], index: int) -> Found | None:
    """Return the error whose place an arrow names, of compilers whose language no other family reads."""
    match = _ARROW.match(lines[index].rstrip())
    above = _ARROW_HEAD.match(lines[index - 1].rstrip()) if match is not None and index else None
    if match is None or above is None:
        return None
    frame = StackFrame(match["path"], number(match["lineno"]), number(match["colno"] or ""))
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and (row := _ROW.match(lines[end])):
        if number(row["lineno"]) == frame.lineno:
            below = _ROW.match(lines[end + 1]) if end + 1 < len(lines) else None
            frame = with_source(frame, row["text"], below["text"] if below and is_underline(below["text"]) else "")
        end += 1
    language = {"sol": "solidity", "prisma": "prisma"}.get(match["path"].rpartition(".")[2], "text")
    exception_type = f"{above['type']} {above['code']}" if above["code"] else above["type"]
    kind = FailureKind.SYNTAX_ERROR if above["type"] == "ParserError" else FailureKind.EXCEPTION
    failure = Failure(kind, exception_type, above["message"], (frame,), language=language)
    return Found.one(failure, Weight.TEST, index - 1, end)


def read_toml(lines: Sequence[str], index: int) -> Found | None:
    """Return the place at which a file of TOML could not be read, which uv names a line above."""
    match = _TOML.match(lines[index].rstrip())
    named = _TOML_FILE.match(lines[index - 1].rstrip()) if match is not None and index else None
    if match is None or named is None:
        return None
    frame = StackFrame(named["path"], number(match["lineno"]), number(match["colno"]))
    end, message = index + 1, "TOML parse error"
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip():
        row = _ROW.match(lines[end])
        if row is None:
            message = lines[end].strip()
        elif number(row["lineno"]) == frame.lineno:
            below = _ROW.match(lines[end + 1]) if end + 1 < len(lines) else None
            frame = with_source(frame, row["text"], below["text"] if below and is_underline(below["text"]) else "")
        end += 1
    failure = Failure(FailureKind.SYNTAX_ERROR, "TOML parse error", message, (frame,), language="toml")
    weight = Weight.IGNORED if lines[index - 1].startswith("warning") else Weight.UNCAUGHT
    return Found.one(failure, weight, index - 1, end)


READERS: Readers = (
    (TRACEBACK, read_starlark),
    ("ERROR: /", read_bazel),
    ('File "', read_ocaml),
    ("--> ", read_arrow),
    ("TOML parse error at line ", read_toml),
)

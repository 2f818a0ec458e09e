"""What rustc and Clippy refuse or warn of, and what Cargo says before it calls them.

Source of the formats: Rust's compiler/rustc_errors/src/emitter.rs (``HumanEmitter``, also ``--error-format short``),
compiler/rustc_errors/src/json.rs; Cargo's documentation of ``--message-format``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.rust.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import CaretSpan, Failure, FailureKind, Severity, StackFrame

STARTS = ("error: ", "error[", "warning: ", "warning[")
JSON_STARTS = ('{"reason":"compiler-message"', '{"$message_type":"diagnostic"')
SHORT_MARK = ".rs:"
_HEAD = re.compile(r"(?P<level>error|warning)(?:\[(?P<code>[\w:]{1,80})\])?: (?P<message>\S.*)$")
_SHORT = re.compile(
    r"(?P<path>\S.*?\.rs):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): "
    r"(?P<level>error|warning)(?:\[(?P<code>[\w:]{1,80})\])?: (?P<message>\S.*)$"
)
_PLACE = re.compile(r" *--> (?P<path>\S.*?):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})\s*$")
_ROW = re.compile(r" *(?P<lineno>[0-9]{1,9}) *\|(?: (?P<text>.*))?$")
_MARKS = re.compile(r" +\|(?: (?P<text>.*))?$")
_LAST_ROW = re.compile(r" +\|[ |]*\|_+\^ (?P<label>\S.*)$")
_CARETS = re.compile(r"\^+")
_NOTE = re.compile(r" *= (?P<text>(?:note|help|warning): \S.*)$|(?P<apart>(?:note|help): \S.*)$")
_RENDERED = re.compile(r'"rendered":"((?:[^"\\]|\\.)*+)')
_TEXT = re.compile(r'"message":"((?:[^"\\]|\\.)*+)"')
_SPAN = re.compile(
    r'"file_name":"(?P<path>(?:[^"\\]|\\.)*+)"[^{}\[\]]{0,200}"line_start":(?P<lineno>[0-9]{1,9})[^{}\[\]]{0,100}'
    r'"column_start":(?P<colno>[0-9]{1,9})[^{}\[\]]{0,100}"is_primary":true'
)
# Warnings and lints have names in place of codes, which stand in their notes.
_LINT = re.compile(
    r"rust-clippy/[^\s#]{1,60}#(?P<clippy>\w{1,80})|`?#\[(?:warn|deny|forbid)\((?P<name>[\w:]{1,80})\)\]"
)
# What the parser says; its errors have no code.
_SYNTAX = re.compile(
    r"expected .*(?:found|here)|mismatched closing delimiter|unclosed delimiter|this file contains an unclosed"
    r"|unexpected |unterminated |unknown start of token|missing `|invalid suffix|`.*` is not followed by"
)
# What only sums up.
_SUMMARY = re.compile(
    r"aborting due to|could not compile|(?:doc)?tests? failed, to rerun|[0-9]+ targets? failed"
    r"|`[^`]*` \([^)]*\) generated|[0-9]+ warnings? emitted|build failed|.*: [0-9]+ warnings? emitted"
)
_SIGNAL = re.compile(r"(?:process didn't exit successfully|test failed).*\(signal: ")
# Cargo's own errors, by how they go on: causes, or lines that say where from.
_CARGO = re.compile(r"no matching package|failed to |no such command|could not find `Cargo|package `|no [\w-]+ target ")
_ALONE = re.compile(r"could not find `Cargo\.toml`|no such command: ")
_CARGO_GOES_ON = re.compile(r"Caused by:$|\s+\S|location searched:|required by |perhaps |help: |\s*$")
_MAX_LINES = 300
_MAX_NOTES = 10
# The linker's command line is longer, and says nothing.
_MAX_NOTE_CHARS = 400
_PLACE_LINES = 4


def read_diagnostic(lines: Sequence[str], index: int, folder: Folder, test_id: str | None = None) -> int:
    """Take the diagnostic at ``lines[index]`` into ``folder``; return the index after it, or ``index`` for none."""
    match = _HEAD.match(lines[index])
    if match is None:
        return index
    place_index = _find_place(lines, index)
    if place_index is None:
        return _read_without_place(lines, index, match, folder)
    return _read_block(lines, index, place_index, folder, test_id)


def _find_place(lines: Sequence[str], index: int) -> int | None:
    """Return the line with "-->" that belongs to the head at ``index``; the message may run over lines."""
    for number in range(index + 1, min(len(lines), index + 1 + _PLACE_LINES)):
        if _PLACE.match(lines[number]):
            return number
        if not lines[number].strip() or _HEAD.match(lines[number]) or _MARKS.match(lines[number]):
            return None
    return None


def _read_block(lines: Sequence[str], index: int, place_index: int, folder: Folder, test_id: str | None) -> int:
    match, place = _HEAD.match(lines[index]), _PLACE.match(lines[place_index])
    if match is None or place is None:
        return index
    message = " ".join([match["message"].rstrip(), *(line.strip() for line in lines[index + 1 : place_index])])
    end = place_index + 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip() and not _HEAD.match(lines[end]):
        end += 1
    block = lines[place_index + 1 : end]
    frame = make_frame(place["path"], int(place["lineno"]), int(place["colno"]))
    frame, label = _with_source(frame, block)
    notes = [note["text"] or note["apart"] for line in block if (note := _NOTE.match(line))]
    if label and label not in message:
        # As rustc joins them in its short form.
        message = f"{message}: {label}"
    _add(folder, match, message, frame, tuple(note.rstrip() for note in notes[:_MAX_NOTES]), index, test_id)
    return end


def _with_source(frame: StackFrame, block: Sequence[str]) -> tuple[StackFrame, str]:
    """Return ``frame`` with its line and what rustc underlines of it, and the words at the underlined part."""
    for number, line in enumerate(block):
        row = _ROW.match(line)
        if row is None or int(row["lineno"]) != frame.lineno:
            continue
        # A slash stands before the first line of a part that runs over several.
        text = (row["text"] or "").removeprefix("/ ")
        source = text.strip()
        frame = replace(frame, source_line=source or None)
        marks = _MARKS.match(block[number + 1]) if number + 1 < len(block) and text == row["text"] else None
        carets = _carets(marks["text"] or "", frame.colno) if marks else None
        if marks is None or carets is None:
            return frame, _label_of_lines(block[number + 1 :])
        is_of_lines = marks["text"][: carets.start()].endswith("_")
        shift = len(text) - len(text.lstrip())
        start = max(_index_at(text, carets.start()) - shift, 0)
        end = len(source) if is_of_lines else min(_index_at(text, carets.end()) - shift, len(source))
        frame = replace(frame, caret=CaretSpan(start, end) if start < end else None)
        if is_of_lines:
            return frame, _label_of_lines(block[number + 1 :])
        label = marks["text"][carets.end() :].strip(" -^|")
        # Further labels stand in the same row when there are several underlined parts.
        return frame, label if "^" not in label and "---" not in label else ""
    return frame, ""


def _label_of_lines(rows: Sequence[str]) -> str:
    """Return the words at the end of an underlined part that runs over several lines."""
    label = next((match["label"] for row in rows if (match := _LAST_ROW.match(row))), "")
    return label.strip() if "---" not in label else ""


def _index_at(text: str, column: int) -> int:
    """Return the index of the character of ``text`` at terminal column ``column``; a wide character takes two."""
    if text.isascii():
        return column
    width = 0
    for index, character in enumerate(text):
        if width >= column:
            return index
        width += 2 if unicodedata.east_asian_width(character) in "FW" else 1
    return len(text) + max(column - width, 0)


def _carets(marks: str, colno: int | None) -> re.Match[str] | None:
    """Return the carets of ``marks`` that begin nearest to ``colno``: a tab in the source takes four columns."""
    found = list(_CARETS.finditer(marks))
    return min(found, key=lambda one: abs(one.start() + 1 - (colno or 1)), default=None)


def _read_without_place(lines: Sequence[str], index: int, match: re.Match[str], folder: Folder) -> int:
    """Read an error that is about no line of the code: of the linker, of Cargo, of the options."""
    message = match["message"].rstrip()
    if _SIGNAL.match(message):
        _add(folder, match, message, None, (), index, None, Weight.CONSEQUENCE)
        return index + 1
    if _SUMMARY.match(message) or match["level"] == "warning":
        return index
    end = index + 1
    if end < len(lines) and _MARKS.match(lines[end]):
        while end < min(len(lines), index + _MAX_LINES) and lines[end].strip():
            end += 1
        block = [line for line in lines[index + 1 : end] if len(line) <= _MAX_NOTE_CHARS]
        notes = [note["text"] or note["apart"] for line in block if (note := _NOTE.match(line))]
        _add(folder, match, message, None, tuple(notes[:_MAX_NOTES]), index, None)
        return end
    if match["code"] is None and not _CARGO.match(message):
        return index
    while end < min(len(lines), index + _PLACE_LINES * 5) and _CARGO_GOES_ON.match(lines[end]):
        end += 1
    details = [line.strip() for line in lines[index + 1 : end] if line.strip()]
    if match["code"] is None and not details and not _ALONE.match(message):
        return index
    _add(folder, match, "\n".join([message, *details]), None, (), index, None)
    return end


def read_short(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take a diagnostic of ``--error-format short``; return as `read_diagnostic` does."""
    match = _SHORT.match(lines[index])
    if match is None:
        return index
    frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"]))
    _add(folder, match, match["message"].rstrip(), frame, (), index, None)
    return index + 1


def read_json(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take a diagnostic of ``--error-format json`` or ``--message-format json``; return as `read_diagnostic` does."""
    line = lines[index]
    rendered = _RENDERED.search(line)
    if rendered is not None and (text := _unescape(rendered[1])):
        inner = Folder()
        read_diagnostic(text.split("\n"), 0, inner)
        for sighting in inner.sightings():
            folder.add(sighting.failure, sighting.weight, index)
        return index + 1
    # A long line is cut off before its end, where rustc puts what it would have printed.
    message, span = _TEXT.search(line), _SPAN.search(line)
    if message is None or span is None:
        return index
    level = "warning" if '"level":"warning"' in line else "error"
    match = _HEAD.match(f"{level}: {_unescape(message[1]) or message[1]}")
    if match is None:
        return index
    frame = make_frame(_unescape(span["path"]) or span["path"], int(span["lineno"]), int(span["colno"]))
    _add(folder, match, match["message"], frame, (), index, None)
    return index + 1


def _unescape(text: str) -> str:
    """Return what the JSON string with content ``text`` says, or nothing when it is cut off within an escape."""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return ""


def _lint(notes: Sequence[str]) -> str | None:
    match = next((match for note in notes if (match := _LINT.search(note))), None)
    if match is None:
        return None
    return f"clippy::{match['clippy']}" if match["clippy"] else match["name"]


def _add(
    folder: Folder,
    match: re.Match[str],
    message: str,
    frame: StackFrame | None,
    notes: tuple[str, ...],
    index: int,
    test_id: str | None,
    weight: Weight = Weight.TEST,
) -> None:
    is_warning = match["level"] == "warning"
    is_syntax = match["code"] is None and not is_warning and frame is not None and _SYNTAX.match(message) is not None
    failure = Failure(
        FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        match["code"] or _lint(notes) or match["level"],
        message,
        (frame,) if frame is not None else (),
        notes=notes,
        test_id=test_id,
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language=LANGUAGE,
    )
    folder.add(failure, Weight.IGNORED if is_warning else weight, index)

"""What PHPStan and Psalm report, Pest's failing tests, and exceptions in the consoles of Laravel and Symfony.

Source of the formats: phpstan src/Command/ErrorFormatter/TableErrorFormatter.php and RawErrorFormatter.php; psalm
src/Psalm/Report/ConsoleReport.php; nunomaduro/collision src/Adapters/Phpunit/Style.php and src/Writer.php; Symfony's
src/Symfony/Component/Console/Application.php (``doRenderThrowable``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.php.frames import LANGUAGE, make_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

TABLE, PSALM, PEST = "  Line   ", " - ", "FAILED  "
_RULE = re.compile(r" -{3,20} -{3,4000} *$")
_HEADING = re.compile(r"  Line   (?P<path>\S.{0,1000}?\.\w{1,12})(?: \(in context of .*\))? *$")
_ROW = re.compile(r"  {1,6}(?P<lineno>[0-9]{1,9}) {4,8}(?P<message>\S.*)$")
_CONTINUED = re.compile(r" {9,12}(?P<message>\S.*)$")
_HINT = ("\U0001faaa", "\U0001f4a1", "\u270f")
_PSALM = re.compile(
    r"(?P<severity>ERROR|INFO): (?P<type>[A-Z]\w{2,80}) - (?P<path>[^\s:][^:]{0,1000}?):(?P<lineno>[0-9]{1,9})"
    r":(?P<colno>[0-9]{1,9}) - (?P<message>\S.*)$"
)
_PSALM_LINK = re.compile(r" \(see https?://\S{1,200}\)$")
_TITLE = re.compile(r" {1,4}FAILED  (?P<test>\S.{0,500}?) *(?:(?P<type>[A-Z]\w{0,80}(?:Exception|Error)) *)?$")
_PLACE = re.compile(r"  at (?P<path>\S.{0,1000}?):(?P<lineno>[0-9]{1,9})$")
_FRAME = re.compile(r"  [0-9]{1,3} {2,6}(?P<path>\S.{0,1000}?\.php):(?P<lineno>[0-9]{1,9})$")
_SOURCE = re.compile("  +\u279c? *(?P<lineno>[0-9]{1,9})(?:\u2595|\u258e) ?(?P<text>.*)$")
ARROW = "\u279c"
_CLASS = re.compile(r"   (?P<type>[A-Z][\w\\]{0,200}) {1,3}$")
_SYMFONY = re.compile(r"In (?P<path>[\w.-]{1,200}\.php) line (?P<lineno>[0-9]{1,9}):$")
_LINES_ABOVE = 14
_BAR = "\u2500" * 8
_MAX_LINES = 300


def read_table(lines: Sequence[str], index: int) -> Found | None:
    """Return what PHPStan's table below the heading "Line   src/Cart.php" says."""
    heading = _HEADING.match(lines[index])
    if heading is None or not 0 < index < len(lines) - 1:
        return None
    if not (_RULE.match(lines[index - 1]) and _RULE.match(lines[index + 1])):
        return None
    path = heading["path"]
    failures: list[tuple[Failure, Weight, int]] = []
    end = index + 2
    while end < min(len(lines), index + _MAX_LINES) and not _RULE.match(lines[end]):
        row = _ROW.match(lines[end])
        more = _CONTINUED.match(lines[end])
        if row is not None:
            frame = make_frame(path, int(row["lineno"]))
            failures.append((_failure("PHPStan", row["message"], frame), Weight.TEST, end))
        elif more is not None and failures and not more["message"].startswith(_HINT):
            last, weight, line = failures[-1]
            failures[-1] = replace(last, message=f"{last.message} {more['message'].rstrip()}"), weight, line
        elif not lines[end].strip():
            return None
        end += 1
    return Found(tuple(failures), end) if failures else None


def read_psalm(lines: Sequence[str], index: int) -> Found | None:
    """Return what Psalm says in a line "ERROR: UndefinedMethod - src/Cart.php:21:22 - message"."""
    match = _PSALM.match(lines[index].rstrip())
    if match is None:
        return None
    frame = replace(make_frame(match["path"], int(match["lineno"])), colno=int(match["colno"]) or None)
    failure = _failure(match["type"], _PSALM_LINK.sub("", match["message"]), frame)
    if match["severity"] == "INFO":
        return Found.one(replace(failure, severity=Severity.WARNING), Weight.IGNORED, index, index + 1)
    return Found.one(failure, Weight.TEST, index, index + 1)


def read_pest(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that "FAILED  CartTest > it adds" begins, between bars of its report."""
    title = _TITLE.match(lines[index])
    if title is None or not index or not lines[index - 1].strip().startswith(_BAR):
        return None
    end = index + 1
    message: list[str] = []
    frames: list[StackFrame] = []
    innermost: StackFrame | None = None
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].strip().startswith(_BAR):
        line = lines[end].rstrip()
        if innermost is None and (place := _PLACE.match(line)):
            innermost = make_frame(place["path"], int(place["lineno"]))
        elif innermost is None:
            message.append(line.strip())
        elif "\u279c" in line and (source := _SOURCE.match(line)):
            innermost = replace(innermost, source_line=source["text"].strip() or None)
        elif frame := _FRAME.match(line):
            frames.append(make_frame(frame["path"], int(frame["lineno"])))
        elif line and not _SOURCE.match(line) and not line.startswith("   "):
            break
        end += 1
    if innermost is None:
        return None
    calls = [frame for frame in frames if (frame.path, frame.lineno) != (innermost.path, innermost.lineno)]
    text = "\n".join(message).strip()
    failure = _failure(title["type"] or "Failure", text, *reversed(calls), innermost)
    kind = failure.kind if title["type"] else FailureKind.ASSERTION
    return Found.one(replace(failure, kind=kind, test_id=title["test"]), Weight.TEST, index, end)


def read_collision(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception whose source line has the arrow at ``index``; class, message and place stand above."""
    marked = _SOURCE.match(lines[index]) if ARROW in lines[index] else None
    above = range(index - 1, max(index - _LINES_ABOVE, -1), -1)
    at = next((number for number in above if _PLACE.match(lines[number].rstrip())), None)
    place = _PLACE.match(lines[at].rstrip()) if at is not None else None
    if marked is None or at is None or place is None:
        return None
    over = range(at - 1, max(at - _LINES_ABOVE, -1), -1)
    start = next((number for number in over if _CLASS.match(lines[number])), None)
    named = _CLASS.match(lines[start]) if start is not None else None
    if start is None or named is None:
        return None
    message = "\n".join(line.strip() for line in lines[start + 1 : at] if line.strip())
    frame = replace(make_frame(place["path"], int(place["lineno"])), source_line=marked["text"].strip() or None)
    end = index + 1
    calls: list[StackFrame] = []
    while end < min(len(lines), index + _MAX_LINES):
        line = lines[end].rstrip()
        if call := _FRAME.match(line):
            calls.append(make_frame(call["path"], int(call["lineno"])))
        elif line and not (_SOURCE.match(line) or line.startswith("      ")):
            break
        end += 1
    return Found.one(_failure(named["type"], message, *reversed(calls), frame), Weight.UNCAUGHT, start, end)


def read_symfony(lines: Sequence[str], index: int) -> Found | None:
    """Return the exception that "In Cart.php line 14:" and a box of two blanks' margin show."""
    match = _SYMFONY.match(lines[index].rstrip())
    if match is None:
        return None
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and (not lines[end] or lines[end].startswith("  ")):
        end += 1
    message = "\n".join(line.strip() for line in lines[index + 1 : end] if line.strip())
    if not message:
        return None
    frame = make_frame(match["path"], int(match["lineno"]))
    return Found.one(_failure("Exception", message, frame), Weight.UNCAUGHT, index, end)


def _failure(exception_type: str, message: str, *frames: StackFrame) -> Failure:
    return Failure(FailureKind.EXCEPTION, exception_type, message.strip(), frames, language=LANGUAGE)

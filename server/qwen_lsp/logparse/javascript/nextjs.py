"""What ``next build`` refuses: TypeScript's errors, ESLint's findings, modules that are not there.

Source of the formats: Next.js packages/next/src/lib/typescript/diagnosticFormatter.ts (``getFormattedDiagnostic``),
lib/eslint/customFormatter.ts (``formatResults``), client/components/react-dev-overlay (``formatWebpackMessages``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.javascript import codeframe
from qwen_lsp.logparse.javascript.frames import is_source, language_of, make_frame, split_place, with_source
from qwen_lsp.logparse.javascript.reading import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

MARK = "Failed to compile."
_SAID = re.compile(r"(?P<type>Type error|Module not found): (?P<message>\S.*)$")
_ROW = re.compile(r"(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})  (?P<severity>Error|Warning): (?P<message>\S.*)$")
_MAX_LINES = 30


def read_place(lines: Sequence[str], index: int) -> Found | None:
    """Return what is said of the file that "./pages/cart.tsx:17:31", or without numbers, names."""
    place = lines[index].strip()
    found = split_place(place)
    path = found[0] if found is not None and found[2] is not None else place
    if not path.startswith("./") or not is_source(path) or index + 1 >= len(lines):
        return None
    path = path.removeprefix("./")
    said = _SAID.match(lines[index + 1])
    if said is None:
        return _read_rows(lines, index + 1, path)
    message = [said["message"].rstrip()]
    end = index + 2
    limit = min(len(lines), index + _MAX_LINES)
    while end < limit and lines[end].startswith("  ") and not codeframe.is_line(lines[end]):
        message.append(lines[end].strip())
        end += 1
    code = codeframe.read_code_frame(lines, end, min(len(lines), end + _MAX_LINES // 2))
    frame = make_frame(path, *found[1:]) if found is not None else make_frame(path, None, None)
    if code is not None and frame.lineno in {None, code.lineno}:
        frame = with_source(make_frame(path, code.lineno, frame.colno), code.source, code.marks)
    failure = _failure(said["type"], "\n".join(message), frame, Severity.ERROR)
    return Found(((failure, Weight.TEST, index),), code.end if code is not None else end)


def _read_rows(lines: Sequence[str], start: int, path: str) -> Found | None:
    failures: list[tuple[Failure, Weight, int]] = []
    end = start
    while end < len(lines) and (row := _ROW.match(lines[end])):
        message, gap, rule = row["message"].rstrip().rpartition("  ")
        frame = make_frame(path, int(row["lineno"]), int(row["colno"]))
        severity = Severity.WARNING if row["severity"] == "Warning" else Severity.ERROR
        failure = _failure(rule if gap else "ESLint", (message if gap else rule).strip(), frame, severity)
        failures.append((failure, Weight.IGNORED if severity is Severity.WARNING else Weight.TEST, end))
        end += 1
    return Found(tuple(failures), end) if failures else None


def _failure(exception_type: str, message: str, frame: StackFrame, severity: Severity) -> Failure:
    return Failure(
        FailureKind.EXCEPTION, exception_type, message, (frame,), severity=severity, language=language_of(frame.path)
    )

"""A parsed log as short text, so that a test can show what it expects."""

from __future__ import annotations

from qwen_lsp.model import Failure, FailureKind, ParsedLog, Severity, StackFrame


def render(parsed: ParsedLog) -> str:
    """Return one block of lines a failure; ``*`` marks the primary one, ``-`` a frame that is not the user's code."""
    lines = [line for failure in parsed.failures for line in _failure_lines(failure, "* " if failure.primary else "  ")]
    return "\n".join([*lines, *(f"! {problem}" for problem in parsed.problems)])


def _failure_lines(failure: Failure, indent: str) -> list[str]:
    words = [f"{failure.exception_type}: {failure.message!r}" if failure.message else failure.exception_type]
    words += [f"({failure.kind})"] if failure.kind is not FailureKind.EXCEPTION else []
    words += [f"({failure.severity})"] if failure.severity is not Severity.ERROR else []
    words += [f"[{failure.test_id}]"] if failure.test_id is not None else []
    words += [f"x{failure.count}"] if failure.count != 1 else []
    blank = " " * len(indent)
    lines = [indent + " ".join(words)]
    lines += [f"{blank}  {_frame_line(frame)}" for frame in failure.frames]
    for member in failure.members:
        lines += _failure_lines(member, f"{blank}  member ")
    if failure.cause is not None:
        lines += _failure_lines(failure.cause, f"{blank}  {'from' if failure.cause_is_explicit else 'while handling'} ")
    return lines


def _frame_line(frame: StackFrame) -> str:
    place = f"{frame.path}:{frame.lineno if frame.lineno is not None else '?'}"
    function = f" in {frame.function}" if frame.function is not None else ""
    source = frame.source_line
    if source is not None and frame.caret is not None:
        start, end = frame.caret.start, frame.caret.end
        source = f"{source[:start]}«{source[start:end]}»{source[end:]}"
    return f"{' ' if frame.in_app else '-'} {place}{function}{' | ' + source if source is not None else ''}"

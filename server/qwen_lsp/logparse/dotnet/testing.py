"""Failing tests of ``dotnet test`` (xUnit, NUnit and MSTest alike) and of NUnit's own console.

Source of the formats: microsoft/vstest ConsoleLogger.cs (``DisplayFullInformation``); nunit-console ResultReporter.cs;
inner exceptions as xunit's ExceptionUtility.cs and NUnit's ExceptionHelper.cs print them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.dotnet.frames import LANGUAGE, read_frame
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

MESSAGE_MARK = "Error Message:"
STACK_MARK = "Stack Trace:"
_FAILED = re.compile(r"\s*(?:Failed|X) +(?P<test>\S.*?)(?: \[[^\[\]]{1,40}\])?$")
_NUNIT = re.compile(
    r"\s*[0-9]{1,6}\) (?:Test )?(?P<what>Failure|Error|Failed|Invalid|SetUp Error|TearDown Error) : (?P<test>\S.*)$"
)
_TYPED = re.compile(r"(?P<type>(?:[A-Za-z_][\w`+]{0,200}\.){1,30}[A-Za-z_][\w`+]{0,200}) : (?P<message>.*)$")
# MSTest's UnitTestResult: "Test method Shop.CartTests.Adds threw exception: ", and the exception in the next line.
_THREW = re.compile(
    r"Test method \S{1,500} threw exception:\s{1,4}(?P<type>(?:[A-Za-z_][\w`+]{0,200}\.){1,30}[A-Za-z_][\w`+]{0,200}): "
)
_INNER = re.compile(r"\s*-{2,12}> (?P<nunit>\S.*)$|-{4,12} (?P<xunit>[A-Za-z_].*)$")
_INNER_STACK = re.compile(r"\s*(?:-{5} Inner Stack Trace.* -{5}|--[A-Za-z_]\w{0,200})\s*$")
_MAX_LINES = 400


def read_vstest(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test whose line "Error Message:" is at ``index``."""
    if lines[index].strip() != MESSAGE_MARK or not index:
        return None
    above = next((number for number in range(index - 1, max(index - 4, -1), -1) if lines[number].strip()), index - 1)
    match = _FAILED.match(lines[above])
    if match is None:
        return None
    stack = index + 1
    while stack < min(len(lines), index + _MAX_LINES) and lines[stack].strip() != STACK_MARK:
        if _FAILED.match(lines[stack]) and lines[stack].startswith("  Failed "):
            break
        stack += 1
    has_stack = stack < len(lines) and lines[stack].strip() == STACK_MARK
    failure, end = _read_body(lines, index + 1, stack, stack + 1 if has_stack else stack)
    return Found.one(replace(failure, test_id=match["test"]), Weight.TEST, above, end)


def read_nunit(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that "1) Test Error : ShopTests.CartTest.Loads" begins."""
    match = _NUNIT.match(lines[index])
    if match is None:
        return None
    stack = index + 1
    while stack < min(len(lines), index + _MAX_LINES) and read_frame(lines[stack]) is None:
        if _NUNIT.match(lines[stack]):
            break
        stack += 1
    failure, end = _read_body(lines, index + 1, stack, stack)
    if match["what"] in {"Failure", "Failed"} and failure.exception_type == "Failure":
        failure = replace(failure, kind=FailureKind.ASSERTION)
    return Found.one(replace(failure, test_id=match["test"].strip()), Weight.TEST, index, end)


def _read_body(lines: Sequence[str], start: int, stop: int, stack: int) -> tuple[Failure, int]:
    """Return the failure whose message stands from ``start`` to ``stop`` and its stack from ``stack`` on."""
    headers: list[list[str]] = [[]]
    for line in lines[start:stop]:
        inner = _INNER.match(line)
        if inner:
            headers.append([(inner["nunit"] or inner["xunit"]).rstrip()])
        elif line.strip() or headers[-1]:
            headers[-1].append(line.rstrip() if len(headers[-1]) else line.strip())
    stacks: list[list[StackFrame]] = [[]]
    end = stack
    while end < len(lines):
        if (frame := read_frame(lines[end])) is not None:
            stacks[-1].append(frame)
        elif _INNER_STACK.match(lines[end]) and len(stacks) < len(headers):
            stacks.append([])
        elif not lines[end].lstrip().startswith("--- "):
            break
        end += 1
    failure: Failure | None = None
    for number in range(len(headers) - 1, -1, -1):
        frames = tuple(reversed(stacks[number])) if number < len(stacks) else ()
        failure = replace(_one(headers[number], frames), cause=failure, cause_is_explicit=failure is not None)
    return failure or _one([], ()), end


def _one(header: Sequence[str], frames: tuple[StackFrame, ...]) -> Failure:
    text = "\n".join(header).strip()
    if thrown := _THREW.match(text):
        return Failure(FailureKind.EXCEPTION, thrown["type"], text[thrown.end() :].strip(), frames, language=LANGUAGE)
    typed = _TYPED.match(text.partition("\n")[0])
    if typed is None:
        return Failure(FailureKind.ASSERTION, "Failure", text, frames, language=LANGUAGE)
    message = typed["message"] + text[typed.end() :]
    return Failure(FailureKind.EXCEPTION, typed["type"], message, frames, language=LANGUAGE)

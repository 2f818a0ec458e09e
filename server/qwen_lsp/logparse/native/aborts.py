"""What a program's own runtime library prints when it gives up: assertions, uncaught C++ exceptions, heap checks.

Source of the formats: glibc assert/assert.c, malloc/malloc.c (``malloc_printerr``) and debug/fortify_fail.c; musl's and
Apple's ``__assert_rtn``; libstdc++ vterminate.cc, libc++abi cxa_default_handlers.cpp; libgfortran runtime/error.c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import language_of, make_frame
from qwen_lsp.logparse.places import split_place
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

# "crash: crash.c:25: main: Assertion `x != NULL' failed."
_GLIBC = re.compile(
    r"(?:[^:]{1,500}+: )?(?P<path>[^:]{1,1000}+):(?P<lineno>[0-9]{1,9}): (?P<function>.{1,500}?): "
    r"(?P<message>Assertion [`'].* failed)\.$"
)
# Apple, BSD: "Assertion failed: (x), function f, file a.c, line 5."; Microsoft: "Assertion failed: x, file a.c, line
# 5"; musl: "Assertion failed: x (a.c: f: 5)".
_FAILED = re.compile(
    r"(?P<message>Assertion failed: .{1,2000}?)(?:, function (?P<function>[^,]{1,500}+))?, file (?P<path>[^,]{1,1000}+)"
    r", line (?P<lineno>[0-9]{1,9})\.?$"
)
_MUSL = re.compile(
    r"(?P<message>Assertion failed: .{1,2000}) "
    r"\((?P<path>[^():]{1,1000}+): (?P<function>[^:()]{1,500}+): (?P<lineno>[0-9]{1,9})\)$"
)
_THROWN = re.compile(r"terminate called after throwing an instance of '(?P<type>.{1,500})'$")
_LIBCXX = re.compile(
    r"libc\+\+abi(?:\.dylib)?: terminating (?:due to|with) uncaught exception of type "
    r"(?P<type>.{1,500}?)(?:: (?P<what>.*))?$"
)
_HEAP = re.compile(
    r"(?:(?:free|[a-z]{0,2}alloc|munmap_chunk|malloc_consolidate|mremap_chunk|unlink_chunk|tcache\w{0,20})\(\): [a-z]"
    r"|double free or corruption|corrupted (?:size|double-linked)|\*\*\* (?:stack smashing|buffer overflow) detected)"
)
_FORTRAN_PLACE = re.compile(r"At line (?P<lineno>[0-9]{1,9}) of file (?P<path>.{1,1000}?)(?: \(unit = .*)?$")
_FORTRAN_FRAME = re.compile(r"#[0-9]{1,5} {1,5}0x[0-9a-f]{1,16} in (?P<function>.*)$")


def read_assertion(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of a failed ``assert`` of C or C++."""
    line = lines[index].rstrip()
    match = _GLIBC.match(line) or _FAILED.match(line) or _MUSL.match(line)
    if match is None:
        return None
    frame = make_frame(match["path"], int(match["lineno"]), None, match["function"])
    return _found("Assertion", match["message"], (frame,), index, index + 1, kind=FailureKind.ASSERTION)


def read_terminate(lines: Sequence[str], index: int) -> Found | None:
    """Return the C++ exception that nobody caught."""
    if match := _LIBCXX.match(lines[index].rstrip()):
        return _found(match["type"], match["what"] or "", (), index, index + 1)
    match = _THROWN.match(lines[index].rstrip())
    if match is None:
        return None
    end = index + 1
    message = ""
    if end < len(lines) and lines[end].startswith("  what():  "):
        message, end = lines[end].removeprefix("  what():  ").rstrip(), end + 1
    return _found(match["type"], message, (), index, end)


def read_heap_check(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of a check of the C library, as "free(): double free detected in tcache 2"."""
    line = lines[index].removeprefix("*** Error in ").strip()
    return _found("Aborted", line, (), index, index + 1) if _HEAP.match(line) else None


def read_fortran_runtime(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "Fortran runtime error: message" with the place above and the stack below it."""
    if not lines[index].startswith("Fortran runtime error: "):
        return None
    frames: list[StackFrame] = []
    end = index + 1
    for below in range(index + 1, min(len(lines), index + 200)):
        if match := _FORTRAN_FRAME.match(lines[below]):
            end = below + 1
            if end < len(lines) and lines[end].startswith("\tat "):
                path, lineno, _ = split_place(lines[end].removeprefix("\tat ").rstrip())
                frames.append(make_frame(path, lineno, None, match["function"]))
                end += 1
        elif lines[below].strip() and below >= end and not lines[below].startswith("Error termination"):
            break
    place = _FORTRAN_PLACE.match(lines[index - 1]) if index else None
    if place and not any(frame.lineno == int(place["lineno"]) for frame in frames):
        frames.insert(0, make_frame(place["path"], int(place["lineno"])))
    message = lines[index].removeprefix("Fortran runtime error: ").rstrip()
    return _found("Fortran runtime error", message, tuple(reversed(frames)), index, end)


def _found(
    exception_type: str,
    message: str,
    frames: tuple[StackFrame, ...],
    index: int,
    end: int,
    *,
    kind: FailureKind = FailureKind.EXCEPTION,
) -> Found:
    language = language_of(frames) if frames else "cpp" if "::" in exception_type else "c"
    return Found.one(Failure(kind, exception_type, message, frames, language=language), Weight.UNCAUGHT, index, end)

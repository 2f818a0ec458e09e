"""Where gdb and lldb say that a program stopped.

Source of the formats: gdb/infrun.c (``print_signal_received_reason``) and gdb/stack.c; lldb's default
``thread-stop-format``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import language_of
from qwen_lsp.logparse.native.stacks import read_gdb_frame, read_gdb_frames, read_lldb_frames
from qwen_lsp.logparse.places import is_underline, with_source
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_RECEIVED = re.compile(
    r"(?:Program|Thread .{1,200}?) (?:received|terminated with) signal "
    r"(?P<name>SIG[A-Z0-9]{2,10}), (?P<what>.{1,100}?)\.?$"
)
_HARMLESS = frozenset({"SIGINT", "SIGTRAP", "SIGTERM", "SIGHUP", "SIGWINCH"})
_ADDRESS = re.compile(r"0x[0-9a-f]{1,16} in ")
_GDB_SOURCE = re.compile(r"(?P<lineno>[0-9]{1,9})\t(?P<text>.*)$")
_BREAKPOINT = re.compile(
    r"(?:Thread .{1,200} hit |Temporary b|B)(?:Breakpoint|reakpoint) [0-9]{1,6}, |(?:Hardware|Software) watchpoint "
)
_STOPPED = re.compile(r"[* ] thread #[0-9]{1,6}.{0,300}? stop reason = (?P<reason>.*)$")
_NO_FAILURE = (
    "breakpoint",
    "step",
    "watchpoint",
    "instruction step",
    "trace",
    "signal SIGINT",
    "signal SIGSTOP",
    "None",
)
_LLDB_SIGNAL = re.compile(r"(?:signal )?(?P<name>(?:SIG|EXC_)[A-Z_]{2,20})(?:: |, | )?(?P<what>.*)$")
_LLDB_SOURCE = re.compile(r"-> [0-9]{1,9} {0,9}\t(?P<text>.*)$")
_MAX_LINES = 80


def read_gdb_signal(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "Program received signal SIGSEGV, Segmentation fault." with the backtrace below it."""
    match = _RECEIVED.match(lines[index])
    if match is None or match["name"] in _HARMLESS:
        return None
    frames, source, end = _gdb_stack(lines, index + 1)
    # Where gdb has not found the source it prints that instead: "44<TAB>./nptl/raise.c: No such file or directory."
    if frames and source and frames[-1].lineno == int(source["lineno"]) and frames[-1].path not in source["text"]:
        frames = (*frames[:-1], with_source(frames[-1], source["text"]))
    return _found(match["name"], match["what"], frames, Weight.UNCAUGHT, index, end)


def _gdb_stack(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], re.Match[str] | None, int]:
    """Return the backtrace below ``start``, or else the place that gdb names, with the source line; and the end."""
    place: tuple[StackFrame, ...] = ()
    source: re.Match[str] | None = None
    for index in range(start, min(len(lines), start + _MAX_LINES)):
        line = lines[index]
        if line.startswith("#0 "):
            frames, end = read_gdb_frames(lines, index)
            return frames, source, _skip_threads(lines, end)
        if _RECEIVED.match(line):
            return place, source, index
        if not place and " (" in line and (frame := read_gdb_frame(_ADDRESS.sub("", line, count=1))) is not None:
            place = (frame,)
        source = source or _GDB_SOURCE.match(line)
    return place, source, start


def _skip_threads(lines: Sequence[str], start: int) -> int:
    """Return the index after the stacks of further threads.

    Of those that ``thread apply all bt`` prints the first counts.
    """
    end = start
    while end + 2 < len(lines) and not lines[end].strip() and lines[end + 1].startswith("Thread "):
        after = read_gdb_frames(lines, end + 2)[1]
        if after == end + 2:
            break
        end = after
    return end


def read_gdb_backtrace(lines: Sequence[str], index: int) -> Found | None:
    """Return the stack that ``#0`` begins where no line says why the program stopped."""
    if not lines[index].startswith("#0 "):
        return None
    frames, end = read_gdb_frames(lines, index)
    if any(_BREAKPOINT.match(line) for line in lines[max(index - 4, 0) : index]):
        return Found((), end)
    if len(frames) < 2 or not any(frame.lineno for frame in frames):
        return None
    return _found("stopped", "the program stopped here", frames, Weight.LOGGED, index, _skip_threads(lines, end))


def read_lldb(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "* thread #1, stop reason = signal SIGSEGV" with the frames below it."""
    match = _STOPPED.match(lines[index])
    if match is None or match["reason"].startswith(_NO_FAILURE):
        return None
    frames, end = read_lldb_frames(lines, index + 1)
    source: tuple[str, str] | None = None
    for below in range(end, min(len(lines), index + _MAX_LINES)):
        if numbered := _LLDB_SOURCE.match(lines[below]):
            pointer = lines[below + 1].partition("\t")[2] if below + 1 < len(lines) else ""
            source = (numbered["text"], pointer if is_underline(pointer) else "")
        again = _STOPPED.match(lines[below])
        if again is not None:
            # ``bt`` prints the whole stack.
            if again["reason"] == match["reason"]:
                whole, after = read_lldb_frames(lines, below + 1)
                if len(whole) >= len(frames):
                    frames, end = whole, after
            break
    if frames and source:
        frames = (*frames[:-1], with_source(frames[-1], *source))
    signal = _LLDB_SIGNAL.match(match["reason"])
    name, what = (signal["name"], signal["what"]) if signal else ("stopped", match["reason"])
    return _found(name, what, frames, Weight.UNCAUGHT, index, max(end, index + 1))


def _found(name: str, what: str, frames: tuple[StackFrame, ...], weight: Weight, index: int, end: int) -> Found:
    failure = Failure(FailureKind.EXCEPTION, name, what, frames, language=language_of(frames))
    return Found.one(failure, weight, index, max(end, index + 1))

"""Frames of native stacks, as sanitizers, valgrind, gdb and lldb print them.

Source of the formats: compiler-rt sanitizer_stacktrace_printer.cpp (``"    #%n %p %F %L"``); valgrind
coregrind/m_debuginfo/debuginfo.c (``describe_IP``); gdb/stack.c (``print_frame``); lldb's default ``frame-format``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from qwen_lsp.logparse.native.frames import make_frame
from qwen_lsp.logparse.places import split_place
from qwen_lsp.model import StackFrame

_SANITIZER_HEAD = re.compile(r" {2,8}#[0-9]{1,5} (?:0x[0-9a-f]{1,16} )?(?:in )?")
_BUILD_ID = re.compile(r" \(BuildId: [0-9a-f]{1,64}\)$")
_MODULE = re.compile(r" ?\((?P<path>[^()]{1,1000}\+0x[0-9a-f]{1,16})\)$")
_VALGRIND_HEAD = re.compile(r" {3}(?:at|by) 0x[0-9A-Fa-f]{1,16}: ")
_GDB_HEAD = re.compile(r"#(?P<number>[0-9]{1,6}) +(?:0x[0-9a-f]{1,16} in )?")
_LLDB_HEAD = re.compile(r"[ *]{2,6}frame #[0-9]{1,6}: 0x[0-9a-f]{1,16} ")
_MAX_FRAMES = 300


def read_sanitizer_frames(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames from ``start`` on, oldest call first, and the index after them."""
    frames: list[StackFrame] = []
    end = start
    while end < len(lines) and (head := _SANITIZER_HEAD.match(lines[end])):
        if len(frames) < _MAX_FRAMES:
            frames.append(_sanitizer_frame(lines[end][head.end() :].rstrip()))
        end += 1
    return tuple(reversed(frames)), end


def _sanitizer_frame(text: str) -> StackFrame:
    text = _BUILD_ID.sub("", text)
    module = _MODULE.search(text)
    if module:
        text = text[: module.start()]
    function, _, place = text.rpartition(" ")
    path, lineno, colno = split_place(place)
    if lineno is not None:
        return make_frame(path, lineno, colno, function)
    return StackFrame(module["path"].rpartition("+")[0] if module else "??", None, None, text or None, in_app=False)


def read_valgrind_frame(text: str) -> StackFrame | None:
    """Return the frame of "   at 0x109188: sum (sum.c:8)", without valgrind's prefix, else None."""
    head = _VALGRIND_HEAD.match(text)
    if head is None:
        return None
    function, _, place = text[head.end() :].rstrip().removesuffix(")").rpartition(" (")
    if not function:
        return StackFrame("??", None, None, place or None, in_app=False)
    path, lineno, _ = split_place(place)
    if place.startswith("in ") or lineno is None:
        return StackFrame(place.removeprefix("in "), None, None, function, in_app=False)
    return make_frame(path, lineno, None, function)


def read_gdb_frames(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames of gdb's ``backtrace`` from ``start`` on, oldest call first, and the index after them."""
    frames: list[StackFrame] = []
    end = start
    # Each thread's frames are numbered from 0 on.
    for number in count():
        head = _GDB_HEAD.match(lines[end]) if end < len(lines) else None
        if head is None or int(head["number"]) != number:
            break
        text = lines[end][head.end() :].rstrip()
        # At a terminal long frames go on below, indented.
        while end + 1 < len(lines) and lines[end + 1].startswith("    ") and lines[end + 1].strip():
            end += 1
            text = f"{text} {lines[end].strip()}"
        end += 1
        if len(frames) < _MAX_FRAMES and (frame := read_gdb_frame(text)) is not None:
            frames.append(frame)
    return tuple(reversed(frames)), end


def read_gdb_frame(text: str) -> StackFrame | None:
    """Return the frame of "total (item=0x0) at crash.c:12" or "raise () from /lib/libc.so.6", else None."""
    call, at, place = text.rpartition(" at ")
    path, lineno, _ = split_place(place)
    function = (call or text).partition(" (")[0]
    if at and lineno is not None:
        return make_frame(path, lineno, None, function)
    call, source, library = text.rpartition(" from ")
    if " (" not in text and " (" not in call:
        return None
    return StackFrame(library if source else "??", None, None, function, in_app=False)


def read_lldb_frames(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames of lldb's ``bt`` from ``start`` on, oldest call first, and the index after them."""
    frames: list[StackFrame] = []
    end = start
    while end < len(lines) and (head := _LLDB_HEAD.match(lines[end])):
        if len(frames) < _MAX_FRAMES:
            frames.append(_lldb_frame(lines[end][head.end() :].rstrip()))
        end += 1
    return tuple(reversed(frames)), end


def _lldb_frame(text: str) -> StackFrame:
    module, _, call = text.partition("`")
    call, at, place = call.rpartition(" at ")
    path, lineno, colno = split_place(place)
    function = (call or place).partition("(")[0]
    if at and lineno is not None:
        return make_frame(path, lineno, colno, function)
    return StackFrame(module, None, None, (call or place).partition(" + ")[0] or None, in_app=False)

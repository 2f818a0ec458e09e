"""Places in files of Rust, and backtraces.

Source of the format: Rust's library/std/src/sys/backtrace.rs and library/std/src/backtrace.rs (``BacktraceFmt``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from qwen_lsp.model import StackFrame

LANGUAGE = "rust"
# Enough for every real stack; a recursion repeats itself in what is left out.
_MAX_FRAMES = 100
_MAX_LINES = 5_000

# "  12:     0x55d1c0de - name::of::function::h0123456789abcdef"; an inlined function has no number of its own.
_SYMBOL = re.compile(r"\s*+(?:[0-9]{1,6}:\s++)?(?:0x[0-9a-f]{1,16}+ - )?(?P<name>\S.*)$")
_NUMBERED = re.compile(r"\s*+[0-9]{1,6}:\s")
_PLACE = re.compile(r"\s++at (?P<path>\S.*?):(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9}))?\s*$")
_HASH = re.compile(r"::h[0-9a-f]{16}$")
# The standard library (as shipped, as built by distributions, before 2018), crates of a registry, and the C library.
_FOREIGN = re.compile(
    r"^/rustc/|rustlib/src/rust/|/rustc-[^/]{1,60}/(?:library|src)/|/\.cargo/(?:registry|git)/|[\\/]cargo[\\/]registry[\\/]"
    r"|\.cargo[\\/](?:registry|git)[\\/]|^(?:/checkout/)?(?:src/lib(?:std|core|alloc)|library/(?:std|core|alloc|test))/"
    r"|^\./csu/|/sysdeps/|^\.\./csu/|^/build/"
)


# Backtraces of one program have most of their frames in common.
@lru_cache(maxsize=1_000)
def make_frame(path: str, lineno: int, colno: int | None = None, function: str | None = None) -> StackFrame:
    """Return the frame at ``path``, as printed, ``lineno`` and ``colno`` (1-based; 0 counts as unknown)."""
    return StackFrame(
        path=path,
        lineno=lineno or None,
        colno=colno or None,
        function=_HASH.sub("", function) if function else None,
        in_app=_FOREIGN.search(path) is None and not path.startswith("<"),
    )


def read_backtrace(lines: Sequence[str], start: int) -> tuple[list[StackFrame], int]:
    """Return the frames of the backtrace whose first symbol is at ``start``, oldest call first, and the index after it.

    Symbols without a place (no debug information) are left out.
    """
    frames: list[StackFrame] = []
    function = ""
    index = start
    while index < min(len(lines), start + _MAX_LINES):
        line = lines[index]
        if place := _PLACE.match(line):
            colno = int(place["colno"]) if place["colno"] else None
            frames.append(make_frame(place["path"], int(place["lineno"]), colno, function or None))
        elif line.startswith(" ") and (symbol := _SYMBOL.match(line)) and (index > start or _NUMBERED.match(line)):
            function = symbol["name"].rstrip()
        else:
            break
        index += 1
    if len(frames) > _MAX_FRAMES:
        half = _MAX_FRAMES // 2
        frames = frames[:half] + frames[-half:]
    return frames[::-1], index

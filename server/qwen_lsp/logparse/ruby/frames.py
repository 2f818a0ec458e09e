"""One frame of a Ruby backtrace, and what error_highlight underlines.

Source of the formats: ruby's error.c (``error_print``), vm_backtrace.c (``location_format``); from 3.4 on names stand
between two apostrophes and have their class. lib/error_highlight/formatter.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.places import is_underline, with_source
from qwen_lsp.model import StackFrame

LANGUAGE = "ruby"
PLACE = r"(?P<path><internal:[^>]{1,500}>|(?:[A-Za-z]:)?[^\s:][^:\n]{0,1000}):(?P<lineno>[0-9]{1,9})"
_FRAME = re.compile(rf"{PLACE}(?::in [`'](?P<function>.{{0,1000}})')?$")
_FOREIGN = re.compile(
    r"^<|^\(|/gems/|/vendor/(?:bundle|ruby)/|^vendor/|(?:^|/)lib/ruby/|/\.rbenv/|/\.rvm/|^/usr/(?:share|lib)/|^/usr/bin/|^/usr/local/bin/"
)
_RUBY_FILE = re.compile(
    r"\.(?:rb|rake|erb|haml|slim|ru|gemspec|jbuilder|thor|podspec|builder)$|(?:^|/)(?:Rake|Gem|Cap|Guard|Fast|Pod|Vagrant)file$"
)
# What PostgreSQL underlines stands in a statement, not in the file.
_STATEMENT = re.compile(r"LINE [0-9]{1,9}: ")
_MAX_FRAMES = 300


def is_in_app(path: str) -> bool:
    """Return whether ``path``, as printed, may be the user's own code."""
    return _FOREIGN.search(path.replace("\\", "/")) is None


def is_ruby_file(path: str) -> bool:
    """Return whether ``path`` ends as Ruby's files do."""
    return _RUBY_FILE.search(path) is not None


def make_frame(path: str, lineno: str, function: str | None = None) -> StackFrame:
    """Return the frame at ``path``, as printed."""
    return StackFrame(path, int(lineno) or None, None, function or None, in_app=is_in_app(path))


def read_frame(text: str) -> StackFrame | None:
    """Return the frame of "lib/cart.rb:11:in `price'" or "lib/cart.rb:11", else None."""
    match = _FRAME.match(text)
    if match is None or (match["function"] is None and not is_ruby_file(match["path"])):
        return None
    return make_frame(match["path"], match["lineno"], match["function"])


def read_frames(lines: Sequence[str], start: int, prefix: str = "") -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames from ``start`` on, each behind ``prefix``, oldest call first, and the index after them."""
    frames: list[StackFrame] = []
    end = start
    while end < len(lines):
        text = lines[end].strip()
        frame = read_frame(text[len(prefix) :].strip()) if text.startswith(prefix) else None
        if frame is None and not (frames and text.startswith("...") and text.endswith("levels...")):
            break
        if frame is not None and len(frames) < _MAX_FRAMES:
            frames.append(frame)
        end += 1
    return tuple(reversed(frames)), end


def with_details(frame: StackFrame, details: Sequence[str]) -> tuple[StackFrame, list[str]]:
    """Return ``frame`` with the source that ``details`` underline, and the other lines of ``details``."""
    rest: list[str] = []
    index = 0
    while index < len(details):
        is_statement = _STATEMENT.match(details[index]) is not None
        if (
            index + 1 < len(details)
            and details[index].strip()
            and is_underline(details[index + 1])
            and not is_statement
        ):
            frame = with_source(frame, details[index], details[index + 1])
            index += 2
            continue
        if details[index].strip():
            rest.append(details[index].strip())
        index += 1
    return frame, rest

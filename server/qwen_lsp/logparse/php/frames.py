"""Stack traces of PHP: whose code, and which function each place is in.

Source of the format: php-src Zend/zend_exceptions.c (``_build_trace_string``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from qwen_lsp.model import StackFrame

LANGUAGE = "php"
_CALL = re.compile(
    r"\s*+#[0-9]{1,5} (?:\{main\}"
    r"|(?P<path>\[internal function\]|\S.{0,1000}?)(?:\((?P<lineno>[0-9]{1,9})\))?: (?P<call>\S.*))"
)
_FOREIGN = re.compile(
    r"(?:^|/)vendor/|^\[|^/usr/(?:share|lib)/|^phar:|: eval\(\)'d code|: runtime-created function"
    r"|(?:^|/)phpunit(?:\.phar)?$"
)
_MAX_FRAMES = 300


def is_in_app(path: str) -> bool:
    """Return whether ``path``, as printed, may be the user's own code."""
    return _FOREIGN.search(path.replace("\\", "/")) is None


def make_frame(path: str, lineno: int | None, function: str | None = None) -> StackFrame:
    """Return the frame at ``path``, as printed; ``lineno`` is 1-based, 0 counts as unknown."""
    return StackFrame(path, lineno or None, None, function, in_app=is_in_app(path))


def read_trace(lines: Sequence[str], start: int, thrown: tuple[str, int]) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames of the trace from ``start`` on, oldest call first, and the index after it.

    A line of a trace names a place and what was called there, so that the function that a place is in stands in the
    next line. ``thrown`` is where the exception was made, which is in no line of the trace; a function of PHP itself
    makes it where it was called.
    """
    places: list[tuple[str, int | None]] = [thrown]
    functions: list[str] = []
    end = start
    while end < len(lines) and (match := _CALL.match(lines[end])):
        end += 1
        if match["path"] is None:
            break
        if len(places) <= _MAX_FRAMES:
            places.append((match["path"], int(match["lineno"]) if match["lineno"] else None))
            functions.append(_name(match["call"]))
    names: list[str | None] = [*functions, None]
    if len(places) > 1 and places[0] == places[1]:
        del places[0], names[0]
    frames = [make_frame(path, lineno, name) for (path, lineno), name in zip(places, names, strict=True)]
    return tuple(reversed(frames)), end


def _name(call: str) -> str:
    r"""Return the function of "Shop\Cart->load('a.csv')"."""
    # Within a page or a JSON string characters stand escaped.
    call = html.unescape(call).replace("\\\\", "\\")
    if "{closure" in call:
        return call[: call.find("}") + 1] or call
    return call.partition("(")[0]

"""What GNU ld, gold, lld, Apple's and Microsoft's linkers miss or have twice.

Source of the formats: binutils ld/ldmisc.c (``vfinfo``) and gold/errors.cc; lld/ELF/Relocations.cpp
(``reportUndefinedSymbol``) and SymbolTable; learn.microsoft.com, "Linker Tools Error LNK2019".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import known_language, language_of, make_frame
from qwen_lsp.logparse.places import split_place
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

# "main.o: in function `main':" stands above the first of a function's references.
_IN_FUNCTION = re.compile(
    r"[^`']{1,2000}: in function [`'\u2018](?P<name>[^'\u2019]{1,2000})['\u2019]:$", re.IGNORECASE
)
_TOOL = re.compile(r"(?:\S{0,500}[/-])?(?:ld|collect2)(?:\.\w{1,10})?(?:\.exe)?: (?:error: |warning: )?")
_UNDEFINED = "undefined reference to "
_MULTIPLE = "multiple definition of "
_FIRST = re.compile(r"; (?P<first>[^;]{1,2000}?): first defined here$")
_REFERENCED = re.compile(
    r">>> (?:referenced by|defined at|defined in) (?P<short>[^(]{1,1000}+)(?:\((?P<place>[^()]{1,1000}+)\))?$"
)
_OBJECT = re.compile(r">>> {2,20}\S{1,1000}?\((?P<name>[^()]{1,500}+(?:\([^()]{0,500}\))?)\)$")
_MICROSOFT = re.compile(
    r"(?P<object>(?:[A-Za-z]:(?=[\\/]))?[^:]{1,500}) : (?:fatal )?error (?P<code>LNK[0-9]{4}): (?P<message>.*)"
)
_MAX_REFERENCES = 12


class GnuLinkers:
    """Reads what GNU ld and gold report; remembers the function that is named once for several references."""

    def __init__(self) -> None:
        self._function: str | None = None
        self._next = -1

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the failure of a line with "undefined reference to `f'" or "multiple definition of `f'"."""
        line = lines[index]
        above = _IN_FUNCTION.match(lines[index - 1]) if index else None
        if above:
            self._function = above["name"]
        elif index != self._next:
            self._function = None
        what = _UNDEFINED if _UNDEFINED in line else _MULTIPLE
        where, _, symbol = line.partition(what)
        if not symbol.startswith(("`", "'", "\u2018")):
            return None
        self._next = index + 1
        place = _place(where, self._function)
        frames = (place,) if place is not None else ()
        if first := _FIRST.search(symbol):
            earlier = _place(first["first"], None)
            frames = (*((earlier,) if earlier is not None else ()), *frames)
            symbol = symbol[: first.start()]
        return _found(
            what.removesuffix(" of ").removesuffix(" to "), what + symbol.strip(), frames, (), index, index + 1
        )


def read_missing_library(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "/usr/bin/ld: cannot find -lz: No such file or directory"."""
    match = _TOOL.match(lines[index])
    message = lines[index][match.end() :] if match else ""
    if not message.startswith("cannot find "):
        return None
    return _found("missing library", message.rstrip(), (), (), index, index + 1)


def read_lld(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "ld.lld: error: undefined symbol: f" with its references below."""
    match = _TOOL.match(lines[index])
    message = lines[index][match.end() :].rstrip() if match else ""
    if not message.startswith(("undefined ", "duplicate symbol: ", "unable to find library ", "cannot open ")):
        return None
    places: list[StackFrame] = []
    end = index + 1
    while end < len(lines) and lines[end].startswith(">>>") and end - index < _MAX_REFERENCES:
        if referenced := _REFERENCED.match(lines[end]):
            path, lineno, _ = split_place((referenced["place"] or referenced["short"]).strip())
            owner = _OBJECT.match(lines[end + 1]) if end + 1 < len(lines) else None
            function = owner["name"] if owner and not owner["name"].startswith(".") else None
            places.append(make_frame(path, lineno, None, function))
        end += 1
    frames = tuple(places) if message.startswith("duplicate") else tuple(places[:1])
    notes = tuple(f"referenced by {frame.path}:{frame.lineno}" for frame in places[1:]) if len(frames) == 1 else ()
    return _found(message.partition(": ")[0], message, frames, notes, index, end)


def read_apple(lines: Sequence[str], index: int) -> Found | None:
    """Return the symbols of "Undefined symbols for architecture arm64:"."""
    if not lines[index].startswith("Undefined symbols for architecture "):
        return None
    failures: list[tuple[Failure, Weight, int]] = []
    end = index + 1
    while end < min(len(lines), index + 500) and lines[end].startswith("  "):
        symbol = lines[end].strip()
        if symbol.endswith(", referenced from:"):
            user = lines[end + 1].strip() if end + 1 < len(lines) else ""
            name = symbol.partition(", ")[0].strip('"').removeprefix("_")
            notes = (f"referenced from: {user}",)
            failures += _found("undefined symbol", f"undefined symbol: {name}", (), notes, end, end).failures
        end += 1
    return Found(tuple(failures), end) if failures else None


def read_microsoft(lines: Sequence[str], index: int) -> Found | None:
    """Return the failure of "main.obj : error LNK2019: unresolved external symbol f referenced in function main"."""
    match = _MICROSOFT.match(lines[index].strip())
    if match is None:
        return None
    return _found(match["code"], match["message"].rstrip(), (), (f"in {match['object'].strip()}",), index, index + 1)


def _place(text: str, function: str | None) -> StackFrame | None:
    """Return the place that stands before an error: "main.o:main.c:(.text+0x2c): ", "/src/main.c:9: "."""
    where = text.removeprefix("  ").strip()
    if match := _TOOL.match(where + " "):
        where = where[match.end() :].strip()
    where = where.removesuffix(" error").removesuffix(" error:").rstrip(": ")
    where = where.partition(":(")[0]
    where, _, named = where.partition(":function ")
    path, lineno, _ = split_place(where)
    head, _, source = path.rpartition(":")
    if head.endswith((".o", ".a", ")")) and source:
        path = source
    if known_language(path) is None:
        return None
    return make_frame(path, lineno, None, named or function)


def _found(
    exception_type: str, message: str, frames: tuple[StackFrame, ...], notes: tuple[str, ...], index: int, end: int
) -> Found:
    failure = Failure(FailureKind.EXCEPTION, exception_type, message, frames, notes=notes, language=language_of(frames))
    return Found.one(failure, Weight.TEST, index, end)

"""Finds what Lua, LuaJIT, the programs that embed them and busted report anywhere in a log.

Source of the formats: lua.c (``l_message``, ``msghandler``), lauxlib.c (``luaL_traceback``, ``luaL_where``); Neovim's
nlua_error; busted's plainTerminal and utfTerminal output handlers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import Found, Readers, scan
from qwen_lsp.logparse.sighting import Reading, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

LANGUAGE = "lua"
_TRACEBACK = "stack traceback:"
_PROGRAM = re.compile(r"(?:\S{0,500}[/\\])?(?P<name>lua[\w.-]{0,20}|texlua|moon\w{0,10})(?:\.exe)?: ")
_NEOVIM = re.compile(r"E5[0-9]{3}: (?:Error (?:while|executing) [a-zA-Z ]{1,40}:? ?)?(?:lua (?:callback: )?)?")
_PATH = r"(?P<path>(?:[A-Za-z]:)?[^\s:\"']{1,500}\.(?:lua|luau|moon|rockspec)|\[string \"[^\"]{0,200}\"\]|lua|stdin)"
_PLACE = re.compile(rf"(?:^|(?<=[\s:])){_PATH}:(?P<lineno>[0-9]{{1,9}}): (?P<message>.*)$")
_SCRIPT_PLACE = re.compile(r"(?P<path>[^\s:]{1,500}):(?P<lineno>[0-9]{1,9}): (?P<message>.*)$")
_FRAME = re.compile(
    r"\s+(?P<path>\[C\]|\[builtin[^\]]{0,100}\]|\[string \"[^\"]{0,200}\"\]|(?:[A-Za-z]:)?[^:]{1,1000})"
    r"(?::(?P<lineno>[0-9]{1,9}))?: (?P<what>in .*|at 0x[0-9a-f]+)$"
)
_OTHER_LINE = re.compile(
    r"\s*(?:coroutine [0-9]+:|\(\.\.\.tail calls?\.\.\.\)|\.\.\.\s*(?:\(skipping [0-9]+ levels\))?)$"
)
_NAME = re.compile(r"in (?:(?:local|upvalue|field|method|global|metamethod|function) )*['<](?P<name>[^'>]{1,500})['>]$")
_SYNTAX = re.compile(r".* near |unexpected symbol|unfinished |'=' expected|malformed |.* expected \(to close")
_FOREIGN = re.compile(r"^\[|^/usr/(?:share|lib|local/share|local/lib)/|/\.luarocks/|/lua_modules/|/share/nvim/runtime/")
_BUSTED = re.compile(r"(?P<what>Failure|Error) (?:->|\u2192) (?P<path>\S.{0,1000}?) @ (?P<lineno>[0-9]{1,9})$")
_MAX_LINES_ABOVE = 60
_MAX_LINES = 60
_MAX_FRAMES = 200

MARKS: Marks = (
    _TRACEBACK,
    Mark("\nlua", r"[\w.-]{0,20}(?:\.exe)?: "),
    Mark("\nE5", r"[0-9]{3}: "),
    *(
        Mark(f"{what} {arrow} ", r"[^\n]{1,1000}? @ [0-9]")
        for what in ("Failure", "Error")
        for arrow in ("->", "\u2192")
    ),
)


def read_lua(lines: list[str]) -> Reading:
    """Return every failure of Lua code that ``lines``, free of terminal noise, report."""
    readers: Readers = (
        *((f"{what} {arrow} ", _read_busted) for what in ("Failure", "Error") for arrow in ("->", "\u2192")),
        ("lua", _read_program),
        ("E5", _read_program),
        (_TRACEBACK, _read_traceback),
    )
    return scan(lines, readers)


def _read_program(lines: Sequence[str], index: int) -> Found | None:
    """Return the error that an interpreter, a compiler or Neovim begins with its own name."""
    line = lines[index]
    match = _PROGRAM.match(line) or _NEOVIM.match(line)
    if match is None:
        return None
    text = line[match.end() :].rstrip()
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].startswith("\t"):
        end += 1
    has_trace = end < len(lines) and lines[end].strip() == _TRACEBACK
    if not has_trace and not (_PLACE.match(text) or _SCRIPT_PLACE.match(text)):
        return None
    frames, after = _frames(lines, end + 1) if has_trace else ((), end)
    more = [part.strip() for part in lines[index + 1 : end]]
    return Found.one(_failure(text, more, frames), Weight.UNCAUGHT, index, after)


def _read_traceback(lines: Sequence[str], index: int) -> Found | None:
    """Return the error above "stack traceback:", whatever the program that embeds Lua put before it."""
    if not lines[index].rstrip().endswith(_TRACEBACK) or not index:
        return None
    start = index - 1
    while start > max(index - _MAX_LINES_ABOVE, 0) and lines[start].startswith("\t"):
        start -= 1
    place = _PLACE.search(lines[start])
    frames, end = _frames(lines, index + 1)
    if place is None or not frames:
        return Found((), max(end, index + 1))
    more = [part.strip() for part in lines[start + 1 : index]]
    return Found.one(_failure(lines[start][place.start() :].strip(), more, frames), Weight.UNCAUGHT, start, end)


def _read_busted(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that "Failure -> spec/cart_spec.lua @ 4" begins."""
    match = _BUSTED.match(lines[index].strip())
    if match is None or index + 1 >= len(lines):
        return None
    end = index + 2
    while end < min(len(lines), index + _MAX_LINES) and lines[end].strip():
        end += 1
    text, *more = [line.rstrip() for line in lines[index + 2 : end]] or [""]
    frames: tuple[StackFrame, ...] = ()
    if end + 1 < len(lines) and lines[end + 1].strip() == _TRACEBACK:
        frames, end = _frames(lines, end + 2)
    test = _frame(match["path"], match["lineno"], None)
    failure = _failure(text, more, frames or ((test,) if match["what"] == "Error" else ()))
    kind = FailureKind.ASSERTION if match["what"] == "Failure" else failure.kind
    whole = Failure(
        kind=kind,
        exception_type="Failure" if kind is FailureKind.ASSERTION else failure.exception_type,
        message=failure.message,
        frames=failure.frames or (test,),
        test_id=lines[index + 1].strip() or None,
        language=LANGUAGE,
    )
    return Found.one(whole, Weight.TEST, index, end)


def _frames(lines: Sequence[str], start: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames of a traceback from ``start`` on, oldest call first, and the index after them."""
    frames: list[StackFrame] = []
    end = start
    while end < len(lines):
        if match := _FRAME.match(lines[end]):
            named = _NAME.match(match["what"])
            what = match["what"].removeprefix("in ")
            name = named["name"] if named else None if what.startswith(("?", "at 0x")) else what
            if len(frames) < _MAX_FRAMES:
                frames.append(_frame(match["path"], match["lineno"], name))
        elif not (lines[end].strip() and _OTHER_LINE.match(lines[end])):
            break
        end += 1
    return tuple(reversed(frames)), end


def _frame(path: str, lineno: str | None, function: str | None) -> StackFrame:
    return StackFrame(path, int(lineno or 0) or None, None, function, in_app=_FOREIGN.search(path) is None)


def _failure(text: str, more: Sequence[str], frames: tuple[StackFrame, ...]) -> Failure:
    """Return the failure of "cart.lua:4: message"; a place that is in no frame is where the parser stopped."""
    place = _PLACE.match(text) or _SCRIPT_PLACE.match(text)
    inner = next((match for line in more if (match := _PLACE.match(line))), None)
    if place is None and inner is not None:
        # "error loading module 'broken' from file './broken.lua':", and the parser's message below.
        place, more = inner, [line for line in more if line != inner.string]
    message = place["message"] if place else text
    is_syntax = place is not None and _SYNTAX.match(message) is not None
    if place and not any(frame.path == place["path"] and frame.lineno == int(place["lineno"]) for frame in frames):
        frames = (*frames, _frame(place["path"], place["lineno"], None))
    return Failure(
        kind=FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type="syntax error" if is_syntax else "error",
        message="\n".join([message.strip(), *more]).strip(),
        frames=frames,
        language=LANGUAGE,
    )

"""One frame of a .NET or Mono stack trace.

Source of the formats: dotnet/runtime System.Diagnostics.StackTrace.ToString (its words are localised: "at ... in x:line
3", "bei ... in x:Zeile 3"); mono's mcs/class/corlib/System.Diagnostics/StackTrace.cs.
"""

from __future__ import annotations

import re

from qwen_lsp.logparse.places import number
from qwen_lsp.model import StackFrame

LANGUAGE = "csharp"
_AT = re.compile(r"\s*+(?:at|bei|à|en|em|in|в|w|v|konum:|場所|위치:|在|於) (?P<call>\S.*)$")
LINE_WORDS = (
    "line",
    "Zeile",
    "ligne",
    "línea",
    "linha",
    "riga",
    "строка",
    "wiersz",
    "řádek",
    "sat\u0131r",
    "行",
    "줄",
    "第",
)
_LINE = re.compile(rf":(?:{'|'.join(LINE_WORDS)}) ?(?P<lineno>[0-9]{{1,9}})(?: 行)?\.?$")
_WRAPPER = re.compile(r"\(wrapper [\w-]{1,60}\) ")
_OFFSET = re.compile(r" \[0x[0-9a-f]{1,8}\]$| <0x[0-9a-f]{1,16} [+] 0x[0-9a-f]{1,16}>$")
# Without symbols Mono names the module; packages are built from "/_/src/"; the base library has no file at all.
_FOREIGN = re.compile(
    r"^<|^/_/|/\.nuget/packages/|^/usr/(?:lib|share)/|^[A-Za-z]:/a/_work/|^/__w/|^/mnt/vss/"
    r"|^Library/PackageCache/"
)
NO_FILE = "<no file>"
# Unity's UnityEngine.StackTraceUtility: "Player.TakeDamage (System.Int32 amount) (at Assets/Scripts/Player.cs:31)".
UNITY_MARK = ") (at "
_UNITY = re.compile(
    r"(?P<call>[A-Za-z_<][\w.`<>+/|: ]{0,400}\([^()\n]{0,500}\)) "
    r"\(at (?P<path>[^()\n]{1,500}\.cs):(?P<lineno>[0-9]{1,9})\)$"
)


def is_in_app(path: str) -> bool:
    """Return whether ``path``, as printed, may be the user's own code."""
    return _FOREIGN.search(path.replace("\\", "/")) is None


def read_frame(line: str) -> StackFrame | None:
    """Return the frame of "at Shop.Cart.Total() in /src/Cart.cs:line 27" or without a file, else None."""
    if UNITY_MARK in line and (unity := _UNITY.match(line.strip())):
        return _frame(unity["path"], int(unity["lineno"]), unity["call"])
    match = _AT.match(line)
    call = match["call"].rstrip().removesuffix("<---") if match else ""
    if "(" not in call:
        return None
    text, _, place = call.rpartition(" in ")
    if text and (lined := _LINE.search(place)):
        return _frame(place[: lined.start()], int(lined["lineno"]), text)
    path, _, last = place.rpartition(":")
    if text and path and _OFFSET.search(text):
        return _frame(path, number(last), _OFFSET.sub("", text))
    if call.endswith(")") or _OFFSET.search(call):
        return _frame(NO_FILE, None, _OFFSET.sub("", call))
    return None


def has_place(line: str) -> bool:
    """Return whether ``line`` is a frame that no other language's stack has: with a file, or with an offset."""
    frame = read_frame(line)
    return frame is not None and (frame.path != NO_FILE or _OFFSET.search(line.rstrip()) is not None)


def _frame(path: str, lineno: int | None, call: str) -> StackFrame:
    function = _WRAPPER.sub("", call).partition("(")[0].rstrip() or call
    return StackFrame(path, lineno or None, None, function, in_app=is_in_app(path))

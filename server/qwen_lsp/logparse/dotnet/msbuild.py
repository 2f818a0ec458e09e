"""Errors of MSBuild, of the compilers that it runs, and of Mono's.

Source of the format: learn.microsoft.com, "MSBuild and Visual Studio format for diagnostic messages".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.dotnet.frames import LANGUAGE, is_in_app
from qwen_lsp.logparse.places import number
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_DIAGNOSTIC = re.compile(r" ?: error (?P<code>[A-Z]{2,12}[0-9]{0,6})(?: ?: )(?P<message>.*)$")
_NODE = re.compile(r"\s*(?:[0-9]{1,5}(?::[0-9]{1,5})?>)?\s*")
_PLACE = re.compile(r"(?P<path>.{1,1000}?)\((?P<lineno>[0-9]{1,9})(?:,(?P<colno>[0-9]{1,9}))?(?:,[0-9,]{1,30})?\)$")
_PROJECT = re.compile(r" \[[^\[\]]{1,1000}(?:proj|\.sln|\.slnx|proj::[^\[\]]{1,200})\]\s*$")
_FILES = re.compile(
    r"\.(?:cs|vb|fs|fsi|fsx|xaml|axaml|razor|cshtml|resx|sln|slnx|csproj|vbproj|fsproj|proj|targets|props|dll|config|json)$"
)
_TOOLS = frozenset({"CSC", "VBC", "FSC", "MSBUILD", "ILC", "ILLINK", "NUGET", "EXEC", "LINK", "ALINK", "AL"})
_OTHERS = re.compile(r"TS[0-9]|C[0-9]{4}$|LNK[0-9]")
_SYNTAX = re.compile(
    r" expected\.?$|^Syntax error|^Invalid token|^Unexpected |^Unterminated |^Newline in constant|tag .* does not match"
)
_LANGUAGES = {"BC": "vb", "FS": "fsharp"}


class MsBuild:
    """Reads errors; the summary at the end of a build says all of them again."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the error of "Program.cs(9,39): error CS1061: message [shop.csproj]"."""
        line = _NODE.sub("", lines[index], count=1).rstrip()
        match = _DIAGNOSTIC.search(line)
        if match is None or _OTHERS.match(match["code"]):
            return None
        origin = line[: match.start()].strip()
        message = _PROJECT.sub("", match["message"])
        place = _PLACE.match(origin)
        path = place["path"] if place else origin
        is_tool = place is None and path.upper() in _TOOLS
        if not (is_tool or _FILES.search(path) or message != match["message"]):
            return None
        if line in self._seen:
            return Found((), index + 1)
        self._seen.add(line)
        frames: tuple[StackFrame, ...] = ()
        if place is not None:
            lineno, colno = number(place["lineno"]), number(place["colno"] or "")
            frames = (StackFrame(path, lineno, colno, in_app=is_in_app(path)),)
        elif not is_tool and _FILES.search(path):
            frames = (StackFrame(path, None, in_app=is_in_app(path)),)
        kind = FailureKind.SYNTAX_ERROR if _SYNTAX.search(message) else FailureKind.EXCEPTION
        language = _LANGUAGES.get(match["code"][:2], LANGUAGE)
        failure = Failure(kind, match["code"], message.strip(), frames, language=language)
        return Found.one(failure, Weight.TEST, index, index + 1)

"""One frame of a JavaScript stack: its line, whose code it is, the underlined part.

Source of the formats: V8's src/objects/call-site-info.cc (``SerializeCallSiteInfo``); ``function@url:line:column`` of
SpiderMonkey's js/src/vm/SavedStacks.cpp and JavaScriptCore's ``StackFrame::toString``; Vitest's src/node/printError.ts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qwen_lsp.model import CaretSpan, StackFrame

_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_SOURCES = (".js", ".jsx", ".mjs", ".cjs", *_TYPESCRIPT, ".vue", ".svelte", ".astro")

# Code that is not the user's by its path alone: Node's own ("node:fs", before Node 16 "internal/modules/cjs/loader.js"
# and "events.js"), installed packages, code without a file, browser extensions, Vite's and webpack's own modules.
_FOREIGN = re.compile(
    r"^(?:node|bun|deno|ext|wasm|native|chrome-extension|moz-extension|safari-web-extension):"
    r"|^/var/runtime/|^(?:internal/|<|\[|native$|native code$|evalmachine\.|VM[0-9])"
    r"|(?:^|/)(?:node_modules|\.yarn|\.pnp\.c?js|@vite|@react-refresh|webpack/(?:bootstrap|runtime))(?:/|$)"
)
_NODE_FILES = re.compile(
    r"(?:_?(?:assert|buffer|child_process|cluster|dns|domain|events|fs|http|https|module|net|path|process|querystring|readline"
    r"|repl|stream|timers|tls|url|util|vm|worker_threads|zlib)|_(?:http|stream|tls)_\w{1,30}|bootstrap_node)\.js"
)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
# "webpack:///./src/a.js", "webpack://shop/./src/a.js", "webpack-internal:///(rsc)/./src/a.js", "http://localhost:5173/src/a.ts?t=1".
_BUNDLED = re.compile(r"(?:webpack|webpack-internal|rsc|turbopack)://[^/]*+/(?:\([\w-]+\)/)?(?:\./)*+")
_SERVED = re.compile(r"(?:https?|capacitor|app|ionic|tauri)://[^/]*+(?=/)")
_ADDRESS = re.compile(r"(?:[a-z][a-z-]{1,30}://|/)\S*+(?: line [0-9]|$)")
_DRIVE = re.compile(r"/(?=[A-Za-z]:/)")
_TOKEN = re.compile(r"[.#]?[\w$]++|\"[^\"]*+\"|'[^']*+'")
_PATH_LIKE = re.compile(r"[/\\.<\[]|^node:|^webpack|^native$")
_ELIDED = re.compile(r"\s*\.\.\. [0-9]+ (?:more|lines matching cause stack trace)")


def plain_path(printed: str) -> str:
    """Return ``printed`` without what only a URL has: ``file://`` URLs become paths, host and query are left out."""
    if printed.startswith("file://"):
        path = _ESCAPES.sub(_decode, printed.removeprefix("file://"))
        return _DRIVE.sub("", path, count=1)
    for prefix in (_BUNDLED, _SERVED):
        if match := prefix.match(printed):
            return printed[match.end() :].partition("?")[0] or printed
    return printed


def _decode(escapes: re.Match[str]) -> str:
    return bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "replace")


def is_in_app(path: str) -> bool:
    """Return whether ``path``, as printed, may be the user's own code."""
    return _FOREIGN.search(path.replace("\\", "/")) is None and _NODE_FILES.fullmatch(path) is None


def language_of(path: str) -> str:
    """Return the language of the file at ``path`` by its extension."""
    return "typescript" if path.endswith(_TYPESCRIPT) else "javascript"


def is_source(path: str) -> bool:
    """Return whether ``path`` ends as JavaScript's and TypeScript's files do."""
    return path.endswith(_SOURCES)


def make_frame(path: str, lineno: int | None, colno: int | None, function: str | None = None) -> StackFrame:
    """Return the frame at ``path``, as printed, ``lineno`` and ``colno`` (1-based; 0 counts as unknown)."""
    clean = plain_path(path)
    return StackFrame(
        clean, lineno or None, colno or None, function or None, in_app=is_in_app(path) and is_in_app(clean)
    )


def with_source(frame: StackFrame, source_line: str, caret_line: str) -> StackFrame:
    """Return ``frame`` with the source and its underlined part, both lines as printed and aligned.

    Engines point at one character, where a name or a string begins; all of it is underlined then.
    """
    text = source_line.strip()
    # Vitest cuts long lines: a part of one is not what stands in the file.
    if not text or text.endswith("\N{HORIZONTAL ELLIPSIS}"):
        return frame
    indentation = len(source_line) - len(source_line.lstrip())
    marked = caret_line.rstrip()
    start = len(marked) - len(marked.lstrip()) - indentation
    end = len(marked) - indentation
    if end - start == 1 and 0 <= start < len(text) and (token := _TOKEN.match(text, start)):
        end = token.end()
    start, end = max(start, 0), min(end, len(text))
    caret = CaretSpan(start, end) if marked and start < end else None
    return replace(frame, source_line=text, caret=caret)


def split_place(text: str) -> tuple[str, int | None, int | None] | None:
    """Return path, line and column (None where it has none) of ``path:line:column`` or ``path:line``, else None."""
    head, _, last = text.rpartition(":")
    if not head or not _is_number(last):
        return None
    path, _, middle = head.rpartition(":")
    if path and _is_number(middle):
        return path, int(middle), int(last)
    return head, int(last), None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def is_elision(line: str) -> bool:
    """Return whether ``line`` stands for frames that a cause has, too."""
    return _ELIDED.match(line) is not None


def read_frame(line: str) -> StackFrame | None:
    """Return the frame that ``line`` of a V8 stack, as Node prints it within a message or alone, speaks of."""
    text = line.strip()
    if not text.startswith("at "):
        return None
    return read_call(text[3:].removesuffix(" {").removesuffix(",").removesuffix("]"))


def read_call(text: str) -> StackFrame | None:
    """Return the frame of ``function (place)`` or ``place``; None for any other text."""
    call = text.removeprefix("async ")
    function: str | None = None
    place = call
    if call.endswith(")"):
        opening = call.find(" (")
        if opening < 0:
            return None
        function, place = call[:opening], call[opening + 2 : -1]
        if place.startswith("eval at "):
            # "eval (eval at outer (file:1:2), <anonymous>:3:4)": the place in the evaluated text is the last one.
            place = place.rpartition(", ")[2]
        if place in {"<anonymous>", "native", "native code"} or place.startswith("index "):
            return make_frame("<anonymous>", None, None, function)
    found = split_place(place)
    if found is None:
        return None
    path, lineno, colno = found
    if not _PATH_LIKE.search(path) or (colno is None and not is_source(path)):
        return None
    return make_frame(path, lineno, colno, function)


def read_browser_frame(line: str) -> StackFrame | None:
    """Return the frame of ``function@url:line:column``, as Firefox and Safari print it, else None."""
    function, at, place = line.strip().partition("@")
    if not at:
        return None
    if place == "[native code]":
        return make_frame("[native code]", None, None, function)
    if not _ADDRESS.match(place):
        return None
    # "script.js line 3 > eval:1:2": the evaluated text has no file.
    place = place.partition(" line ")[0] if " > " in place else place
    found = split_place(place)
    return make_frame(*found, function.rstrip("/<")) if found is not None else None


def read_arrow_frame(line: str) -> StackFrame | None:
    """Return the frame of ``function path:line:column`` behind an arrow, as Vitest prints it, else None."""
    text = line.strip()
    if not text.startswith("\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT} "):
        return None
    function, _, place = text[2:].rpartition(" ")
    found = split_place(place)
    if found is None or found[2] is None:
        return None
    return make_frame(*found, function)

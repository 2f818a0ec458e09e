"""Finds what JavaScript's engines and tools report anywhere in a log."""

from __future__ import annotations

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.javascript import (
    ava,
    bun,
    bundlers,
    compilers,
    deno,
    jasmine,
    jest,
    linters,
    mocha,
    nextjs,
    nodetest,
    playwright,
    reports,
    vitest,
)
from qwen_lsp.logparse.javascript.reading import Found, Reader
from qwen_lsp.logparse.javascript.stacks import StackReader
from qwen_lsp.logparse.sighting import Folder, Reading

# A place at the end of a line, but no time of day: "at total (cart.js:4:17)", not "at 10:04:17".
_PLACE = r"[^\n]{0,400}?[A-Za-z>\])]:[0-9]{1,9}(?::[0-9]{1,9})?[)\],{ ]*(?:\n|\Z)"
MARKS: Marks = (
    *(Mark(at, _PLACE) for at in (" at ", "\tat ", "\nat ")),
    Mark("@", r"(?:[a-z][a-z-]{1,30}://|/)[^\s]{0,400}?:[0-9]|\[native code\]"),
    Mark("^", r"[\t ]*(?:\n|\Z)"),
    Mark("] {", r"[\t ]*(?:\n|\Z)"),
    "\nNode.js v",
    # jest, vitest, mocha, node:test and TAP
    "  \u25cf ",
    "FAIL  ",
    *(f"\u23af {words}" for words in ("Unhandled ", "Uncaught Exception")),
    " failing\n",
    *(Mark(f"\n  {digit}", r"[0-9]{0,5}\) ") for digit in range(1, 10)),
    *(f"{cross} " for cross in ("\u2716", "\u2716\ufe0f", "\u2717", "\u2718", "\u26a0")),
    Mark("not ok ", "[0-9]"),
    "\n  Message:\n",
    Mark(f"\n  {ava.FRAME_MARK}", r"[^\n]{1,1000}:[0-9]{1,9}:[0-9]{1,9}\)?\n"),
    # compilers, bundlers and linters
    Mark(",-[", r"[^\n\]]{1,400}:[0-9]{1,9}:[0-9]{1,9}\]"),
    Mark(" " + reports.BIOME_RULE, "(?:\u2501){0,300}\n"),
    Mark(reports.BABEL, r"[^\n]{1,1000} \([0-9]{1,9}:[0-9]{1,9}\)\n"),
    f"\n{nextjs.MARK}",
    deno.CHECKED,
    "\nerror: Module not found ",
    "\nerror: Relative import path ",
    *(Mark(f"{severity} TS", "[0-9]") for severity in ("error", "warning")),
    *(f"{mark} [{severity}] " for mark in ("\u2718", "X", "\u25b2", ">") for severity in ("ERROR", "WARNING")),
    *(Mark(f": {severity}: ", rf"(?<=[0-9]: {severity}: )") for severity in ("ERROR", "error")),
    "\u256d\u2500[",
    "\n[!] ",
    "\nerror during build:",
    "\nERROR in ",
    "\nWARNING in ",
    "Internal server error: ",
    "Pre-transform error: ",
    Mark("  error  "),
    Mark("  warning  "),
    *(f"  {sign}  " for sign in ("\u2716", "\u26a0")),
    *(Mark(f"\n{word}: ", r"(?<=[0-9]\n" + word + r": )") for word in ("Error", "Warn")),
    " [Error",
    " [Warning",
    Mark(", col ", "[0-9]{1,9}, (?:Error|Warning)"),
)

_NODE_TEST = (nodetest.read_block,)
_ESBUILD = (bundlers.read_esbuild,)
# By the first character that is not white space: nearly all lines of a long log begin with none of these.
_DIGITS = "0123456789"
"""Numbers count where they are indented: many logs have a time in every line."""
_BY_FIRST_CHARACTER: dict[str, tuple[Reader, ...]] = {
    **dict.fromkeys((*reports.ERRORS, *reports.WARNINGS), (reports.read_miette,)),
    "\u25cf": (jest.read_block,),
    "c": (jest.skip_console,),
    "F": (vitest.read_block,),
    "\u23af": (vitest.read_unhandled,),
    "t": _NODE_TEST,
    "\u2716": (nodetest.read_block, reports.read_miette),
    "\u2717": _NODE_TEST,
    "\u26a0": (nodetest.read_block, reports.read_miette),
    "n": (nodetest.read_tap,),
    "\u2718": (nodetest.read_block, bundlers.read_esbuild),
    "X": _ESBUILD,
    "\u25b2": _ESBUILD,
    ">": _ESBUILD,
    "[": (bundlers.read_report, bundlers.read_rollup),
    "E": (bundlers.read_webpack, linters.read_svelte),
    "W": (bundlers.read_webpack, linters.read_svelte),
    "e": (bundlers.read_rollup, deno.read_error),
    "M": (jasmine.read_block,),
    "T": (deno.read_error,),
    ava.FRAME_MARK[0]: (ava.read_block,),
    ".": (nextjs.read_place,),
    **dict.fromkeys(_DIGITS, (playwright.read_block, mocha.read_block, linters.read_rows)),
}
# By a piece of text, for what begins with a file's name.
_BY_TEXT: tuple[tuple[str, Reader], ...] = (
    (" TS", compilers.read_diagnostic),
    (", col ", linters.read_line),
    (" [Error", linters.read_line),
    (" [Warning", linters.read_line),
    ("[vite] ", bundlers.read_vite),
    (reports.BIOME_RULE, reports.read_biome),
    (reports.BABEL, reports.read_babel),
    (": ERROR: ", bundlers.read_esbuild),
    (": error: ", bundlers.read_esbuild),
)

_BLOCK_LINES = 2_000
"""Searched at once; more would copy a long log as a whole."""


def read_javascript(lines: list[str]) -> Reading:
    """Return every failure of JavaScript and TypeScript code that ``lines``, free of terminal noise, report."""
    return _Scanner(lines).scan()


class _Scanner:
    """One pass over a log."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._stacks = StackReader(lines)
        # Most logs hold few of these anywhere: their lines need not be searched for the others.
        held = _held(lines, {"@", *(piece for piece, _ in _BY_TEXT)})
        self._by_text = tuple((piece, read) for piece, read in _BY_TEXT if piece in held)
        self._has_browser_frames = "@" in held

    def scan(self) -> Reading:
        """Return all that the log holds."""
        folder = Folder()
        index, end = 0, len(self._lines)
        while index < end:
            found = self._read_at(index)
            if found is None:
                index += 1
                continue
            for failure, weight, line_index in found.failures:
                folder.add(failure, weight, line_index)
            index = max(found.end, index + 1)
            self._stacks.skip_to(index)
        return Reading(folder.sightings())

    def _read_at(self, index: int) -> Found | None:
        """Return what begins at ``index``, if anything does."""
        line = self._lines[index]
        text = line.lstrip()
        if not text:
            return None
        first = text[0]
        if (first == "a" and text.startswith("at ")) or (self._has_browser_frames and "@" in line):
            return self._stacks.read_stack(index)
        if first == "^":
            return bun.read_error(self._lines, index) or self._stacks.read_caret(index)
        readers = _BY_FIRST_CHARACTER.get(first, ()) if line[:1] == " " or first not in _DIGITS else ()
        for read in readers:
            if (found := read(self._lines, index)) is not None:
                return found
        if first == "[" and text.endswith("] {") and (found := self._stacks.read_bracketed(index)) is not None:
            return found
        for piece, read in self._by_text:
            if piece in line and (found := read(self._lines, index)) is not None:
                return found
        return None


def _held(lines: list[str], pieces: set[str]) -> set[str]:
    """Return those of ``pieces`` that some line holds."""
    missing = set(pieces)
    for start in range(0, len(lines), _BLOCK_LINES):
        text = "\n".join(lines[start : start + _BLOCK_LINES])
        missing -= {piece for piece in missing if piece in text}
    return pieces - missing

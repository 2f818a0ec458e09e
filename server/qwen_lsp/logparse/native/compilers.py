"""Errors of gcc, clang and the compilers that print as they do, with included files, template instantiations and notes.

Source of the formats: gcc/diagnostic.cc (``diagnostic_report_current_module``), gcc/diagnostic-show-locus.cc and the
message catalogues gcc/po/*.po; clang/lib/Frontend/TextDiagnostic.cpp and DiagnosticRenderer.cpp. Microsoft's
and NVIDIA's compilers: learn.microsoft.com, "Formatting the output of a custom build step or build event".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.native.frames import is_in_app, known_language, language_of, make_frame
from qwen_lsp.logparse.places import is_underline, number, split_place, with_source
from qwen_lsp.logparse.scanning import Found
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

# In English, German, French, Spanish, Italian, Portuguese, Russian, Chinese and Japanese.
_FATAL = ("fatal error", "schwerwiegender Fehler", "erreur fatale", "error fatal", "errore irreversibile", "致命错误")
_PLAIN = ("internal compiler error", "error", "Error", "Fehler", "erreur", "errore", "erro", "ошибка", "错误", "エラー")
_ERRORS = (*_FATAL, *_PLAIN)
_NOTES = ("note", "Anmerkung", "nota", "附注", "備考", "замечание", "remarque")
_WIDE_COLON = "\uff1a"
PIECES = tuple(f": {word}{_WIDE_COLON if word.endswith('错误') else ':'}" for word in _ERRORS)
_DIAGNOSTIC = re.compile(
    r"(?P<path>(?!\s*/[*/])(?:[A-Za-z]:(?=[\\/]))?[^:]{1,1000}+):(?P<lineno>[0-9]{1,9}):(?:(?P<colno>[0-9]{1,9}):)? "
    r"(?P<severity>[^\W\d_][^:\uff1a]{1,29}?)(?:\u00a0| )?(?:: ?|\uff1a)(?P<message>.*)"
)
# "cart.cpp(3,5): error C2065: message [shop.vcxproj]", "kernel.cu(3): error: message".
_IN_PARENTHESES = re.compile(
    r"(?P<path>[^()]{1,1000}+)\((?P<lineno>[0-9]{1,9})(?:,(?P<colno>[0-9]{1,9}))?(?:,[0-9,]{1,30})?\) ?: "
    r"(?P<severity>(?:fatal )?error)(?: (?P<code>[A-Z]{1,4}[0-9]{3,5}))?: (?P<message>.*)"
)
_PROJECT = re.compile(r" \[[^\[\]]{1,1000}proj\]$")
_INCLUDED = re.compile(
    r"(?:In file included from|In Datei, eingebunden von|Dans le fichier inclus depuis|En el fichero incluido desde"
    r"|次のファイルから読み込み: | {4,30}(?:from|von|depuis|desde|次から読み込み:)) ++(?P<place>.*)[,:]$"
)
_REQUIRED = re.compile(
    r"(?P<place>.{1,2000}?:[0-9]{1,9}:[0-9]{1,9}): {2,4}(?:recursively )?required (?:from|by)(?P<what> .*)?$"
)
_SOURCE = re.compile(r" {0,9}[0-9]{0,9} \|(?P<text>.*)$")
_INSTANTIATED = re.compile(
    r"in (?:instantiation of|evaluation of|implicit) .* (?:requested|required) here$|in call to .*"
)
_OPENING = "\u2018\u00bb\u00ab\u201c'\""
_CLOSING = "\u2019\u00ab\u00bb\u201d'\""
_SYNTAX = re.compile(
    r"expected |stray |missing terminating|unterminated|extraneous|unknown type name|no such instruction"
)
_MAX_CONTEXT_LINES = 200
_MAX_NOTES = 4
_MAX_EXCERPT_LINES = 12


class Compilers:
    """Reads errors in the order of the log: the function that they are in is printed only once."""

    def __init__(self) -> None:
        self._seen = 0
        self._function: tuple[str, str | None] = ("", None)

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the error that ``lines[index]`` begins."""
        match = _DIAGNOSTIC.match(lines[index])
        if match is None or match["severity"].strip() not in _ERRORS or not _is_of_family(match["path"]):
            return None
        path = match["path"]
        self._follow_functions(lines, index)
        function = self._function[1] if self._function[0] == path else None
        frame = make_frame(path, int(match["lineno"]), number(match["colno"] or ""), function)
        frame, end = _with_excerpt(frame, lines, index + 1)
        notes, callers, end = _notes(lines, end)
        frames = (*_context(lines, index), *reversed(callers), frame)
        self._seen = end
        severity = "fatal error" if match["severity"].strip() in _FATAL else "error"
        return _found(severity, match["message"].rstrip(), frames, tuple(notes), index, end)

    def _follow_functions(self, lines: Sequence[str], index: int) -> None:
        """Take note of the lines "cart.c: In function 'total':" up to ``index``; each line is looked at once."""
        for line in lines[max(self._seen, index - 2_000) : index]:
            if line.endswith(":") and ": " in line:
                path, _, rest = line.partition(": ")
                if known_language(path):
                    self._function = (path, _quoted(rest))


def read_in_parentheses(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "cart.cpp(3,5): error C2065: message [shop.vcxproj]"."""
    match = _IN_PARENTHESES.match(lines[index].lstrip())
    if match is None or known_language(match["path"]) is None:
        return None
    # MSBuild with several processes: "2>cart.cpp(3): error".
    path = re.sub(r"^[0-9]{1,4}>", "", match["path"]).strip()
    message = _PROJECT.sub("", match["message"].rstrip())
    frame = make_frame(path, int(match["lineno"]), number(match["colno"] or ""))
    return _found(match["code"] or match["severity"], message, (frame,), (), index, index + 1)


def read_fortran(lines: Sequence[str], index: int) -> Found | None:
    """Return gfortran's error, whose place and source stand above the line "Error: message"."""
    line = lines[index]
    if not line.startswith(("Error: ", "Fatal Error: ")):
        return None
    for above in range(index - 1, max(index - 6, -1), -1):
        path, lineno, colno = split_place(lines[above].rstrip().removesuffix(":"))
        if lines[above].endswith(":") and lineno is not None and known_language(path) == "fortran":
            frame = make_frame(path, lineno, colno)
            source = _SOURCE.match(lines[index - 2]) if index - above > 2 else None
            pointer = _SOURCE.match(lines[index - 1])
            if source and pointer:
                frame = with_source(frame, source["text"], _word_pointer(source["text"], pointer["text"].find("1")))
            severity, _, message = line.partition(": ")
            return _found(severity.lower(), message.rstrip(), (frame,), (), above, index + 1)
    return None


def _word_pointer(source: str, column: int) -> str:
    """Return an underline of the word that ``column`` (0-based) of ``source`` is in: gfortran points anywhere in it."""
    start = column
    while 0 < start <= len(source) and source[start - 1 : start].isidentifier():
        start -= 1
    return " " * start + "^" if column >= 0 else ""


def _is_of_family(path: str) -> bool:
    return known_language(path) is not None or path in {"{standard input}", "<stdin>", "<command-line>"}


def _quoted(text: str) -> str | None:
    """Return what stands between quotation marks of any language in ``text``."""
    starts = [place for place in (text.find(mark) for mark in _OPENING) if place >= 0]
    ends = [text.rfind(mark) for mark in _CLOSING]
    start, end = min(starts, default=-1), max(ends)
    return text[start + 1 : end].strip(" \u00a0") or None if 0 <= start < end else None


def _context(lines: Sequence[str], index: int) -> list[StackFrame]:
    """Return the places above ``index`` from which the file was included and the template required, oldest first."""
    includes: list[StackFrame] = []
    requirers: list[StackFrame] = []
    is_clang = False
    for above in range(index - 1, max(index - 1 - _MAX_CONTEXT_LINES, -1), -1):
        line = lines[above]
        if included := _INCLUDED.match(line):
            path, lineno, colno = split_place(included["place"])
            includes.append(make_frame(path, lineno, colno))
            # clang begins every line with the words and prints the outermost file first, gcc the innermost one.
            is_clang = is_clang or (
                not line.startswith(" ") and len(includes) > 1 and not lines[above + 1].startswith(" ")
            )
        elif "required" in line and (required := _REQUIRED.match(line)):
            path, lineno, colno = split_place(required["place"])
            requirers.append(make_frame(path, lineno, colno, _quoted(required["what"] or "")))
        elif not (line.endswith(":") and ": " in line and known_language(line.partition(": ")[0])):
            break
    if is_clang:
        includes.reverse()
    return [*includes, *requirers]


def _with_excerpt(frame: StackFrame, lines: Sequence[str], start: int) -> tuple[StackFrame, int]:
    """Return ``frame`` with the source printed from ``start`` on, and the index after that."""
    end = start
    texts: list[str] = []
    while end < min(len(lines), start + _MAX_EXCERPT_LINES) and (match := _SOURCE.match(lines[end])):
        texts.append(match["text"])
        end += 1
    if texts:
        underline = next((text for text in texts[1:2] if is_underline(text)), "")
        return with_source(frame, texts[0], underline), end
    if end + 1 < len(lines) and is_underline(lines[end + 1]) and lines[end].strip():
        frame = with_source(frame, lines[end], lines[end + 1])
        end += 2
        # What to write instead stands below what is underlined.
        if end < len(lines) and lines[end].startswith(" ") and not _DIAGNOSTIC.match(lines[end]):
            end += 1
    return frame, end


def _notes(lines: Sequence[str], start: int) -> tuple[list[str], list[StackFrame], int]:
    """Return the notes from ``start`` on, the places that instantiate templates (innermost first), and the end."""
    notes: list[str] = []
    callers: list[StackFrame] = []
    end = start
    while end < len(lines):
        after = end
        while after < min(len(lines), end + _MAX_CONTEXT_LINES) and (
            _INCLUDED.match(lines[after]) or _REQUIRED.match(lines[after])
        ):
            after += 1
        match = _DIAGNOSTIC.match(lines[after]) if after < len(lines) else None
        if match is None or match["severity"].strip() not in _NOTES or not _is_of_family(match["path"]):
            break
        message = match["message"].strip()
        if _INSTANTIATED.match(message):
            callers.append(make_frame(match["path"], int(match["lineno"]), number(match["colno"] or "")))
            callers[-1], end = _with_excerpt(callers[-1], lines, after + 1)
            continue
        # Of candidates in system headers gcc prints dozens.
        if len(notes) < _MAX_NOTES and (is_in_app(match["path"]) or not notes):
            notes.append(f"note: {message} ({match['path']}:{match['lineno']})")
        end = _with_excerpt(make_frame("", None), lines, after + 1)[1]
    return notes, callers, end


def _found(
    severity: str, message: str, frames: tuple[StackFrame, ...], notes: tuple[str, ...], index: int, end: int
) -> Found:
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if _SYNTAX.match(message) else FailureKind.EXCEPTION,
        exception_type=severity,
        message=message,
        frames=frames,
        notes=notes,
        language=language_of(frames),
    )
    return Found.one(failure, Weight.TEST, index, end)

"""Finds what Perl and its test modules report anywhere in a log.

Source of the formats: perl's util.c (``Perl_mess_sv``), perldoc perldiag; Carp.pm (``longmess``); Test::Builder
(``_cmp_diag``, ``ok``), whose reports ``prove`` passes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import Found, Readers, scan
from qwen_lsp.logparse.sighting import Reading, Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

LANGUAGE = "perl"
_PLACE = re.compile(
    r" at (?P<path>\S{1,1000}(?: [0-9]{1,6}\))?) line (?P<lineno>[0-9]{1,9})"
    r"(?P<rest>\.|, near .*|, at EOF|, <[^>]{0,60}> (?:line|chunk) [0-9]{1,12}\.| thread [0-9]{1,6}\.)$"
)
_CALLED = re.compile(
    r"\t(?P<call>\S.*?) called at (?P<path>\S.{0,1000}?) line (?P<lineno>[0-9]{1,9})(?:\.|, <.{0,80})?$"
)
_PERL_FILE = re.compile(r"\.(?:pl|pm|t|PL|al|plx|cgi|psgi|xs)$|^-e?$|^\(eval [0-9]+\)$|^/loader/")
_SCRIPT = re.compile(r"(?:^|/)[\w-]{1,100}$")
_FOREIGN = re.compile(
    r"^\(|^/loader/|^/usr/(?:share|lib|local/(?:share|lib))/|^/etc/perl/|/perl5?/(?:lib/)?[0-9]"
    r"|/(?:local/lib|lib)/perl5/"
)
# Of perldiag, what is a warning by its first words; all else ended the program or an ``eval``.
_WARNING = re.compile(
    r"Use of uninitialized value|Argument .{0,200} isn't numeric|Odd number of elements|Useless use of|Scalar value "
    r"|Name \".{1,200}\" used only once|Deep recursion on|Subroutine \w{1,200} redefined|Possible |Statement unlikely"
    r"|\"(?:my|our|state)\" variable |Found = in conditional|Unquoted string|substr outside of string|splice\(\) offset"
    r"|(?:print|printf|say|readline|close)\(\) on (?:closed|unopened)|Wide character in|Reference found where"
    r"|Smartmatch is|given is|when is|Applying |Misplaced _|Parentheses missing|Unsuccessful |Exiting "
    r"|Redundant argument"
)
_SYNTAX = re.compile(
    r"syntax error|Global symbol |Can't find string terminator|Missing right |Unmatched "
    r"|Bareword \".{0,200}\" not allowed|Unrecognized character|Can't redeclare|Number found where|String found where"
    r"|Too (?:many|few|late)|Not enough arguments|Type of arg|Can't modify|Experimental"
    r"|Missing braces|Illegal declaration|Substitution .{0,60} not terminated"
    r"|Search pattern not terminated"
)
_FOLLOWING = ("BEGIN failed--", "Compilation failed in require", "Execution of ", "END failed--", "INIT failed--")
_NAMED = re.compile(r"# {1,9}Failed test(?: '(?P<test>.*)'|(?P<at> at .*))?$")
_AT = re.compile(r"# {1,9}(?:.*? )?at (?P<path>\S{1,1000}) line (?P<lineno>[0-9]{1,9})\.$")
_MAX_FRAMES = 200
_MAX_LINES = 40

MARKS: Marks = (
    Mark(" line ", r"[0-9]{1,9}(?:\.|, near |, at EOF|, <[^>\n]{0,60}> (?:line|chunk) | thread [0-9]{1,6}\.)"),
    Mark("Failed test", r"(?: '| at |[\t ]*\n)"),
)


def read_perl(lines: list[str]) -> Reading:
    """Return every failure of Perl code that ``lines``, free of terminal noise, report."""
    readers: Readers = (("Failed test", _read_test), (" line ", _read_message))
    return scan(lines, readers)


def _read_message(lines: Sequence[str], index: int) -> Found | None:
    """Return what ends in " at lib/Cart.pm line 27.", with the calls that Carp lists below it."""
    line = lines[index].rstrip()
    start = line.rfind(" at ")
    match = None
    for _ in range(3):
        if start < 0:
            break
        if match := _PLACE.match(line, start):
            break
        start = line.rfind(" at ", 0, start)
    if match is None or line.startswith(("\t", "#")) or not _is_perl(match["path"], match["rest"], lines, index):
        return None
    message = line[: match.start()].strip()
    if not message or message.startswith(_FOLLOWING):
        return Found((), index + 1) if message else None
    near = match["rest"].removeprefix(", ") if match["rest"].startswith((", near", ", at EOF")) else ""
    frames, end = _calls(lines, index + 1, match["path"], int(match["lineno"]))
    is_syntax, is_warning = _SYNTAX.match(message) is not None, _WARNING.match(message) is not None
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        exception_type="syntax error" if is_syntax else "warning" if is_warning else "die",
        message=f"{message}, {near}" if near else message,
        frames=frames,
        severity=Severity.WARNING if is_warning else Severity.ERROR,
        language=LANGUAGE,
    )
    weight = Weight.IGNORED if is_warning else Weight.TEST if is_syntax else Weight.UNCAUGHT
    return Found.one(failure, weight, index, end)


def _is_perl(path: str, rest: str, lines: Sequence[str], index: int) -> bool:
    """Return whether ``path`` is Perl's: by its ending, or a script's without one where Perl's own words go on."""
    if _PERL_FILE.search(path):
        return True
    has_calls = index + 1 < len(lines) and lines[index + 1].startswith("\t") and " called at " in lines[index + 1]
    return _SCRIPT.search(path) is not None and (has_calls or rest.startswith((", near ", ", <", ", at EOF")))


def _calls(lines: Sequence[str], start: int, path: str, lineno: int) -> tuple[tuple[StackFrame, ...], int]:
    """Return the frames of a message at ``path``, oldest call first, and the index after them.

    Each line below names what was called and where, so that the function that a place is in stands in the next line.
    """
    places: list[tuple[str, int]] = [(path, lineno)]
    functions: list[str] = []
    end = start
    while end < len(lines) and lines[end].startswith("\t") and (match := _CALLED.match(lines[end])):
        if len(places) < _MAX_FRAMES:
            places.append((match["path"], int(match["lineno"])))
            functions.append(match["call"] if match["call"].startswith("eval ") else match["call"].partition("(")[0])
        end += 1
    names = [*functions, None]
    frames = [
        StackFrame(path, lineno or None, None, name, in_app=_FOREIGN.search(path) is None)
        for (path, lineno), name in zip(places, names, strict=True)
    ]
    return tuple(reversed(frames)), end


def _read_test(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test that "#   Failed test 'adds prices'" begins."""
    line = lines[index].strip()
    match = _NAMED.match(line)
    if match is None:
        return None
    end = index + 1
    placed = _AT.match(line) if match["at"] else None
    if placed is None and end < len(lines) and (placed := _AT.match(lines[end].strip())):
        end += 1
    if placed is None:
        return None
    message: list[str] = []
    while end < min(len(lines), index + _MAX_LINES) and lines[end].lstrip().startswith("#    "):
        if "Failed test" in lines[end]:
            break
        message.append(lines[end].strip().removeprefix("#").strip())
        end += 1
    frame = StackFrame(placed["path"], int(placed["lineno"]) or None, in_app=_FOREIGN.search(placed["path"]) is None)
    failure = Failure(
        kind=FailureKind.ASSERTION,
        exception_type="Failed test",
        message="\n".join(message),
        frames=(frame,),
        test_id=match["test"] or f"{placed['path']}:{placed['lineno']}",
        language=LANGUAGE,
    )
    return Found.one(failure, Weight.TEST, index, end)

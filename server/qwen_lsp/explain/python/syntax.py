"""SyntaxError and IndentationError: what is missing where, and the change when only one makes the file compile."""

from __future__ import annotations

import re

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule, sentence
from qwen_lsp.explain.checking import compiles
from qwen_lsp.model import Position, Range

_TYPOGRAPHIC = str.maketrans(
    {
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
    | {
        "\u2013": "-",
        "\u2212": "-",
        "\u200b": "",
        "\ufeff": "",
        "\uff08": "(",
        "\uff09": ")",
        "\uff0c": ",",
        "\uff1a": ":",
    }
)
_HEADER = re.compile(r"\s*(?:if|elif|while)\b")
_SINGLE_EQUALS = re.compile(r"(?<![=!<>:+\-*/%&|^@])=(?!=)")
_COMMENT = re.compile(r"\s+#")
_MAX_COMMA_LINES = 3
_PRINT = re.compile(r"(?P<indent>\s*)print (?P<rest>\S.*)$")


def _only(site: Site, title: str, candidates: list[tuple[Range, str]]) -> Change | None:
    """Return the only one of ``candidates`` with which the file compiles."""
    if site.snapshot is None:
        return None
    good = [site.edit(place, text) for place, text in candidates if compiles(site.snapshot, (site.edit(place, text),))]
    return Change(title, (good[0],)) if len(good) == 1 else None


def _colon(site: Site, _match: re.Match[str]) -> Answer | None:
    if site.snapshot is None or site.place is None:
        return Answer("The line lacks its `:`.")
    line = site.place.start.line
    words = site.snapshot.line(line).split()
    what = f"`{words[0]}`" if words else "line"
    code_end = len(_COMMENT.split(site.snapshot.line(line))[0].rstrip())
    places = {site.place.start.character if site.is_underlined else code_end, code_end}
    candidates = [(_at(line, character), ":") for character in sorted(places)]
    return Answer(f"The header that begins with {what} lacks its `:`.", _only(site, "Add the missing `:`", candidates))


def _at(line: int, character: int) -> Range:
    return Range(Position(line, character), Position(line, character))


def _comma(site: Site, _match: re.Match[str]) -> Answer | None:
    """Answer for two expressions in a row: CPython underlines both, from the first's beginning."""
    text = "Two values stand side by side inside brackets with nothing between them; most often a comma is missing."
    snapshot, place = site.snapshot, site.place
    if snapshot is None or place is None:
        return Answer(text)
    first = place.start.line
    gaps = []
    for line in range(first, min(first + _MAX_COMMA_LINES, len(snapshot.lines))):
        end = len(_COMMENT.split(snapshot.line(line))[0].rstrip())
        gaps += [_at(line, end)] if end else []
    for gap in re.finditer(r"(?<=\S)\s+(?=\S)", snapshot.line(first)):
        gaps += [_at(first, gap.start())] if gap.start() >= place.start.character else []
    return Answer(text, _only(site, "Add the missing comma", [(gap, ",") for gap in gaps]))


def _equals(site: Site, _match: re.Match[str]) -> Answer | None:
    text = "`=` assigns; to compare two values, write `==`."
    snapshot, place = site.snapshot, site.place
    if snapshot is None or place is None or not _HEADER.match(snapshot.line(place.start.line)):
        return Answer(text)
    line = place.start.line
    candidates = [
        (Range(Position(line, one.start()), Position(line, one.end())), "==")
        for one in _SINGLE_EQUALS.finditer(snapshot.line(line))
    ]
    return Answer(text, _only(site, "Change `=` to `==`", candidates))


def _bracket(site: Site, match: re.Match[str]) -> Answer | None:
    closing, opening = match["closing"], match["opening"]
    right = {"(": ")", "[": "]", "{": "}"}[opening]
    where = f" of line {match['lineno']}" if match["lineno"] else ""
    text = f"`{closing}` comes where `{right}` must close the `{opening}`{where}."
    snapshot, place = site.snapshot, site.place
    if snapshot is None or place is None:
        return Answer(text)
    at = place.start
    if snapshot.line(at.line)[at.character : at.character + 1] != closing:
        return Answer(text)
    here = Range(at, Position(at.line, at.character + 1))
    candidates = [(here, right), (_at(at.line, at.character), right)]
    change = _only(site, f"Close `{opening}` with `{right}`", candidates)
    return Answer(text, change)


def _print(site: Site, _match: re.Match[str]) -> Answer | None:
    text = "`print` is a function in Python 3: what it prints stands in parentheses."
    snapshot, place = site.snapshot, site.place
    written = _PRINT.match(snapshot.line(place.start.line)) if snapshot is not None and place is not None else None
    if written is None or place is None or "#" in written["rest"]:
        return Answer(text)
    line = place.start.line
    start = written.start("rest") - 1
    whole = Range(Position(line, start), Position(line, written.end("rest")))
    return Answer(text, _only(site, "Put parentheses after `print`", [(whole, f"({written['rest'].rstrip()})")]))


def _typographic(site: Site, match: re.Match[str]) -> Answer | None:
    text = f"The character U+{match['code']} looks like one that Python knows, but is another."
    snapshot, place = site.snapshot, site.place
    if snapshot is None or place is None:
        return Answer(text)
    line = place.start.line
    old = snapshot.line(line)
    whole = Range(Position(line, 0), Position(line, len(old)))
    new = old.translate(_TYPOGRAPHIC)
    return Answer(text, _only(site, "Replace typographic characters", [(whole, new)]) if new != old else None)


def _never_closed(site: Site, match: re.Match[str]) -> Answer | None:
    opening = match["opening"]
    right = {"(": ")", "[": "]", "{": "}"}[opening]
    lineno = site.crash.frame.lineno if site.crash is not None else None
    where = f" of line {lineno}" if lineno else ""
    return Answer(f"The `{opening}`{where} has no `{right}`.")


def _block(site: Site, match: re.Match[str]) -> Answer | None:
    del site
    return Answer(
        f"The {match['what']} of line {match['lineno']} must have an indented block below it; "
        f"`pass` stands for one that does nothing."
    )


_SYNTAX = "SyntaxError IndentationError TabError"
RULES: tuple[Rule, ...] = (
    rule(_SYNTAX, r"expected ':'", _colon),
    rule(_SYNTAX, r"invalid syntax\. Perhaps you forgot a comma\?", _comma),
    rule(
        _SYNTAX, r"(?:invalid syntax|cannot assign to .*)\. Maybe you meant '==' (?:or ':=' )?instead of '='\?", _equals
    ),
    rule(
        _SYNTAX,
        r"closing parenthesis '(?P<closing>[)\]}])' does not match opening parenthesis '(?P<opening>[(\[{])'"
        r"(?: on line (?P<lineno>[0-9]+))?",
        _bracket,
    ),
    rule(_SYNTAX, r"'(?P<opening>[(\[{])' was never closed", _never_closed),
    rule(
        _SYNTAX,
        r"unmatched '(?P<closing>[)\]}])'",
        sentence("This `{closing}` closes nothing: one too many, or its opening bracket is missing."),
    ),
    rule(_SYNTAX, r"Missing parentheses in call to 'print'", _print),
    rule(_SYNTAX, r"invalid (?:non-printable )?character.* ?\(?U\+(?P<code>[0-9A-F]{4,6})\)?", _typographic),
    rule(
        _SYNTAX,
        r"unterminated string literal",
        sentence(
            "The text that begins here has no closing quote in its line; a text over several lines takes three quotes."
        ),
    ),
    rule(
        _SYNTAX, r"unterminated triple-quoted", sentence("The text that begins here with three quotes is never closed.")
    ),
    rule(_SYNTAX, r"EOL while scanning string literal", sentence("The text has no closing quote in its line.")),
    rule(
        _SYNTAX,
        r"unexpected EOF while parsing",
        sentence("The file ends inside a bracket or before the block of a header."),
    ),
    rule(_SYNTAX, r"expected an indented block after (?P<what>.+) on line (?P<lineno>[0-9]+)", _block),
    rule(
        _SYNTAX,
        r"unexpected indent",
        sentence("The line is indented further than the one before, which opens no block."),
    ),
    rule(
        _SYNTAX,
        r"unindent does not match any outer indentation level",
        sentence("The line is indented less than the one before, but as far as none of the blocks around it."),
    ),
    rule(
        _SYNTAX,
        r"inconsistent use of tabs and spaces",
        sentence("Tabs and spaces are mixed, so that the depth of this line is not defined; use spaces alone."),
    ),
    rule(
        _SYNTAX,
        r"f-string: expecting '\}'|f-string: expecting '=', or '!', or ':', or '\}'",
        sentence("A `{{` of the f-string is not closed; a brace that belongs to the text is written twice."),
    ),
    rule(
        _SYNTAX,
        r"f-string: single '\}' is not allowed",
        sentence("A `}}` of the f-string closes nothing; a brace that belongs to the text is written twice."),
    ),
    rule(
        _SYNTAX,
        r"positional argument follows keyword argument",
        sentence("Arguments without a name come before those with one."),
    ),
    rule(
        _SYNTAX,
        r"leading zeros in decimal integer literals",
        sentence("A number cannot begin with 0 (octal numbers with 0o); with its zeros kept it must be a text."),
    ),
    rule(_SYNTAX, r"'await' outside(?: async)? function", sentence("`await` works only inside `async def`.")),
    rule(
        _SYNTAX,
        r"'(?P<word>return|yield)' outside function",
        sentence("`{word}` belongs inside a function; check the indentation."),
    ),
    rule(
        _SYNTAX,
        r"'(?P<word>break|continue)' (?:outside loop|not properly in loop)",
        sentence("`{word}` belongs inside a loop; check the indentation."),
    ),
    rule(
        _SYNTAX,
        r"name '(?P<name>\w+)' is (?:assigned to before|used prior to) global declaration",
        sentence("`global` must come before the first use of the name in the function."),
    ),
    rule(
        _SYNTAX,
        r"cannot assign to (?P<what>function call|literal|expression|operator)",
        sentence("Only names, attributes and items can stand to the left of `=`; a comparison is `==`."),
    ),
)

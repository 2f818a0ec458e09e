"""Titles for where Markdown is not read: menus of editors, tabs, SARIF."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<!`)(`+)(?!`)(?P<code>.+?)(?<!`)\1(?!`)")
"""A code span (CommonMark 0.31, 6.1): it ends with as many backticks as it begins with."""
_EMPHASIS = re.compile(r"\*\*(?=\S)(?P<words>.+?)(?<=\S)\*\*")


def plain(title: str) -> str:
    """Return a title in Markdown as plain text: code stands in quotes, and emphasis is gone.

    Typographic quotes, in every language: what code holds are the straight ones.
    """
    parts = []
    end = 0
    for span in _CODE.finditer(title):
        parts += [_words(title[end : span.start()]), f"“{span['code'].strip()}”"]
        end = span.end()
    return "".join([*parts, _words(title[end:])])


def _words(text: str) -> str:
    """Return what stands between code spans; a backtick there has lost its other one, as where a title was cut."""
    return _EMPHASIS.sub(r"\g<words>", text.replace("`", ""))

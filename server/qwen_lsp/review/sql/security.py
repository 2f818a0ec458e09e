"""Rights for everybody, passwords in scripts, statements built from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qwen_lsp.messages import say
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.sql.code import Script, Statement

_HASH = re.compile(r"^(?:\$\w+\$|\{?[A-Z0-9-]+\}|SCRAM-SHA-256|md5[0-9a-f]{32}$|[0-9a-f]{32,}$|\*[0-9A-F]{40}$)")
_QUOTING = re.compile(r"(?i)quote_literal|quote_ident|quote_nullable|quotename|format\s*\(")


def rights_for_all(_script: Script, statement: Statement) -> Iterator[Found]:
    """``GRANT ALL ... TO PUBLIC``."""
    match = statement.find(r"^\s*grant\s+(?P<what>.+?)\s+on\b.*\bto\s+(?P<who>public\b|'?%'?)")
    if match is not None and re.search(r"(?i)\ball\b|insert|update|delete", match["what"]):
        yield Found(
            statement.place(0, len(statement.text)),
            SECURITY,
            "rights-for-all",
            say("Every user of the database may change these tables."),
        )


def written_password(_script: Script, statement: Statement) -> Iterator[Found]:
    """``CREATE USER ... PASSWORD '...'``; a password as a column's default."""
    text = statement.text
    match = re.search(
        r"(?is)^\s*(?:create|alter)\s+(?:user|role|login)\b.*?\b(?:password|identified\s+by|with\s+password\s*=)\s*=?\s*N?'([^']+)'",
        text,
    )
    if match is not None and not _is_filled_in(match[1]):
        yield Found(
            statement.place(match.start(1) - 1, match.end(1) + 1),
            SECURITY,
            "written-secret",
            say(
                "This secret is readable by everyone who gets the code, and stays in its history. Set it where the "
                "script is run."
            ),
        )
    for match in re.finditer(
        r"(?i)\b(?:password|passwd|pwd|api_key|secret)\b[^,;()]*?(?:\([^)]*\))?[^,;()]*?\bdefault\s+'([^']+)'", text
    ):
        if not _is_filled_in(match[1]):
            yield Found(
                statement.place(match.start(), match.end()),
                SECURITY,
                "default-password",
                say(
                    "Whoever knows this default can sign in to every account that was made without a password of its "
                    "own."
                ),
            )


def _is_filled_in(value: str) -> bool:
    return _HASH.match(value) is not None or (
        re.search(r"[<>{}$:%]|^\s*$", value) is not None and not re.search(r"\w[!$%]$|^\w+\$\w", value)
    )


def built_statement(_script: Script, statement: Statement) -> Iterator[Found]:
    """``EXECUTE 'SELECT ... ''' || wanted || ''''``."""
    text = re.sub(
        r"--[^\n]*|/\*.*?\*/", lambda match: re.sub(r"[^\r\n]", " ", match[0]), statement.text, flags=re.DOTALL
    )
    literal = r"N?'(?:[^']|'')*'"
    for match in re.finditer(
        rf"(?is)\b(?:execute(?:\s+immediate)?|exec)\s*\(?\s*({literal}\s*(?:\|\||\+)\s*[^;]*)", text
    ):
        if not _QUOTING.search(match[1]):
            yield _built(statement, match)
    executed = re.findall(r"(?i)\b(?:exec(?:ute)?|sp_executesql)\s*\(?\s*(@\w+|\w+)\s*\)?", text)
    for match in re.finditer(rf"(?is)(?P<name>@\w+|\b\w+)\s*:?=\s*(?P<built>{literal}\s*(?:\|\||\+)\s*[^;]*)", text):
        if match["name"] in executed and not _QUOTING.search(match["built"]):
            yield _built(statement, match)


def _built(statement: Statement, match: re.Match[str]) -> Found:
    return Found(
        statement.place(match.start(), match.end()),
        SECURITY,
        "sql-injection",
        say(
            "What is joined in becomes part of the statement itself: whoever chooses it can change it. Hand it over "
            "as a parameter."
        ),
    )


RULES: tuple[Callable[[Script, Statement], Iterator[Found]], ...] = (rights_for_all, written_password, built_statement)

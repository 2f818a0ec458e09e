"""Logs opened in the editor: links from frames to files of the workspace, and "Diagnose this error log" above them."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lsprotocol import types

from qwen_lsp.features import diagnose
from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import request
from qwen_lsp.messages import say
from qwen_lsp.model import ParsedLog
from qwen_lsp.protocol.positions import to_client_range
from qwen_lsp.session import OpenDocument, one_line
from qwen_lsp.text import JoinedText, TextSnapshot, split_lines

if TYPE_CHECKING:
    from qwen_lsp.workspace import Mention

_LANGUAGES = frozenset({"log", "plaintext", "text", ""})
"""VS Code's names for logs and plain text, Neovim's "text", and none at all."""

_SUFFIXES = (".log", ".txt", ".out", ".err")
_LARGEST_LOG = 5_000_000
"""Characters; editors ask anew after each change of the buffer."""


def register(connection: Connection) -> None:
    """Register the handlers of this module."""
    # In threads: reading a long log takes a quarter of a second, and other requests wait for this one's start only.

    @request(connection, types.TEXT_DOCUMENT_DOCUMENT_LINK, types.DocumentLinkOptions(resolve_provider=False))
    async def document_link(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        document = connection.session.documents.get(params.text_document.uri)
        if document is None or not is_log(document) or len(document.text) > _LARGEST_LOG:
            return []
        return await asyncio.to_thread(_links, connection, document)

    @request(connection, types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        document = connection.session.documents.get(params.text_document.uri)
        if document is None or not is_log(document) or len(document.text) > _LARGEST_LOG:
            return []
        parsed = await asyncio.to_thread(read, document.text)
        if not parsed.failures:
            return []
        at = types.Position(_line_of_primary(document, parsed), 0)
        return [types.CodeLens(types.Range(at, at), diagnosing(document.uri, whole(document)))]


def is_log(document: OpenDocument) -> bool:
    """Return whether a buffer may be a log: by the editor's word or by its name, whatever it holds."""
    name = urlsplit(document.uri).path
    return document.language in _LANGUAGES or name.lower().endswith(_SUFFIXES)


@lru_cache(maxsize=2)
def read(text: str) -> ParsedLog:
    """Return what a log holds; the last two are kept, as an editor asks several times about the same text."""
    from qwen_lsp.logparse import parse_log  # not at start: see Session

    return parse_log(text)


def whole(document: OpenDocument) -> types.Range:
    """Return the range of a buffer's whole text."""
    return types.Range(types.Position(0, 0), types.Position(len(document.lines), 0))


def diagnosing(uri: str, place: types.Range) -> types.Command:
    """Return the command that diagnoses the log at ``place`` of a buffer."""
    ends = {
        name: {"line": end.line, "character": end.character}
        for name, end in (("start", place.start), ("end", place.end))
    }
    arguments = [{"textDocument": {"uri": uri}, "range": ends}]
    return types.Command(say("Diagnose this error log"), diagnose.COMMAND, arguments=arguments)


def _links(connection: Connection, document: OpenDocument) -> list[types.DocumentLink]:
    from qwen_lsp.workspace import mentions  # not at start: see Session

    parsed = read(document.text)
    if not parsed.failures:
        return []
    session = connection.session
    roots = connection.roots(None if document.path is None else document.path.parent)
    shown = TextSnapshot(document.path or Path(), document.text)

    def link(one: Mention) -> types.DocumentLink:
        place = to_client_range(one.range, session.documents.read(one.path), connection.codec).start
        # VS Code opens the place that "#L12,5" names, 1-based; other editors open the file.
        target = f"{connection.converter.uri(one.path)}#L{place.line + 1},{place.character + 1}"
        return types.DocumentLink(to_client_range(one.where, shown, connection.codec), target)

    return [link(one) for one in mentions(document.text, parsed, roots, session.documents)]


def _line_of_primary(document: OpenDocument, parsed: ParsedLog) -> int:
    """Return the line in which the log names the primary failure, or its first one where it does so in other words."""
    primary = next(failure for failure in parsed.failures if failure.primary)
    joined = JoinedText(document.text, parsed.breaks)
    position = joined.text.rfind(said := one_line(primary).partition("\n")[0])
    if position < 0:
        return 0
    start = next(joined.parts(position, position + len(said)))[0]
    return max(len(split_lines(document.text[: start + 1])) - 1, 0)

"""Keeps the session's documents and what is shown in step with the editor and the disk."""

from __future__ import annotations

from lsprotocol import types

from qwen_lsp.features import feedback
from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import notification
from qwen_lsp.protocol.positions import path_of
from qwen_lsp.session import OpenDocument


def register(connection: Connection) -> None:
    """Register the handlers of this module.

    The texts are kept here and not taken from pygls' workspace, which breaks lines with ``str.splitlines``; for the
    same reason the server asks for full synchronisation: pygls would apply partial changes at wrong lines.
    """
    session = connection.session

    def put(document: OpenDocument) -> None:
        session.documents.put(document)
        if document.path is not None:
            connection.publish(session.board.refresh(document.path), typed_in=document.path)
            feedback.notice(connection, document.path)

    @notification(connection, types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        document = OpenDocument(item.uri, path_of(item.uri), item.version, item.text, item.language_id)
        pushed = document.path is not None and session.board.findings(document.path)
        put(document)
        if pushed and connection.features.pulls_diagnostics:
            connection.take_back(document)

    @notification(connection, types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                message = f"{uri}: the client sent a partial change, but full synchronisation was agreed"
                raise TypeError(message)
            known = session.documents.get(uri)
            language = known.language if known is not None else ""
            put(OpenDocument(uri, path_of(uri), params.text_document.version, change.text, language))

    @notification(connection, types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        document = session.documents.close(params.text_document.uri)
        if document is None or document.path is None:
            return
        changed = session.board.refresh(document.path)
        if connection.features.pulls_diagnostics:
            changed |= {document.path}
        connection.publish(changed)

    @notification(connection, types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        for event in params.changes:
            path = path_of(event.uri)
            if path is not None and session.documents.at(path) is None:
                connection.publish(session.board.refresh(path))
                feedback.notice(connection, path)

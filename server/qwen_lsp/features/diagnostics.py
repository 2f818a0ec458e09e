"""``textDocument/diagnostic``: what is shown, for clients that pull."""

from __future__ import annotations

from lsprotocol import types

from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import request
from qwen_lsp.protocol.convert import SOURCE
from qwen_lsp.protocol.positions import path_of


def register(connection: Connection) -> None:
    """Register the handlers of this module."""
    options = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE)

    @request(connection, types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    def diagnostic(params: types.DocumentDiagnosticParams) -> types.RelatedFullDocumentDiagnosticReport:
        path = path_of(params.text_document.uri)
        if path is None or not connection.features.pulls_diagnostics:
            # Everything is pushed to this client (see ``Connection.publish``).
            return types.RelatedFullDocumentDiagnosticReport([])
        return types.RelatedFullDocumentDiagnosticReport(connection.diagnostics(path))

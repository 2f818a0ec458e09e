"""What every feature needs: the pygls server, the session, and ways to reach the user."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from qwen_lsp.protocol.capabilities import ClientFeatures, client_features
from qwen_lsp.protocol.convert import Converter
from qwen_lsp.protocol.positions import path_of
from qwen_lsp.session import OpenDocument, Session

if TYPE_CHECKING:
    from qwen_lsp.features.backend import BackendStatus


class Connection:
    """One client's connection; all but ``server`` and ``session`` exist from ``initialize`` on.

    ``backend`` is set when ``initialized`` has been handled.
    """

    def __init__(self, server: LanguageServer, session: Session) -> None:
        self.server = server
        self.session = session
        self.backend: BackendStatus | None = None

    @cached_property
    def features(self) -> ClientFeatures:
        """What the client can do."""
        return client_features(self.server.client_capabilities)

    @property
    def codec(self) -> PositionCodec:
        """Counts in the negotiated position encoding."""
        return self.server.workspace.position_codec

    @cached_property
    def converter(self) -> Converter:
        """Converts for this client."""
        return Converter(self.session, self.codec, self.features)

    def roots(self, *fallbacks: Path | None) -> tuple[Path, ...]:
        """Return the workspace folders; without any, the first fallback there is, else the working directory."""
        uris = [folder.uri for folder in self.server.workspace.folders.values()]
        if not self.features.workspace_folders and self.server.workspace.root_uri:
            # An older client; a newer one may have closed the folder that it started with.
            uris = [self.server.workspace.root_uri]
        roots = tuple(path for path in map(path_of, uris) if path is not None)
        return roots or (next((path for path in fallbacks if path is not None), Path.cwd()),)

    def publish(self, paths: Iterable[Path], typed_in: Path | None = None) -> None:
        """Bring the client up to date on the findings of ``paths``.

        A client that pulls and can be told to pull again does so for open files, and gets the others pushed: a
        client with both would show a finding twice. ``typed_in`` is a file that it pulls anyway.
        """
        pull_again = False
        for path in paths:
            if self.features.pulls_diagnostics and self.session.documents.at(path) is not None:
                pull_again = pull_again or path != typed_in
            else:
                self.push(path)
        if pull_again:
            self.server.workspace_diagnostic_refresh(None)

    def push(self, path: Path) -> None:
        """Push the findings of one file."""
        document = self.session.documents.at(path)
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=self.converter.uri(path),
                diagnostics=self.diagnostics(path),
                version=None if document is None else document.version,
            )
        )

    def take_back(self, document: OpenDocument) -> None:
        """Empty what was pushed for a file that the client will pull from now on."""
        self.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, []))

    def diagnostics(self, path: Path) -> list[types.Diagnostic]:
        """Return the findings of one file as the client shows them."""
        return [self.converter.diagnostic(finding) for finding in self.session.board.findings(path)]

    def warn(self, message: str) -> None:
        """Show the user a message that asks for something to be done."""
        self.server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def log(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Write to the client's log of this server."""
        self.server.window_log_message(types.LogMessageParams(kind, message))

"""The language server: its parts wired together, and the two ways to serve."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import JsonRPCRequestMessage, LanguageServerProtocol, default_converter

from qwen_lsp import __version__
from qwen_lsp.features import Connection, register_all
from qwen_lsp.session import AnalyzerFactory, Documents, Session
from qwen_lsp.workspace import DiskDocuments

if TYPE_CHECKING:
    from qwen_lsp.analysis import Analyzer
    from qwen_lsp.backend import ChatBackend

_logger = logging.getLogger(__name__)

_LAST_SECONDS_S = 2.0
"""How long cleaning up may take once the client is gone."""


def build_analyzer(backend: ChatBackend, documents: Documents) -> Analyzer:
    """Return an analyzer that asks this backend."""
    from qwen_lsp.analysis import Analyzer

    return Analyzer(documents, backend)


def create_server(make_analyzer: AnalyzerFactory = build_analyzer) -> Server:
    """Return a server with every feature registered; it has one session and serves one client."""
    server = Server()
    register_all(Connection(server, Session(Documents(DiskDocuments()), make_analyzer)))
    return server


def serve_stdio(log_file: Path | None, make_analyzer: AnalyzerFactory = build_analyzer) -> int:
    """Serve on stdin and stdout until the client is gone; return the exit code (LSP 3.17, "Exit Notification")."""
    _log_to(log_file)
    stdin, stdout = _take_over_stdio()
    server = create_server(make_analyzer)

    @server.feature(types.EXIT)
    def leave(_params: None) -> None:
        server.end_soon()

    server.start_io(cast("BinaryIO", _Input(stdin, server)), stdout)
    return server.exit_code


def serve_tcp(host: str, port: int, log_file: Path | None) -> int:
    """Serve the first client that connects; return the exit code."""
    _log_to(log_file)
    server = create_server()
    server.start_tcp(host, port)
    return server.exit_code


class Server(LanguageServer):
    """pygls' server, with what it gets wrong put right."""

    protocol: _Protocol

    def __init__(self) -> None:
        super().__init__(
            "qwen-lsp",
            __version__,
            # pygls breaks lines with str.splitlines, also at form feeds and U+2028: partial changes would be applied
            # at wrong places.
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
            protocol_cls=_Protocol,
            converter_factory=_converter,
        )

    @property
    def exit_code(self) -> int:
        """0 when the client asked for the shutdown, else 1."""
        return 0 if self.protocol.shutdown_requested else 1

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Write to the editor's log what was wrong with its message; requests also get their own answer."""
        if source is not FeatureRequestError and not isinstance(error, BrokenPipeError):
            words = f"qwen-lsp could not handle a message of the editor: {error}"
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, words))

    def end_soon(self) -> None:
        """End the process in any case before long, also when a thread does not return."""
        last_resort = threading.Timer(_LAST_SECONDS_S, os._exit, [self.exit_code])
        last_resort.daemon = True
        last_resort.start()


class _Protocol(LanguageServerProtocol):
    @property
    def shutdown_requested(self) -> bool:
        return self._shutdown

    def structure_message(self, data: dict[str, Any]) -> Any:
        # This runs for every object inside a message too, and pygls takes any with a key `jsonrpc` for a message.
        if data.get("jsonrpc") != self.VERSION or not {"id", "method"} & data.keys():
            return data
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            # pygls leaves a request that has wrong parameters without an answer.
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise


def _converter() -> Converter:
    """Return pygls' converter, but give the parameters of ``qwen/...`` requests as the JSON they came as.

    pygls turns them into namedtuples whose fields it renames where it sees fit.
    """
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]  # pygls leaves it unannotated
    converter.register_structure_hook(
        JsonRPCRequestMessage,
        lambda data, kind: kind(data["id"], data["method"], data["jsonrpc"], data.get("params")),
    )
    return converter


class _Input:
    """stdin as pygls reads it; its end gives the process a deadline."""

    def __init__(self, stream: BinaryIO, server: Server) -> None:
        self._stream = stream
        self._server = server

    def readline(self) -> bytes:
        return self._checked(self._stream.readline())

    def read(self, size: int) -> bytes:
        return self._checked(self._stream.read(size))

    def _checked(self, data: bytes) -> bytes:
        if not data:
            self._server.end_soon()
        return data


def _take_over_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Return the real stdin and stdout, and leave harmless ones in their places.

    Whatever prints, in Python, in C or in a child process, writes to stderr from now on; a child cannot read the
    client's messages.
    """
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout


def _log_to(log_file: Path | None) -> None:
    """Write the server's own log to a file or to stderr; others' only from warnings up.

    At INFO pygls logs whole messages, with the user's code.
    """
    logging.basicConfig(
        filename=log_file, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("qwen_lsp").setLevel(logging.INFO)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_no_answer)


def _is_no_answer(record: logging.LogRecord) -> bool:
    """Whether a record is not the traceback that pygls logs when a request is refused or cancelled as it should be."""
    return not (record.exc_info and isinstance(record.exc_info[1], JsonRpcException))

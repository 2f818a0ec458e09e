"""An editor for tests: pytest-lsp's client on a real server process, with documents and waiting for what is shown."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import JsonRPCResponseMessage, default_converter
from pytest_lsp import LanguageClient, LspSpecificationWarning
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from qwen_lsp.text import split_lines

SERVER = [sys.executable, "-m", "qwen_lsp", "--stdio"]
DEADLINE_S = 60.0
REPOSITORY = Path(__file__).parents[2]

PUSH_ONLY = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
        code_action=types.CodeActionClientCapabilities(
            data_support=True,
            disabled_support=True,
            resolve_support=types.ClientCodeActionResolveOptions(properties=["edit"]),
        ),
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_folders=True, workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
)
"""A client like Neovim 0.11: edits resolved lazily, diagnostics pushed, no progress."""


class _Client(LanguageClient):
    """Hears of everything, and keeps what pygls would only log."""

    def __init__(self) -> None:
        super().__init__(converter_factory=_converter)
        self.errors: list[Exception] = []
        self.published: list[types.PublishDiagnosticsParams] = []
        self.registrations: list[types.Registration] = []
        self.heard = asyncio.Event()
        self.partial_texts: dict[types.ProgressToken, list[str]] = {}
        features = {
            **DEFAULT_CLIENT_FEATURES,
            types.CLIENT_REGISTER_CAPABILITY: _register,
            types.PROGRESS: _progress,
        }
        register_lsp_features(self, {name: _heard(feature) for name, feature in features.items()})

    def report_server_error(self, error: Exception, source: Any) -> None:
        del source
        self.errors.append(error)
        self.heard.set()


def _register(client: _Client, params: types.RegistrationParams) -> None:
    client.registrations += params.registrations


def _progress(client: _Client, params: types.ProgressParams) -> None:
    text = params.value.get("text") if isinstance(params.value, dict) else getattr(params.value, "text", None)
    if text is None:
        DEFAULT_CLIENT_FEATURES[types.PROGRESS](client, params)
    else:  # a partial result, of which pytest-lsp knows nothing
        client.partial_texts.setdefault(params.token, []).append(text)


def _heard(feature: Callable[..., Any]) -> Callable[..., Any]:
    def handle(client: _Client, params: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("error", LspSpecificationWarning)
            if isinstance(params, types.PublishDiagnosticsParams):
                client.published.append(params)
            answer = feature(client, params)
        client.heard.set()
        return answer

    # pygls passes the client to handlers whose first parameter is annotated with its class.
    handle.__annotations__ = {"client": _Client}
    return handle


def _converter() -> Any:
    converter = default_converter()  # type: ignore[no-untyped-call]

    def _structure_action(data: Any, _kind: object) -> Any:
        return converter.structure(data, types.CodeAction)

    converter.register_structure_hook(
        JsonRPCResponseMessage, lambda data, kind: kind(data["id"], data["jsonrpc"], data.get("result"))
    )
    # lsprotocol takes a code action that has a command for a Command.
    converter.register_structure_hook(types.Command | types.CodeAction, _structure_action)
    return converter


class Editor:
    """An editor that has opened the folder ``root``."""

    def __init__(self, client: _Client, root: Path, encoding: str, deadline_s: float = DEADLINE_S) -> None:
        self.client = client
        self.root = root
        self._deadline_s = deadline_s
        self._codec = {"utf-16": "utf-16-le", "utf-8": "utf-8"}[encoding]
        self._unit = {"utf-16": 2, "utf-8": 1}[encoding]
        self._open: dict[str, tuple[int, str]] = {}

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server's process."""
        assert self.client._server is not None
        return self.client._server

    def uri(self, name: str) -> str:
        """Return the URI of a file in the folder."""
        return (self.root / name).as_uri()

    def text(self, name: str) -> str:
        """Return what the editor shows of a file: its buffer, or what is on disk."""
        buffer = self._open.get(self.uri(name))
        return buffer[1] if buffer else (self.root / name).read_bytes().decode()

    def open(self, name: str) -> None:
        """Open a file of the folder."""
        self.open_buffer(self.uri(name), self.text(name))

    def open_buffer(self, uri: str, text: str, language: str = "python") -> None:
        """Open a buffer."""
        self._open[uri] = (1, text)
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text))
        )

    def change(self, name: str, text: str) -> None:
        """Replace a buffer's whole text."""
        uri = self.uri(name)
        version = self._open[uri][0] + 1
        self._open[uri] = (version, text)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def close(self, name: str) -> None:
        """Close a buffer without saving it."""
        del self._open[self.uri(name)]
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(name)))
        )

    def changed_on_disk(self, name: str) -> None:
        """Tell the server that a file was written or deleted."""
        event = types.FileEvent(self.uri(name), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    async def request(self, method: str, params: Any, request_id: str | None = None) -> Any:
        """Send a request and return its result."""
        async with asyncio.timeout(self._deadline_s):
            # pytest-lsp leaves it unannotated.
            return await self.client.protocol.send_request_async(method, params, request_id)  # type: ignore[no-untyped-call]

    async def diagnose(self, log: str, **params: Any) -> Any:
        """Return the report of ``qwen/diagnose``."""
        return await self.request("qwen/diagnose", {"log": log, **params})

    def start(self, method: str, params: Any, request_id: str | None = None) -> asyncio.Task[Any]:
        """Send a request and return the task that waits for its result."""
        return asyncio.create_task(self.request(method, params, request_id))

    async def waiting(self, event: threading.Event) -> None:
        """Wait for an event of the fake backend."""
        assert await asyncio.to_thread(event.wait, DEADLINE_S), "the model's server did not see what it should"

    def cancel(self, request_id: str) -> None:
        """Cancel a request."""
        self.client.cancel_request(types.CancelParams(request_id))

    def shown(self, name: str) -> Sequence[types.Diagnostic]:
        """Return the diagnostics last pushed for a file."""
        return self.client.diagnostics.get(self.uri(name), [])

    def codes(self, name: str) -> list[object]:
        """Return the codes of the diagnostics last pushed for a file."""
        return [diagnostic.code for diagnostic in self.shown(name)]

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait until messages of the server have made ``condition`` true."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not condition():
                    self.client.heard.clear()
                    await self.client.heard.wait()
        except TimeoutError:
            message = f"still waiting for {what}; shown: {self.client.diagnostics}; said: {self.client.messages}"
            raise AssertionError(message) from None

    async def settled(self) -> None:
        """Wait until the server has handled everything sent so far."""
        await self.actions("settled.py")

    async def actions(
        self, name: str, at: types.Range | None = None, only: list[str] | None = None
    ) -> list[types.CodeAction]:
        """Return the code actions for a place, default the first diagnostic's."""
        shown = self.shown(name)
        place = at or (shown[0].range if shown else types.Range(types.Position(0, 0), types.Position(0, 0)))
        context = types.CodeActionContext(list(shown), only=only)
        params = types.CodeActionParams(types.TextDocumentIdentifier(self.uri(name)), place, context)
        found = await self.client.text_document_code_action_async(params)
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    def selected(self, name: str, place: types.Range) -> str:
        """Return the text of a one-line range, counted as this editor counts."""
        line = split_lines(self.text(name))[place.start.line].encode(self._codec)
        return line[place.start.character * self._unit : place.end.character * self._unit].decode(self._codec)

    def apply(self, edit: types.WorkspaceEdit) -> None:
        """Apply an edit to open buffers, after checking that it is for their versions."""
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            uri = change.text_document.uri
            version, text = self._open[uri]
            assert change.text_document.version == version
            lines = [line.encode(self._codec) for line in split_lines(text)]

            def offset(position: types.Position, lines: list[bytes] = lines) -> int:
                return sum(map(len, lines[: position.line])) + position.character * self._unit

            raw = b"".join(lines)
            for one in sorted(change.edits, key=lambda each: -offset(each.range.start)):
                assert isinstance(one, types.TextEdit | types.AnnotatedTextEdit)
                raw = raw[: offset(one.range.start)] + one.new_text.encode(self._codec) + raw[offset(one.range.end) :]
            self.change(Path(uri).name, raw.decode(self._codec))


@asynccontextmanager
async def editing(
    root: Path,
    base_url: str,
    *,
    encoding: str = "utf-16",
    capabilities: types.ClientCapabilities = PUSH_ONLY,
    options: dict[str, Any] | None = None,
    locale: str | None = None,
    command: Sequence[str] = SERVER,
    variables: Mapping[str, str] | None = None,
    deadline_s: float = DEADLINE_S,
) -> AsyncIterator[Editor]:
    """Start a server whose model is at ``base_url`` and open ``root``; at the end it must go in an orderly way.

    ``variables`` are added to the server's environment; ``deadline_s`` is how long one answer may take.
    """
    client = _Client()
    # What becomes of fixes is kept, but not among the user's own.
    state = {"XDG_STATE_HOME": str(root.parent / "state")}
    # The action that runs the failed command is for the tests that are about it.
    rerun = {"QWEN_LSP_FIX_RERUN": "off"}
    env = {**environment(base_url), **state, **rerun, **(variables or {}), "QWEN_LSP_BASE_URL": base_url}
    await client.start_io(command[0], *command[1:], env=env, cwd=REPOSITORY)
    editor = Editor(client, root, encoding, deadline_s)
    try:
        capabilities.general = types.GeneralClientCapabilities(position_encodings=[encoding])
        async with asyncio.timeout(DEADLINE_S):
            await client.initialize_session(
                types.InitializeParams(
                    capabilities,
                    root_uri=root.as_uri(),
                    workspace_folders=[types.WorkspaceFolder(root.as_uri(), root.name)],
                    initialization_options=options,
                    locale=locale,
                )
            )
        yield editor
        if editor.process.returncode is None:
            async with asyncio.timeout(DEADLINE_S):
                await client.shutdown_session()
            assert editor.process.returncode == 0
        assert client.errors == []
    finally:
        if editor.process.returncode is None:
            editor.process.kill()
        await client.stop()  # type: ignore[no-untyped-call]


def environment(base_url: str) -> dict[str, str]:
    """Return the environment of a server whose model is at ``base_url``."""
    return {**os.environ, "QWEN_LSP_BASE_URL": base_url, "QWEN_LSP_TIMEOUT_S": "60", "PYTHONWARNINGS": "ignore"}


def run_failing(root: Path, name: str, source: str) -> str:
    """Write a program, run it, and return what it printed when it failed."""
    (root / name).write_bytes(source.encode())
    ran = subprocess.run([sys.executable, name], cwd=root, capture_output=True, check=False)
    assert ran.returncode != 0
    return ran.stderr.decode()

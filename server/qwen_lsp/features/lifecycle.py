"""From ``initialize`` to the end: settings, the editor's process, and a shutdown that leaves nothing behind."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time

from lsprotocol import types

from qwen_lsp import messages, settings
from qwen_lsp.features import backend
from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import notification, request

_logger = logging.getLogger(__name__)

_EDITOR_POLL_S = 1.0

_WATCHED = "**/*.py"
"""Files whose frames the logs can name today."""


def register(connection: Connection) -> None:
    """Register the handlers of this module."""
    initialization_options: list[object] = []
    locale: list[str | None] = []

    @request(connection, types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        initialization_options.append(params.initialization_options)
        locale.append(params.locale)

    @notification(connection, types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        process_id = connection.server.process_id
        if process_id is not None:
            threading.Thread(target=_end_with, args=(process_id,), name="editor-watch", daemon=True).start()
        # Here and not in `initialize`, whose answer the editor waits for: making an analyzer imports the analysis.
        resolved, warnings = settings.resolve(os.environ, initialization_options[0])
        messages.speak(messages.choose(resolved.language, locale[0]))
        connection.session.configure(backend.configure(connection, resolved), resolved.fix.rerun)
        for warning in warnings:
            connection.log(f"qwen-lsp: {warning}")
        if connection.features.registered_watchers:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            registration = types.Registration("qwen-watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            connection.server.client_register_capability(types.RegistrationParams([registration]))
        threading.Thread(target=_preload, name="preload", daemon=True).start()

    @request(connection, types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        # pygls cancels what is in flight by itself, but a command among it makes it answer this very request with
        # InternalError (a dict changes size while it iterates). So nothing of ours is left for it to cancel.
        await connection.session.stop()
        if connection.backend is not None:
            await connection.backend.close()


def _preload() -> None:
    from qwen_lsp.review import preload

    preload()


def _end_with(process_id: int) -> None:
    """End this process when the editor's is gone (LSP 3.17, "InitializeParams.processId").

    stdin ends then too, unless another process holds its other end. A thread of pygls is blocked reading it, so only
    ``os._exit`` gets out; the connection to the model's server closes with the process.
    """
    import psutil  # 40 ms that the answer to ``initialize`` need not wait for

    try:
        editor = psutil.Process(process_id)
    except psutil.NoSuchProcess:
        # An editor outside of this container: its number means nothing here.
        _logger.warning("process %d, the editor, cannot be seen from here; only the end of stdin ends us", process_id)
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        # One that ended counts as running until its parent has asked for its exit code.
        while editor.is_running() and editor.status() != psutil.STATUS_ZOMBIE:
            time.sleep(_EDITOR_POLL_S)
    _logger.warning("process %d, the editor, is gone; ending", process_id)
    logging.shutdown()
    os._exit(1)

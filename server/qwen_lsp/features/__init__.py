"""One module for each part of LSP that the server speaks, each with ``register(connection)``."""

from qwen_lsp.features import (
    ask,
    backend,
    code_actions,
    diagnose,
    diagnostics,
    documents,
    feedback,
    lifecycle,
    logs,
    review,
)
from qwen_lsp.features.connection import Connection

__all__ = ["Connection", "register_all"]


def register_all(connection: Connection) -> None:
    """Register every feature with the connection's server."""
    for feature in (lifecycle, documents, diagnostics, diagnose, code_actions, logs, ask, review, feedback, backend):
        feature.register(connection)

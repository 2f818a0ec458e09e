"""The model's server: where it is, and how to ask it. The only package that opens the network."""

from qwen_lsp.backend.client import ChatBackend, OpenAIBackend
from qwen_lsp.backend.errors import BackendError, BackendUnavailableError

__all__ = ["BackendError", "BackendUnavailableError", "ChatBackend", "OpenAIBackend"]

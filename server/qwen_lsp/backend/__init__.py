"""The model's server: where it is, and how to ask it. The only package that opens the network."""

from qwen_lsp.backend.client import ChatBackend, OpenAIBackend
from qwen_lsp.backend.control import State
from qwen_lsp.backend.errors import BackendError, BackendUnavailableError
from qwen_lsp.backend.supervisor import OFF

__all__ = ["OFF", "BackendError", "BackendUnavailableError", "ChatBackend", "OpenAIBackend", "State"]

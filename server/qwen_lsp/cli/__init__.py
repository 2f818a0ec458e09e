"""The ``qwen-lsp`` command."""

from qwen_lsp.cli.main import main

__all__ = ["main"]

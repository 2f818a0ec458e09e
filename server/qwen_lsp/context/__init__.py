"""What the model is shown of the workspace."""

from qwen_lsp.context.build import build_context

__all__ = ["build_context"]

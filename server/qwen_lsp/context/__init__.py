"""What the model is shown of the workspace."""

from qwen_lsp.context.build import build_context
from qwen_lsp.context.candidates import candidate_regions, failing_functions

__all__ = ["build_context", "candidate_regions", "failing_functions"]

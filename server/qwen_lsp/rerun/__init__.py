"""Running the failed command again in a scratch copy of the workspace, to learn what a fix is worth."""

from qwen_lsp.rerun.command import Command, command_of
from qwen_lsp.rerun.run import Limits, Outcome, rerun
from qwen_lsp.rerun.sandbox import CannotRerunError

__all__ = ["CannotRerunError", "Command", "Limits", "Outcome", "command_of", "rerun"]

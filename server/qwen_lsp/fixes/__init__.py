"""From a model's reply to edits that have earned a place in the editor."""

from qwen_lsp.fixes.check import check_edits, check_rewrite
from qwen_lsp.fixes.compiling.python import compile_error
from qwen_lsp.fixes.diff import apply_edits, apply_fix, token_edits
from qwen_lsp.fixes.parse import Reply, parse_reply
from qwen_lsp.fixes.target import target_of
from qwen_lsp.fixes.titles import bare_title, passing_rerun

__all__ = [
    "Reply",
    "apply_edits",
    "apply_fix",
    "bare_title",
    "check_edits",
    "check_rewrite",
    "compile_error",
    "parse_reply",
    "passing_rerun",
    "target_of",
    "token_edits",
]

"""Finds mistakes in code without a log: rules that are certain, and fixes for what they find, also the model's."""

from qwen_lsp.review.found import Found
from qwen_lsp.review.reviewer import ProgressSink, Reviewer, ReviewRequest, Stage, remark_of
from qwen_lsp.review.rules import found_in, preload

__all__ = ["Found", "ProgressSink", "ReviewRequest", "Reviewer", "Stage", "found_in", "preload", "remark_of"]

"""Finds mistakes in code without a log: rules that are certain, and fixes for what they find, also the model's."""

from qwen_lsp.review.reviewer import ProgressSink, Reviewer, ReviewRequest, Stage

__all__ = ["ProgressSink", "ReviewRequest", "Reviewer", "Stage"]

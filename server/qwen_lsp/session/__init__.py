"""State between requests: open documents, what is shown to the user, and the diagnosis being made; knows no LSP."""

from qwen_lsp.session.asking import Question, UnknownConversationError
from qwen_lsp.session.board import Board
from qwen_lsp.session.documents import Documents, OpenDocument
from qwen_lsp.session.findings import Finding, Related, findings_of, findings_of_review, notices_of, one_line
from qwen_lsp.session.session import AnalyzerFactory, Session
from qwen_lsp.session.shown import StaleFixError

__all__ = [
    "AnalyzerFactory",
    "Board",
    "Documents",
    "Finding",
    "OpenDocument",
    "Question",
    "Related",
    "Session",
    "StaleFixError",
    "UnknownConversationError",
    "findings_of",
    "findings_of_review",
    "notices_of",
    "one_line",
]

"""What became of diagnoses and fixes: kept on this machine, masked, for its user alone; nothing here is ever sent."""

from qwen_lsp.feedback.store import Event, FeedbackError, Store, Verdict, event_of

__all__ = ["Event", "FeedbackError", "Store", "Verdict", "event_of"]

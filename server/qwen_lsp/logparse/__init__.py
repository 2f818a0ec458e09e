"""Reads failure logs: `decode_log` turns bytes into text, `parse_log` turns text into failures.

Nothing here raises on any input, looks at a file, or takes more than linear time; what could not be read is said
in words in ``ParsedLog.problems``.
"""

from qwen_lsp.logparse.decode import decode_log
from qwen_lsp.logparse.parse import parse_log

__all__ = ["decode_log", "parse_log"]

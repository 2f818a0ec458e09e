"""From a log to a diagnosis: the only package that knows the order of the steps."""

from qwen_lsp.analysis.analyzer import Analyzer
from qwen_lsp.analysis.known import known_mistake
from qwen_lsp.analysis.request import DiagnoseRequest, ProgressSink, Stage

__all__ = ["Analyzer", "DiagnoseRequest", "ProgressSink", "Stage", "known_mistake"]

"""Says what is wrong in the frequent classes of failures, at once and without a model, and mends what is certain.

Rules read the message of a failure and the code at its crash site. A rule that is not sure says nothing: an explanation
that is wrong costs more than one that is missing.
"""

from qwen_lsp.explain.explain import explain

__all__ = ["explain"]

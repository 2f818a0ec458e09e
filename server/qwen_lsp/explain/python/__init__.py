"""What Python's exceptions mean; the words of the messages are those of CPython 3.8 to 3.14."""

from qwen_lsp.explain.answer import Rule
from qwen_lsp.explain.python import attributes, calls, modules, names, operands, syntax, tools, values

PYTHON_RULES: tuple[Rule, ...] = (
    *names.RULES,
    *attributes.RULES,
    *modules.RULES,
    *calls.RULES,
    *operands.RULES,
    *values.RULES,
    *syntax.RULES,
    *tools.RULES,
)

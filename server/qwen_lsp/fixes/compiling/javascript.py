"""JavaScript: ``node --check``."""

from __future__ import annotations

import re
from functools import lru_cache

from qwen_lsp.fixes.compiling.tools import run_tool
from qwen_lsp.model import RejectedFix, Rung
from qwen_lsp.text import TextSnapshot

_ERROR = re.compile(r"^SyntaxError: (?P<message>.+)$", re.MULTILINE)
_LINE = re.compile(r"^\[stdin\]:(?P<lineno>\d+)$", re.MULTILINE)
_KINDS = {".mjs": ("module",), ".cjs": ("commonjs",), ".js": ("commonjs", "module")}


def judge(before: TextSnapshot, after: str) -> Rung | RejectedFix | None:
    """Return COMPILES or why not; None without node, and for JSX, which node does not read.

    A .js file may be a module or a script; what it was before it has to stay.
    """
    kinds = _KINDS.get(before.path.suffix.lower())
    if kinds is None:
        return None
    passing = [kind for kind in kinds if _error(before.text, kind) == ""]
    errors = [_error(after, kind) for kind in passing or kinds]
    if "" in errors:
        return Rung.COMPILES
    error = next((one for one in reversed(errors) if one), None)
    return None if error is None else RejectedFix(f"with it, {before.path.name} does not compile: {error}")


@lru_cache(maxsize=64)
def _error(text: str, kind: str) -> str | None:
    """Return what is wrong with ``text``, "" when nothing is; None where node is not there or failed by itself."""
    arguments = ("--check", "-") if kind == "commonjs" else ("--check", "--input-type=module", "-")
    result = run_tool("node", arguments, text)
    if result is None:
        return None
    if result.status == 0:
        return ""
    found, line = _ERROR.search(result.stderr), _LINE.search(result.stderr)
    if found is None:
        return None
    return found["message"] + (f" (line {line['lineno']})" if line else "")

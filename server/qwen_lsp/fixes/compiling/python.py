"""Python: compile(), and the names that ruff knows to be undefined."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from functools import lru_cache

from qwen_lsp.fixes.compiling.tools import run_tool
from qwen_lsp.model import Failure, FailureKind, Region, RejectedFix, Rung
from qwen_lsp.syntax import parse
from qwen_lsp.syntax.languages import PYTHON
from qwen_lsp.text import TextSnapshot, split_lines

_RUFF = ("check", "--isolated", "--no-cache", "--quiet", "--output-format", "json", "--select", "F821,F822,F823", "-")


def judge(before: TextSnapshot, after: str, region: Region, failure: Failure) -> Rung | RejectedFix | None:
    """Return COMPILES or why not; None where the file is for a newer Python than this one."""
    name = before.path.name
    problem, problem_before = compile_error(after, name), compile_error(before.text, name)
    if problem is not None:
        is_inside = _is_in(region, problem, len(split_lines(after)) - len(before.lines))
        if problem_before is None or (is_inside and not _is_newer_syntax(problem, problem_before, after, failure)):
            line = f" (line {problem.lineno})" if problem.lineno is not None else ""
            return RejectedFix(f"with it, {name} does not compile: {problem.msg}{line}")
        return None
    return Rung.COMPILES


def compile_error(text: str, name: str) -> SyntaxError | None:
    """Return why Python refuses ``text``, or None when it compiles."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's invalid escapes are not ours to report
            compile(text, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return SyntaxError(str(error) or type(error).__name__)
    return None


def _is_in(region: Region, problem: SyntaxError, grown: int) -> bool:
    return problem.lineno is not None and region.start_line < problem.lineno <= region.end_line + max(0, grown)


def _is_newer_syntax(problem: SyntaxError, before: SyntaxError, after: str, failure: Failure) -> bool:
    """Return whether ``problem`` only says that the code is for a newer Python than runs this server."""
    is_reported = failure.kind is FailureKind.SYNTAX_ERROR and problem.msg == failure.message
    return problem.msg == before.msg and not parse(PYTHON, after).error_count and not is_reported


def undefined_name(before: str, after: str) -> str | None:
    """Return what ruff says of a name that is undefined in ``after`` and was not in ``before``; None without ruff.

    None also where ``before`` does not compile: of the names in broken code nothing is known.
    """
    if compile_error(before, "before") is not None:
        return None
    new = _undefined(after)
    if not new:
        return None
    return next(iter(new - _undefined(before)), None)


@lru_cache(maxsize=64)
def _undefined(text: str) -> Counter[str]:
    result = run_tool("ruff", _RUFF, text)
    try:
        found = json.loads(result.stdout) if result is not None else []
        return Counter(one["message"] for one in found)
    except (ValueError, TypeError, KeyError):
        return Counter()

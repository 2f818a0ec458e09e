"""What a fix is called: what it does, and how far it has been checked."""

from __future__ import annotations

from dataclasses import replace

from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Rung


def titled(title: str, rung: Rung, *, hides_error: bool) -> str:
    """Return the title of a fix with the rung that it has earned."""
    return f"{say('Hides the error: ') if hides_error else ''}{title} ({say(rung.label)})"


def bare_title(fix: CheckedFix) -> str:
    """Return the title of ``fix`` without what has been found out about it."""
    return fix.title.removesuffix(f" ({say(fix.rung.label)})").removeprefix(say("Hides the error: "))


def passing_rerun(fix: CheckedFix, title: str | None = None, *, is_likely: bool = True) -> CheckedFix:
    """Return ``fix`` as one with which the failed command succeeds, under ``title`` or its own.

    It stays in doubt where it may dodge the failure, or is not likely otherwise.
    """
    rung = Rung.RERUN_PASSES if is_likely and not fix.dodges else Rung.RERUN_DOUBTFUL
    return replace(fix, rung=rung, title=titled(title or bare_title(fix), rung, hides_error=fix.hides_error))

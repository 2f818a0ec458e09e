"""Which of several fixes that make the command succeed is most likely right.

A command that succeeds is strong evidence, not proof: any change that avoids the failing step makes it succeed. The
rules, each with what taught it:

* A fix that hides the error comes last.
* Changing the program that was run, its data or its tests comes after changing the code that it calls: a script that is
  given other input "succeeds", too.
* Of the others the one that the model finds likeliest is first: code that is right is what usually stands there.
"""

from __future__ import annotations

from pathlib import Path

from qwen_lsp.model import Located
from qwen_lsp.repair.guesses import Guess


def rank(guess: Guess, located: Located) -> tuple[bool, bool, float]:
    """Return the sort key of ``guess``, best first."""
    return guess.fix.hides_error, _is_outermost(guess, located), -guess.logprob


def _is_outermost(guess: Guess, located: Located) -> bool:
    """Return whether ``guess`` changes the file that the failing call began in, where others were called."""
    paths = [one.path for one in located.frames if one.path is not None and one.frame.in_app]
    first: Path | None = paths[0] if paths else None
    return guess.line_gap.region.path == first and len(set(paths)) > 1

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

_LIKELY, _SURE = -2.5, -1.1
"""Natural logarithms of how likely the model must find a line that works: to be believed before its own draft, and to
end the search. Of the lines that worked in ten programs whose fault was far from the crash, the best one was right in
nine, at -2.2 or above, in seven of them at -1.0 or above; the likeliest wrong line was at -1.7."""


def rank(guess: Guess, located: Located) -> tuple[bool, bool, float]:
    """Return the sort key of ``guess``, best first."""
    return guess.fix.hides_error, _is_outermost(guess, located), -guess.logprob


def _is_outermost(guess: Guess, located: Located) -> bool:
    """Return whether ``guess`` changes the file that the failing call began in, where others were called."""
    paths = [one.path for one in located.frames if one.path is not None and one.frame.in_app]
    first: Path | None = paths[0] if paths else None
    return guess.line_gap.region.path == first and len(set(paths)) > 1


def is_sure(guess: Guess, located: Located) -> bool:
    """Return whether there is no need to look further than ``guess``."""
    hides, is_outermost, unlikely = rank(guess, located)
    return not hides and not is_outermost and unlikely <= -_SURE


def is_convincing(guess: Guess, located: Located) -> bool:
    """Return whether ``guess`` comes before a draft that also works but may only step around the fault."""
    hides, is_outermost, unlikely = rank(guess, located)
    return not hides and not is_outermost and unlikely <= -_LIKELY

"""Which of several fixes that make the command succeed is most likely right, and which is too unlikely to be offered.

A command that succeeds is strong evidence, not proof: any change that avoids the failing step makes it succeed. The
rules, each with what taught it:

* Changing a test, or the script that was run where it calls code of other files, is no fix: whoever is asked something
  else succeeds, too. So these are not even tried.
* What the model itself finds very unlikely is no fix: it is one of the thousand ways not to reach the failing step.
* What it finds rather unlikely, and what may dodge the failure (see ``fixes.hiding``), is in doubt: it is offered where
  nothing else works. Of the tuning set's programs for which nothing else did, it was right for four of eight.
* Of what is not in doubt, the line that the model finds likeliest is first: code that is right is what usually stands
  there.
"""

from __future__ import annotations

from pathlib import Path

from qwen_lsp.model import Located
from qwen_lsp.repair.guesses import Guess
from qwen_lsp.syntax import is_test

_POSSIBLE, _LIKELY, _SURE = -5.0, -2.5, -1.1
"""Natural logarithms of how likely the model must find a line that works: to be offered where nothing else works, not
to be in doubt, and to end the search. In ten programs whose fault was far from the crash the likeliest line that worked
was right in eight, at -2.2 or above, in seven of them at -1.0 or above; the likeliest wrong line was at -1.7."""


def rank(guess: Guess) -> tuple[bool, float]:
    """Return the sort key of ``guess``, best first."""
    return is_doubtful(guess), -guess.logprob


def may_be_at_fault(path: Path, located: Located) -> bool:
    """Return whether the code in ``path`` may be wrong: it is neither a test nor the script that was run."""
    paths = [one.path for one in located.frames if one.path is not None and one.frame.in_app]
    is_outermost = len(set(paths)) > 1 and path == paths[0]
    return not is_outermost and not is_test(path)


def is_possible(guess: Guess) -> bool:
    """Return whether ``guess`` may be right at all."""
    return guess.logprob >= _POSSIBLE and not guess.fix.hides_error


def is_doubtful(guess: Guess) -> bool:
    """Return whether ``guess``, which is possible, may only keep the failing step from being reached."""
    return guess.fix.dodges or guess.logprob < _LIKELY


def is_sure(guess: Guess) -> bool:
    """Return whether there is no need to look further than ``guess``."""
    return guess.logprob >= _SURE and not is_doubtful(guess)

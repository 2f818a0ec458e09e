"""Decides which failure of a log is the primary one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qwen_lsp.logparse.sighting import Sighting, Weight
from qwen_lsp.model import Failure, Severity

_FIRST_COUNTS = frozenset({Weight.TEST, Weight.TEST_NAMED})
# Node's child_process ("Command failed: python3 tool.py"), Python's subprocess, execa, Ruby's rake.
_CHILD_FAILED = re.compile(r"Command (?:failed|'.*' returned non-zero|\S.* failed with )|Command failed with ")


def judge(sightings: Iterable[Sighting]) -> tuple[Failure, ...]:
    """Return the failures in the order of the log, exactly one of them primary.

    The rule, and the case behind each part:

    * What stops a program counts before what it only warns of. PHP prints a warning of an undefined array key and dies
      of another error 20 lines later; a linter's warnings stand before the one error that fails the build.
    * An exception that says that a command failed counts after what that command printed, where that names a place in
      the user's code: a Node script that runs a Python tool dies of "Command failed", the tool of a KeyError.
    * The lowest ``Weight`` wins. A test run that fails on an assertion also prints tracebacks that the code logged on
      purpose and exceptions ignored in destructors: the failing test is what the user asks about. A service that
      logs handled exceptions and then dies is down because of the last, uncaught one.
    * Among failing tests the first counts: pytest prints errors of collection and set-up before failures, and
      the tests after a broken fixture tend to fail because of it. Compilers' errors count alike: the first missing
      brace makes all that follow.
    * Among other tracebacks the one seen last counts: in a script's log the earlier ones were survived.
    """
    ordered = sorted(sightings, key=lambda sighting: sighting.line_index)
    if not ordered:
        return ()
    has_errors = any(sighting.failure.severity is Severity.ERROR for sighting in ordered)
    errors = [one for one in ordered if not has_errors or one.failure.severity is Severity.ERROR]
    candidates = _without_echoes(errors)
    best_weight = min(sighting.weight for sighting in candidates)
    candidates = [sighting for sighting in candidates if sighting.weight == best_weight]
    if best_weight in _FIRST_COUNTS:
        primary = candidates[0]
    else:
        primary = max(candidates, key=lambda sighting: sighting.last_line_index)
    return tuple(replace(sighting.failure, primary=sighting is primary) for sighting in ordered)


def _without_echoes(sightings: Sequence[Sighting]) -> Sequence[Sighting]:
    """Return ``sightings`` without those that only report that a command failed, where its own failure is known."""
    causes = [one for one in sightings if one.weight in _FIRST_COUNTS or not _CHILD_FAILED.match(one.failure.message)]
    explain = any(any(frame.in_app for frame in one.failure.frames) for one in causes if one.weight < Weight.IGNORED)
    return causes if explain else sightings

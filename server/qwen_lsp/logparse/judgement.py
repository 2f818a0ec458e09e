"""Decides which failure of a log is the primary one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from qwen_lsp.logparse.sighting import Sighting, Weight
from qwen_lsp.model import Failure

_FIRST_COUNTS = frozenset({Weight.TEST, Weight.TEST_NAMED})


def judge(sightings: Iterable[Sighting]) -> tuple[Failure, ...]:
    """Return the failures in the order of the log, exactly one of them primary.

    The rule, and the case behind each part:

    * The lowest ``Weight`` wins. A test run that fails on an assertion also prints tracebacks that the code logged on
      purpose and exceptions ignored in destructors: the failing test is what the user asks about. A service that
      logs handled exceptions and then dies is down because of the last, uncaught one.
    * Among failing tests the first counts: pytest prints errors of collection and set-up before failures, and
      the tests after a broken fixture tend to fail because of it.
    * Among other tracebacks the one seen last counts: in a script's log the earlier ones were survived.
    """
    ordered = sorted(sightings, key=lambda sighting: sighting.line_index)
    if not ordered:
        return ()
    best_weight = min(sighting.weight for sighting in ordered)
    candidates = [sighting for sighting in ordered if sighting.weight == best_weight]
    if best_weight in _FIRST_COUNTS:
        primary = candidates[0]
    else:
        primary = max(candidates, key=lambda sighting: sighting.last_line_index)
    return tuple(replace(sighting.failure, primary=sighting is primary) for sighting in ordered)

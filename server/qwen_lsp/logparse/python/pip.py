"""Why pip installed nothing.

Source of the formats: pip's _internal/resolution/resolvelib/factory.py (``_report_single_requirement_conflict``,
``get_installation_error``) and _internal/exceptions.py (``ExternallyManagedEnvironment``, PEP 668).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind

_NO_DISTRIBUTION = re.compile(r"ERROR: No matching distribution found for (?P<requirement>\S.*)$")
_VERSIONS = re.compile(
    r"ERROR: Could not find a version that satisfies the requirement .*\(from versions: (?P<versions>.*)\)"
)
_CONFLICT = re.compile(
    r"ERROR: ResolutionImpossible|ERROR: Cannot install .* because these package versions have conflicting"
)
_MANAGED = "error: externally-managed-environment"


def read_line(lines: Sequence[str], index: int) -> Found | None:
    """Return what pip says in a line; such a failure has no frames."""
    line = lines[index].rstrip()
    notes: tuple[str, ...] = ()
    if match := _NO_DISTRIBUTION.match(line):
        message = f"No matching distribution found for {match['requirement']}"
        if index and (versions := _VERSIONS.match(lines[index - 1])):
            notes = (f"versions: {versions['versions']}",)
    elif _CONFLICT.match(line):
        message = line.removeprefix("ERROR: ")
    elif line == _MANAGED:
        message = "externally-managed-environment"
    else:
        return None
    failure = Failure(FailureKind.EXCEPTION, "pip", message, (), notes=notes)
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)


READERS: Readers = (
    ("ERROR: No matching distribution", read_line),
    ("ERROR: ResolutionImpossible", read_line),
    ("ERROR: Cannot install ", read_line),
    (_MANAGED, read_line),
)
MARKS: Marks = (
    "\nERROR: No matching distribution found for ",
    "\nERROR: ResolutionImpossible",
    Mark("\nERROR: Cannot install ", r"[^\n]{1,2000} conflicting"),
    "\n" + _MANAGED,
)

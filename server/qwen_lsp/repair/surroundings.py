"""The line that failed and the functions that led to it, in front of the code whose line the model is to write.

From a line's own file a model knows what usually stands there, from these what is wanted of it. Of 33 faults of the
tuning set that are far from the crash, seven tries at their line wrote 13 right without them, 18 with them, and 19 in
one or the other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.context import failing_functions
from qwen_lsp.model import Gap, Located, Region
from qwen_lsp.prompting import relative_name
from qwen_lsp.repair.gaps import LineGap, comment_mark
from qwen_lsp.text import DocumentSource

_MAX_FUNCTIONS = 2
"""Nearest to the crash: each is read again for each file in which lines are tried."""

_MAX_LINE_CHARACTERS = 160


@dataclass(frozen=True)
class Surroundings:
    """What there is to be seen of one failure: its functions, outermost call first, and its line."""

    functions: Sequence[Region]
    crash: str
    roots: Sequence[Path]

    def around(self, line_gap: LineGap) -> Gap:
        """Return the gap with the failing functions that are not in its region before it."""
        mark = comment_mark(line_gap.region.path)
        others = [one for one in self.functions if not one.overlaps(line_gap.region)][-_MAX_FUNCTIONS:]
        blocks = "".join(f"{mark} {self._name(one)}\n{one.text.rstrip()}\n\n" for one in others)
        name = f"{mark} {self._name(line_gap.region)}\n" if others else ""
        note, _, before = line_gap.gap.before.partition("\n")
        return Gap(f"{blocks}{name}{note}\n{mark} {self.crash}\n{before}", line_gap.gap.after)

    def _name(self, region: Region) -> str:
        return relative_name(region.path, self.roots)


def surroundings_of(located: Located, roots: Sequence[Path], documents: DocumentSource) -> Surroundings:
    """Return what is seen of ``located``, whose crash is in the workspace."""
    crash = ""
    if located.place is not None:
        path, where = located.place
        snapshot = documents.read(path)
        if snapshot is not None:
            crash = f"at {path.name}: {snapshot.line(where.start.line).strip()[:_MAX_LINE_CHARACTERS]}"
    return Surroundings(failing_functions(located, documents)[::-1], crash, roots)

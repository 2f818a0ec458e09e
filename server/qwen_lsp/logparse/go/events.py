"""The events of ``go test -json`` as the text that they carry.

Source of the format: ``go doc test2json``, ``go help buildjson``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

STARTS = ('{"Time":"', '{"Action":"', '{"ImportPath":"', '{"Package":"')
_ACTION = re.compile(r'"Action":"(?:build-)?output"')


@dataclass(slots=True)
class Stream:
    """The lines that one test or one build printed, and the line of the log (0-based) that each comes from."""

    package: str | None = None
    lines: list[str] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    is_open: bool = False

    def add(self, text: str, index: int) -> None:
        """Take ``text``, which ends in a line feed unless the line goes on in the next event."""
        for piece in text.splitlines(keepends=True):
            if self.is_open:
                self.lines[-1] += piece.rstrip("\n")
            else:
                self.lines.append(piece.rstrip("\n"))
                self.indexes.append(index)
            self.is_open = not piece.endswith("\n")


def split(lines: Sequence[str]) -> list[Stream]:
    """Return the output of each test, of each build, and of everything that is no event, in the order they begin.

    Tests that run in parallel print into each other's output; in events it is told apart.
    """
    streams: dict[tuple[str, str], Stream] = {}
    for index, line in enumerate(lines):
        event = _read(line) if line.startswith(STARTS) else {}
        if event is None:
            continue
        package = str(event.get("Package") or "")
        key = (package or str(event.get("ImportPath") or ""), str(event.get("Test") or ""))
        stream = streams.setdefault(key, Stream(package or None))
        if event:
            stream.add(str(event.get("Output") or ""), index)
        else:
            stream.add(line + "\n", index)
    return list(streams.values())


def _read(line: str) -> dict[str, object] | None:
    """Return the event in ``line``; nothing for other text, None for an event without output."""
    if not _ACTION.search(line):
        return None if '"Action":"' in line else {}
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None

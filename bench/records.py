"""Outcomes on disk: one JSON object a line, so that a run that was interrupted goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cattrs

from bench.outcome import Outcome


@dataclass(frozen=True)
class Session:
    """One start of the command: when, with what code, on what; ``model`` is as the server names it."""

    date: str
    commit: str
    machine: str
    model: str
    versions: dict[str, str]
    jobs: int


@dataclass
class Records:
    """What a file of outcomes holds; ``path`` None keeps them in memory only."""

    path: Path | None = None
    sessions: list[Session] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> Records:
        """Return what was written to ``path`` before; a line that an interruption cut is left out."""
        records = cls(path)
        text = path.read_text("utf-8") if path.exists() else ""
        whole, _, cut = text.rpartition("\n")
        if cut:
            path.write_text(f"{whole}\n" if whole else "", encoding="utf-8")
        for line in whole.splitlines():
            entry = json.loads(line)
            if "session" in entry:
                records.sessions.append(cattrs.structure(entry["session"], Session))
            else:
                records.outcomes.append(cattrs.structure(entry["outcome"], Outcome))
        return records

    def begin(self, session: Session) -> None:
        """Note that measurements go on."""
        self.sessions.append(session)
        self._append([{"session": asdict(session)}])

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Keep what one way, or several from one run, came to."""
        self.outcomes += outcomes
        self._append([{"outcome": asdict(one)} for one in outcomes])

    def has(self, name: str, ways: Sequence[str]) -> bool:
        """Return whether all of ``ways`` were measured with the case ``name``."""
        return set(ways) <= {one.way for one in self.outcomes if one.name == name}

    def _append(self, entries: Sequence[dict[str, Any]]) -> None:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)

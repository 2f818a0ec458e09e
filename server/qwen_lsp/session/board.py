"""What is shown at present: the findings of the newest diagnosis, kept in step with the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Diagnosis, Range
from qwen_lsp.session.findings import Finding, Related, findings_of
from qwen_lsp.session.moves import LineChange
from qwen_lsp.text import DocumentSource, TextSnapshot, split_lines


class StaleFixError(Exception):
    """A fix that may not be applied, because what it was made for is gone; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding, and the places whose change makes it void: those that its fixes edit."""

    finding: Finding
    edits: tuple[tuple[Path, Range], ...]


class Board:
    """Holds findings and fixes; every method that changes what is shown returns the files concerned."""

    def __init__(self, documents: DocumentSource) -> None:
        self._documents = documents
        self._number = 0
        self._entries: tuple[_Entry, ...] = ()
        self._fixes: tuple[CheckedFix, ...] = ()
        self._seen: dict[Path, str] = {}
        self._texts: dict[Path, str] = {}

    @property
    def number(self) -> int:
        """Identifies the diagnosis whose fixes are offered."""
        return self._number

    @property
    def paths(self) -> frozenset[Path]:
        """The files that have findings."""
        return frozenset(entry.finding.path for entry in self._entries)

    @property
    def fixes(self) -> tuple[CheckedFix, ...]:
        """The fixes on offer; none once the finding that carries them is gone."""
        return self._fixes if any(entry.finding.carries_fixes for entry in self._entries) else ()

    def findings(self, path: Path) -> tuple[Finding, ...]:
        """Return the findings in one file, at their present places."""
        return tuple(entry.finding for entry in self._entries if entry.finding.path == path)

    def show(self, diagnosis: Diagnosis, seen: Mapping[Path, TextSnapshot]) -> frozenset[Path]:
        """Replace everything by ``diagnosis``, whose places are those of the texts in ``seen``."""
        before = self.paths
        self._number += 1
        self._fixes = diagnosis.fixes
        edits = tuple((edit.path, edit.range) for fix in diagnosis.fixes for edit in fix.edits)
        self._entries = tuple(
            _Entry(finding, edits if finding.carries_fixes else ()) for finding in findings_of(diagnosis)
        )
        self._seen = {}
        for path in self._places():
            snapshot = seen.get(path) or self._documents.read(path)
            if snapshot is not None:
                self._seen[path] = snapshot.text
        self._texts = dict(self._seen)
        for path in self._seen:
            # The user may have typed while the model was thinking.
            self.refresh(path)
        return before | self.paths

    def clear(self) -> frozenset[Path]:
        """Show nothing any more."""
        return self.show(Diagnosis(), {})

    def refresh(self, path: Path) -> frozenset[Path]:
        """Move findings along with a file's present text and drop those whose lines were touched."""
        old = self._texts.get(path)
        if old is None:
            return frozenset()
        snapshot = self._documents.read(path)
        before = self._entries
        if snapshot is None:
            del self._texts[path]
            self._entries = tuple(entry for entry in before if not _speaks_of(entry, path))
        elif snapshot.text != old:
            self._texts[path] = snapshot.text
            change = LineChange.between(split_lines(old), snapshot.lines)
            if change is not None:
                moved = (_moved(entry, path, change) for entry in before)
                self._entries = tuple(entry for entry in moved if entry is not None)
        return frozenset(entry.finding.path for entry in {*before} ^ {*self._entries})

    def snapshot(self, path: Path) -> TextSnapshot | None:
        """Return the text that the places of the findings refer to by now."""
        return TextSnapshot(path, self._texts[path]) if path in self._texts else self._documents.read(path)

    def diagnosed(self, path: Path) -> TextSnapshot | None:
        """Return the text that the diagnosis was made from."""
        return TextSnapshot(path, self._seen[path]) if path in self._seen else self._documents.read(path)

    def fresh_fix(self, number: int, index: int) -> CheckedFix:
        """Return a fix that may be applied as it is.

        Raises:
            StaleFixError: the diagnosis is gone, or a file it edits is not as it was when the fix was made.
        """
        if number != self._number or index >= len(self.fixes):
            message = say("this fix belongs to a diagnosis that is no longer shown; diagnose the log again")
            raise StaleFixError(message)
        fix = self.fixes[index]
        for edit in fix.edits:
            now = self._documents.read(edit.path)
            # The whole text is compared: that is stricter than the version, which starts anew when a file is closed
            # and opened, and which typing and undoing moves on without moving the place.
            if now is None or now.text != self._seen.get(edit.path):
                message = say("{file} has changed since this fix was made; diagnose the log again", file=edit.path.name)
                raise StaleFixError(message)
        return fix

    def _places(self) -> frozenset[Path]:
        paths = set(self.paths)
        for entry in self._entries:
            paths.update(related.path for related in entry.finding.related)
            paths.update(path for path, _ in entry.edits)
        return frozenset(paths)


def _speaks_of(entry: _Entry, path: Path) -> bool:
    return entry.finding.path == path or any(edited == path for edited, _ in entry.edits)


def _moved(entry: _Entry, path: Path, change: LineChange) -> _Entry | None:
    """Return the entry after a change of ``path``, or None when it no longer holds."""
    finding = entry.finding
    if finding.path == path:
        place = change.moved(finding.range)
        if place is None:
            return None
        finding = replace(finding, range=place)
    edits: list[tuple[Path, Range]] = []
    for edited, old_place in entry.edits:
        new_place = change.moved_edit(old_place) if edited == path else old_place
        if new_place is None:
            return None
        edits.append((edited, new_place))
    related: list[Related] = []
    for one in finding.related:
        related_place = change.moved(one.range) if one.path == path else one.range
        if related_place is not None:
            related.append(replace(one, range=related_place))
    return _Entry(replace(finding, related=tuple(related)), tuple(edits))

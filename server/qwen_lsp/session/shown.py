"""One answer that is shown, a diagnosis or a review: its findings, kept in step with the text, and its fixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Range
from qwen_lsp.session.findings import Finding, Related
from qwen_lsp.session.moves import LineChange
from qwen_lsp.text import DocumentSource, TextSnapshot, split_lines


class StaleFixError(Exception):
    """A fix that may not be applied, because what it was made for is gone; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding, and the places whose change makes it void: those that its fixes edit."""

    finding: Finding
    edits: tuple[tuple[Path, Range], ...]


class Shown:
    """Findings, whose places are those of the texts in ``seen``; ``number`` tells this answer from all others.

    Fixes are counted through all findings, each fix once.
    """

    def __init__(
        self, documents: DocumentSource, number: int, findings: Sequence[Finding], seen: Mapping[Path, TextSnapshot]
    ) -> None:
        self.number = number
        self._documents = documents
        self._fixes = tuple(dict.fromkeys(fix for finding in findings for fix in finding.fixes))
        self._entries = tuple(
            _Entry(finding, tuple((edit.path, edit.range) for fix in finding.fixes for edit in fix.edits))
            for finding in findings
        )
        self._seen: dict[Path, str] = {}
        for path in self._places():
            snapshot = seen.get(path) or documents.read(path)
            if snapshot is not None:
                self._seen[path] = snapshot.text
        self._texts = dict(self._seen)
        for path in self._seen:
            # The user may have typed while the model was thinking.
            self.refresh(path)

    @property
    def paths(self) -> frozenset[Path]:
        """The files that have findings."""
        return frozenset(entry.finding.path for entry in self._entries)

    def findings(self, path: Path) -> tuple[Finding, ...]:
        """Return the findings in one file, at their present places."""
        return tuple(entry.finding for entry in self._entries if entry.finding.path == path)

    def fixes(self, finding: Finding) -> list[tuple[int, CheckedFix]]:
        """Return the fixes of a finding with their numbers."""
        return [(self._fixes.index(fix), fix) for fix in finding.fixes]

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

    def text(self, path: Path) -> TextSnapshot | None:
        """Return the text that the places of the findings refer to by now; None for a file that has none."""
        return TextSnapshot(path, self._texts[path]) if path in self._texts else None

    def seen(self, path: Path) -> TextSnapshot | None:
        """Return the text that the answer was made from; None for a file that it does not speak of."""
        return TextSnapshot(path, self._seen[path]) if path in self._seen else None

    def fresh_fix(self, index: int) -> tuple[CheckedFix, Path]:
        """Return a fix that may be applied as it is, and the file of the finding that carries it.

        Raises:
            StaleFixError: the finding is gone, or a file that the fix edits is not as it was when the fix was made.
        """
        fix = self._fixes[index] if index < len(self._fixes) else None
        home = next((entry.finding.path for entry in self._entries if fix in entry.finding.fixes), None)
        if fix is None or home is None:
            raise StaleFixError(gone())
        for edit in fix.edits:
            now = self._documents.read(edit.path)
            # The whole text is compared: that is stricter than the version, which starts anew when a file is closed
            # and opened, and which typing and undoing moves on without moving the place.
            if now is None or now.text != self._seen.get(edit.path):
                message = say("{file} has changed since this fix was made; ask for it again", file=edit.path.name)
                raise StaleFixError(message)
        return fix, home

    def _places(self) -> frozenset[Path]:
        paths = set(self.paths)
        for entry in self._entries:
            paths.update(related.path for related in entry.finding.related)
            paths.update(path for path, _ in entry.edits)
        return frozenset(paths)


def gone() -> str:
    """Return why a fix of an answer that is not shown any more is refused."""
    return say("this fix belongs to an answer that is no longer shown; ask for it again")


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

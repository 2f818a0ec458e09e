"""What is shown at present: the newest diagnosis, and the newest review of each file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from qwen_lsp.model import CheckedFix, Diagnosis, Review
from qwen_lsp.session.findings import Finding, findings_of, findings_of_review
from qwen_lsp.session.shown import Shown, StaleFixError, gone
from qwen_lsp.text import DocumentSource, TextSnapshot


class Board:
    """Holds findings and fixes; every method that changes what is shown returns the files concerned."""

    def __init__(self, documents: DocumentSource) -> None:
        self._documents = documents
        self._number = 0
        self._diagnosis = Shown(documents, 0, (), {})
        self._reviews: dict[Path, Shown] = {}

    def findings(self, path: Path) -> tuple[Finding, ...]:
        """Return the findings in one file, at their present places."""
        return tuple(finding for shown in self._all() for finding in shown.findings(path))

    def offers(self, path: Path) -> list[tuple[Finding, int, list[tuple[int, CheckedFix]]]]:
        """Return the findings in one file, with the number of their answer, and their fixes by number."""
        return [
            (finding, shown.number, shown.fixes(finding)) for shown in self._all() for finding in shown.findings(path)
        ]

    def show(self, diagnosis: Diagnosis, seen: Mapping[Path, TextSnapshot]) -> frozenset[Path]:
        """Replace the diagnosis by this one, whose places are those of the texts in ``seen``."""
        before = self._diagnosis.paths
        self._diagnosis = self._shown(findings_of(diagnosis), seen)
        return before | self._diagnosis.paths

    def show_review(self, review: Review, seen: Mapping[Path, TextSnapshot]) -> frozenset[Path]:
        """Replace the review of the same file by this one, whose places are those of the texts in ``seen``."""
        self._reviews[review.path] = self._shown(findings_of_review(review), seen)
        return frozenset({review.path})

    def clear(self) -> frozenset[Path]:
        """Show nothing any more."""
        before = frozenset(path for shown in self._all() for path in shown.paths)
        self._diagnosis = self._shown((), {})
        self._reviews = {}
        return before

    def refresh(self, path: Path) -> frozenset[Path]:
        """Move findings along with a file's present text and drop those whose lines were touched."""
        return frozenset(changed for shown in self._all() for changed in shown.refresh(path))

    def snapshot(self, path: Path) -> TextSnapshot | None:
        """Return the text that the places of the findings refer to by now."""
        known = (shown.text(path) for shown in self._all())
        return next((one for one in known if one is not None), None) or self._documents.read(path)

    def diagnosed(self, path: Path) -> TextSnapshot | None:
        """Return the text that the diagnosis was made from."""
        return self._diagnosis.seen(path) or self._documents.read(path)

    def reviewed(self, path: Path) -> TextSnapshot | None:
        """Return the text that the review of a file was made from."""
        shown = self._reviews.get(path)
        return (None if shown is None else shown.seen(path)) or self._documents.read(path)

    def fresh_fix(self, number: int, index: int) -> tuple[CheckedFix, Path]:
        """Return a fix that may be applied as it is, and the file of the finding that carries it.

        Raises:
            StaleFixError: the answer is gone, or a file that the fix edits is not as it was when the fix was made.
        """
        shown = next((one for one in self._all() if one.number == number), None)
        if shown is None:
            raise StaleFixError(gone())
        return shown.fresh_fix(index)

    def _all(self) -> Iterable[Shown]:
        return (self._diagnosis, *self._reviews.values())

    def _shown(self, findings: Iterable[Finding], seen: Mapping[Path, TextSnapshot]) -> Shown:
        self._number += 1
        return Shown(self._documents, self._number, tuple(findings), seen)

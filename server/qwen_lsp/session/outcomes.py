"""Notices that a fix was applied, and that it was undone, from the texts alone: editors tell neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.model import Diagnosis
from qwen_lsp.text import DocumentSource, TextSnapshot


@dataclass(slots=True)
class _Watched:
    """A fix by its index, the texts that it was made for, and those that it makes of them."""

    index: int
    before: dict[Path, str]
    after: dict[Path, str]
    is_applied: bool = False


class Outcomes:
    """Watches the fixes of the newest diagnosis."""

    def __init__(self, documents: DocumentSource) -> None:
        self._documents = documents
        self._watched: list[_Watched] = []
        self._diagnosis = Diagnosis()

    @property
    def diagnosis(self) -> Diagnosis:
        """The diagnosis whose fixes are watched."""
        return self._diagnosis

    def watch(self, diagnosis: Diagnosis, diagnosed: Callable[[Path], TextSnapshot | None]) -> None:
        """Watch the fixes of ``diagnosis`` from now on, no others; ``diagnosed`` gives the texts it was made from."""
        from qwen_lsp.fixes import apply_edits  # not at start: see Session

        self._diagnosis = diagnosis
        self._watched = []
        for index, fix in enumerate(diagnosis.fixes):
            one = _Watched(index, {}, {})
            for path in {edit.path for edit in fix.edits}:
                snapshot = diagnosed(path)
                if snapshot is not None:
                    one.before[path] = snapshot.text
                    one.after[path] = apply_edits(snapshot, [edit for edit in fix.edits if edit.path == path])
            self._watched.append(one)

    def look(self, path: Path) -> list[tuple[int, bool]]:
        """Return the fixes that the newest change of ``path`` applied (True) or undid (False), by index."""
        found = []
        for one in self._watched:
            if path not in one.after:
                continue
            wanted = one.before if one.is_applied else one.after
            if all(self._text(each) == text for each, text in wanted.items()):
                one.is_applied = not one.is_applied
                found.append((one.index, one.is_applied))
        return found

    def _text(self, path: Path) -> str | None:
        snapshot = self._documents.read(path)
        return None if snapshot is None else snapshot.text

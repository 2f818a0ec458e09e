"""Failures to places in the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from qwen_lsp.model import Failure, FailureKind, Located, LocatedFrame, ParsedLog, StackFrame
from qwen_lsp.text import DocumentSource, TextSnapshot
from qwen_lsp.workspace.files import NOT_FOUND, WorkspaceFiles
from qwen_lsp.workspace.lines import range_of, reads_as_printed
from qwen_lsp.workspace.packages import is_declared
from qwen_lsp.workspace.sourcemaps import SourceMaps


def locate(
    parsed: ParsedLog, roots: Sequence[Path], documents: DocumentSource, cwd: Path | None = None
) -> tuple[Located, ...]:
    """Return every failure of ``parsed``, in its order, with the frames of the chosen failure mapped to files.

    ``cwd`` is where the failed command ran; relative paths are looked for there first. ``Located.frames`` are the
    frames of the failure in the chain or group that tells most, whose innermost mapped frame is ``Located.crash``:

    * of ``raise ... from ...`` the innermost cause with a frame in the workspace, since the later exceptions only
      wrap it, but not a cause that a test raises on purpose for code that fails outside the tests (a fake service
      whose reset connections the code under test did not retry often enough);
    * of "During handling of ..." the last exception, since the earlier one had been caught, unless only the earlier
      one has a frame in the workspace;
    * of a group the first member with a frame in the workspace, else the group's own frames.

    ``Located.failure`` stays the whole failure. Where nothing is in the workspace, the frames are the last
    exception's and ``crash`` is None.
    """
    locator = _Locator(roots, documents, cwd)
    return tuple(locator.locate(failure) for failure in parsed.failures)


class _Locator:
    """Maps the frames of one log; every file is read once."""

    def __init__(self, roots: Sequence[Path], documents: DocumentSource, cwd: Path | None) -> None:
        self._files = WorkspaceFiles(roots, cwd)
        self._read = cache(documents.read)
        self._map_frame = cache(self._locate_frame)
        self._sources = SourceMaps(self._files, self._read)

    def locate(self, failure: Failure) -> Located:
        chosen = self._choose(failure)
        if chosen is not None:
            return replace(chosen, failure=failure)
        return Located(failure, self._map_frames(failure), None)

    def _choose(self, failure: Failure) -> Located | None:
        """Return the failure of the chain or group that tells most; None when nothing of it is in the workspace."""
        for member in failure.members:
            if chosen := self._choose(member):
                return chosen
        frames = self._map_frames(failure)
        crash = _crash_site(failure, frames)
        own = Located(failure, frames, crash) if crash is not None else None
        if failure.cause is None or (own is not None and not failure.cause_is_explicit):
            return own
        chosen = self._choose(failure.cause)
        if chosen is None or (own is not None and _is_in_tests(chosen) and not _is_in_tests(own)):
            return own
        return chosen

    def _map_frames(self, failure: Failure) -> tuple[LocatedFrame, ...]:
        return tuple(self._map_frame(frame) for frame in failure.frames)

    def _locate_frame(self, frame: StackFrame) -> LocatedFrame:
        if not frame.in_app:
            return LocatedFrame(frame)

        def agrees(path: Path) -> bool | None:
            snapshot = self._read(path)
            if snapshot is None:
                return False
            return is_declared(frame.path, snapshot) or reads_as_printed(frame, snapshot)

        found = self._files.find(frame.path, agrees)
        if found.is_installed:
            return LocatedFrame(replace(frame, in_app=False))
        if found.path is None:
            return LocatedFrame(frame, note=found.note or NOT_FOUND)
        snapshot: TextSnapshot | None = self._read(found.path)
        if snapshot is None:
            return LocatedFrame(frame, note=f"{found.path.name} is in the workspace but is not a readable text file")
        original = self._sources.original(found.path, snapshot, frame)
        if original is not None:
            return original
        place, note = range_of(frame, snapshot)
        return LocatedFrame(frame, found.path, place, note)


def _crash_site(failure: Failure, frames: Sequence[LocatedFrame]) -> LocatedFrame | None:
    """Return the innermost frame of the user's own code; of a syntax error only the line it names, if any."""
    mapped = [frame for frame in frames if frame.path is not None and frame.frame.in_app]
    if failure.kind is FailureKind.SYNTAX_ERROR and frames and frames[-1] in mapped:
        return frames[-1]
    return mapped[-1] if mapped else None


def _is_in_tests(located: Located) -> bool:
    """Return whether the crash is in a file of tests, by its name."""
    from qwen_lsp.syntax import is_test  # not at start: it loads tree-sitter, which `initialize` need not wait for

    path = located.crash.path if located.crash is not None else None
    return path is not None and is_test(path)

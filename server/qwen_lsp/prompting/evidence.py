"""Write down what a log says, in one short form, whatever tool printed it.

The model sees this instead of the raw log: it is the same for pytest, unittest and plain tracebacks, holds nothing
twice, leaves out frames of libraries, and a 50 MB log costs no more tokens than a short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.model import Failure, Located, LocatedFrame, StackFrame

_MAX_FRAMES = 8
_MAX_MESSAGE_CHARACTERS = 1500


def describe(located: Located, roots: Sequence[Path]) -> str:
    """Return the failure as a traceback with workspace-relative paths, causes first."""
    blocks = [_block(located.failure, located.frames, roots)]
    cause = located.failure.cause
    while cause is not None and len(blocks) < 3:
        blocks.append(_block(cause, (), roots) + "\nwhich led to:")
        cause = cause.cause
    if located.failure.test_id:
        blocks[0] = f"Failing test: {located.failure.test_id}\n{blocks[0]}"
    return "\n".join(reversed(blocks))


def _block(failure: Failure, frames: Sequence[LocatedFrame], roots: Sequence[Path]) -> str:
    lines = []
    if frames:
        in_app = [one for one in frames if one.frame.in_app]
        lines = [line for one in (in_app or list(frames))[-_MAX_FRAMES:] for line in _located_frame(one, roots)]
    else:
        lines = [line for frame in failure.frames[-2:] if frame.in_app for line in _frame(frame, frame.path)]
    message = failure.message
    if len(message) > _MAX_MESSAGE_CHARACTERS:
        message = message[:_MAX_MESSAGE_CHARACTERS] + " ..."
    lines.append(f"{failure.exception_type}: {message}" if message else failure.exception_type)
    lines += [f"note: {note}" for note in failure.notes]
    return "\n".join(lines)


def _located_frame(one: LocatedFrame, roots: Sequence[Path]) -> list[str]:
    return _frame(one.frame, one.frame.path if one.path is None else relative_name(one.path, roots))


def _frame(frame: StackFrame, name: str) -> list[str]:
    place = f"  {name}, line {frame.lineno}" + (f", in {frame.function}" if frame.function else "")
    return [place, f"    {frame.source_line}"] if frame.source_line else [place]


def relative_name(path: Path, roots: Sequence[Path]) -> str:
    """Return ``path`` relative to the innermost root that holds it, with ``/``; the file's name if none does."""
    holding = [root for root in roots if path.is_relative_to(root)]
    if not holding:
        return path.name
    return path.relative_to(max(holding, key=lambda root: len(root.parts))).as_posix()

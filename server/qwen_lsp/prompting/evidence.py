"""Write down what a log says, in one short form, whatever tool printed it.

The model sees this instead of the raw log: it is the same for pytest, unittest and plain tracebacks, holds nothing
twice, leaves out frames of libraries, and a 50 MB log costs no more tokens than a short one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.model import Failure, Located, StackFrame

_MAX_FRAMES = 8
_MAX_OTHER_FRAMES = 2
_MAX_CAUSES = 2
_MAX_NOTES = 5
_MAX_MESSAGE_CHARACTERS = 1500
_MAX_LINE_CHARACTERS = 300


def describe(located: Located, roots: Sequence[Path]) -> str:
    """Return the failure as a traceback with workspace-relative paths, causes first; a few thousand characters at most.

    The frames of ``located`` stand with the exception of the chain or group that they belong to.
    """
    chain = [located.failure]
    while chain[-1].cause is not None and len(chain) <= _MAX_CAUSES:
        chain.append(chain[-1].cause)
    text = "\nwhich led to:\n".join(_block(failure, located, roots) for failure in reversed(chain))
    test_id = located.failure.test_id
    return f"Failing test: {_clip(test_id)}\n{text}" if test_id else text


def _block(failure: Failure, located: Located, roots: Sequence[Path]) -> str:
    lines = []
    if _owns(failure, located):
        in_app = [one for one in located.frames if one.frame.in_app]
        for one in (in_app or list(located.frames))[-_MAX_FRAMES:]:
            lines += _frame(one.frame, Path(one.frame.path) if one.path is None else one.path, roots)
    else:
        for frame in [frame for frame in failure.frames if frame.in_app][-_MAX_OTHER_FRAMES:]:
            lines += _frame(frame, Path(frame.path), roots)
    message = _clip(failure.message, _MAX_MESSAGE_CHARACTERS)
    name = _clip(failure.exception_type)
    lines.append(f"{name}: {message}" if message else name)
    lines += [f"note: {_clip(note)}" for note in failure.notes[:_MAX_NOTES]]
    member = next((one for one in failure.members if _reaches(one, located)), next(iter(failure.members), None))
    if member is not None:
        lines.append("one of its exceptions:")
        lines.append(_block(member, located, roots))
    return "\n".join(lines)


def _owns(failure: Failure, located: Located) -> bool:
    """Return whether the frames of ``located`` are those of ``failure``."""
    found = [(one.frame.path, one.frame.lineno) for one in located.frames]
    return [(frame.path, frame.lineno) for frame in failure.frames] == found


def _reaches(failure: Failure, located: Located) -> bool:
    return _owns(failure, located) or any(_reaches(member, located) for member in failure.members)


def _frame(frame: StackFrame, path: Path, roots: Sequence[Path]) -> list[str]:
    name = relative_name(path, roots) if any(path.is_relative_to(root) for root in roots) else frame.path
    inside = f", in {_clip(frame.function)}" if frame.function else ""
    place = f"  {_clip(name)}, line {frame.lineno}{inside}"
    return [place, f"    {_clip(frame.source_line)}"] if frame.source_line else [place]


def _clip(text: str, limit: int = _MAX_LINE_CHARACTERS) -> str:
    return text if len(text) <= limit else text[:limit] + " ..."


def relative_name(path: Path, roots: Sequence[Path]) -> str:
    """Return ``path`` relative to the innermost root that holds it, with ``/``; the file's name if none does."""
    holding = [root for root in roots if path.is_relative_to(root)]
    if not holding:
        return path.name
    return path.relative_to(max(holding, key=lambda root: len(root.parts))).as_posix()

"""Failing tests of MUnit.

Source of the format: munit's junit-interface (``EventDispatcher.testFailure``) and ``munit.Assertions.failComparison``:
"==> X shop.CartSuite.adds  0.02s munit.ComparisonFailException: /path/CartSuite.scala:9", source lines, the message.
"""

from __future__ import annotations

import re
from dataclasses import replace

from qwen_lsp.logparse.jvm.frames import language_of, make_frame
from qwen_lsp.model import Failure, StackFrame

_TEST = re.compile(r"(?:\[error\] )?==> X (?P<test>\S.{0,500}?)  [0-9.,]{1,12}s $")
_PLACE = re.compile(r"(?P<path>\S.{0,1000}\.scala):(?P<lineno>[0-9]{1,9})(?: (?P<message>.*))?$")
_SOURCE = re.compile(r"(?P<lineno>[0-9]{1,9}):(?P<text>.*)$")


def test_of(prefix: str) -> str | None:
    """Return the test that stands before an exception, else None."""
    match = _TEST.match(prefix) if "==> X " in prefix else None
    return match["test"] if match is not None else None


def tidied(failure: Failure) -> Failure:
    """Return ``failure`` with the place and the source, which MUnit writes into the message, in its innermost frame."""
    first, _, rest = failure.message.partition("\n")
    place = _PLACE.match(first)
    if place is None:
        return failure
    lineno = int(place["lineno"])
    source: str | None = None
    message = [place["message"] or ""]
    for line in rest.split("\n"):
        numbered = _SOURCE.match(line)
        if numbered is None:
            message.append(line)
        elif int(numbered["lineno"]) == lineno:
            source = numbered["text"].strip()
    frame: StackFrame = replace(make_frame(place["path"], lineno), source_line=source or None)
    # The stack names the same place by the class.
    frames = tuple(frame if one.in_app and one.lineno == lineno else one for one in failure.frames)
    if frame not in frames:
        frames = (*frames, frame)
    language = language_of(frame.path) or failure.language
    return replace(failure, message="\n".join(message).strip(), frames=frames, language=language)

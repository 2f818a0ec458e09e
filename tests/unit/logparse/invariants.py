"""What holds for whatever is read from any text."""

from __future__ import annotations

from collections.abc import Iterator

from qwen_lsp.model import Failure, ParsedLog


def check(parsed: ParsedLog) -> None:
    """Fail unless one failure is primary, or the user is told why there is none, and every frame can be shown."""
    assert sum(failure.primary for failure in parsed.failures) == (1 if parsed.failures else 0)
    assert parsed.failures or parsed.problems
    for failure in _all(parsed.failures):
        assert failure.exception_type
        assert failure.count >= 1
        for frame in failure.frames:
            assert frame.path or not frame.in_app
            assert frame.lineno is None or frame.lineno > 0
            assert frame.colno is None or frame.colno > 0
            if frame.source_line is not None:
                assert frame.source_line == frame.source_line.strip()
            if frame.caret is not None:
                assert frame.source_line is not None
                assert 0 <= frame.caret.start < frame.caret.end <= len(frame.source_line)


def _all(failures: tuple[Failure, ...]) -> Iterator[Failure]:
    for failure in failures:
        yield failure
        yield from _all(failure.members)
        if failure.cause is not None:
            yield from _all((failure.cause,))

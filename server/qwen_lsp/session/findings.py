"""What a diagnosis says at which place, in the domain's terms: the one source of diagnostics and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Diagnosis, Failure, Located, Range, Review, ReviewKind, Severity

CRASH_SITE = "crash-site"
ROOT_CAUSE = "root-cause"

_MESSAGE_LINES = 3
_MESSAGE_CHARACTERS = 400
_CHAIN_FRAMES = 20


@dataclass(frozen=True, slots=True)
class Related:
    """A place that explains a finding."""

    path: Path
    range: Range
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic: ``code`` is stable; ``fixes`` mend it, best first.

    ``is_primary`` marks the one that the diagnosis is about.
    """

    path: Path
    range: Range
    code: str
    severity: Severity
    message: str
    related: tuple[Related, ...] = ()
    fixes: tuple[CheckedFix, ...] = ()
    is_primary: bool = False


def findings_of(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Return one finding for each failure with a place in the workspace, the primary failure's first.

    With a root cause, the primary's finding stands there and names the crash site as its first related place.
    """
    findings: dict[tuple[Path, Range, str], Finding] = {}
    for located in sorted(diagnosis.located, key=lambda one: not one.failure.primary):
        finding = _primary(diagnosis, located) if located.failure.primary else _crash_site(diagnosis, located)
        if finding is not None:
            # Two tests that fail in one line with one message are one thing to look at.
            findings.setdefault((finding.path, finding.range, one_line(located.failure)), finding)
    return tuple(findings.values())


def notices_of(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return what the user must be told but no finding can carry, for want of a place."""
    if any(finding.is_primary for finding in findings_of(diagnosis)):
        return ()
    primary = diagnosis.primary
    if primary is None:
        return diagnosis.problems
    return ("\n".join((one_line(primary.failure), *_explanation(primary), *diagnosis.problems)),)


def findings_of_review(review: Review) -> tuple[Finding, ...]:
    """Return one finding for each remark; what does not run is an error, the rest is for the user to judge."""
    return tuple(
        Finding(
            path=remark.path,
            range=remark.range,
            code=remark.kind.value,
            severity=Severity.ERROR if remark.kind is ReviewKind.SYNTAX else Severity.WARNING,
            message=remark.message,
            fixes=remark.fixes,
        )
        for remark in review.remarks
    )


def one_line(failure: Failure) -> str:
    """Return "ExcType: message", the message cut to its first lines."""
    lines = failure.message.strip().splitlines()
    message = "\n".join(lines[:_MESSAGE_LINES])
    if len(message) > _MESSAGE_CHARACTERS:
        message = message[:_MESSAGE_CHARACTERS].rstrip() + "…"
    elif len(lines) > _MESSAGE_LINES:
        message += "\n…"
    return f"{failure.exception_type}: {message}" if message else failure.exception_type


def _primary(diagnosis: Diagnosis, located: Located) -> Finding | None:
    cause = diagnosis.root_cause
    if cause is None:
        return _crash_site(diagnosis, located)
    crash = located.crash
    related = [*_chain(located), *_causes(diagnosis, located.failure)]
    if crash is not None and crash.path is not None and crash.range is not None:
        related.insert(
            0, Related(crash.path, crash.range, say("crashed here: {failure}", failure=one_line(located.failure)))
        )
    return Finding(
        path=cause.path,
        range=cause.range,
        code=ROOT_CAUSE,
        severity=located.failure.severity,
        message="\n".join((cause.explanation, one_line(located.failure), *_explanation(located), *diagnosis.problems)),
        related=tuple(related),
        fixes=diagnosis.fixes,
        is_primary=True,
    )


def _crash_site(diagnosis: Diagnosis, located: Located) -> Finding | None:
    crash = located.crash
    if crash is None or crash.path is None or crash.range is None:
        return None
    primary = located.failure.primary
    notes = [*_explanation(located), *([crash.note] if crash.note else [])]
    return Finding(
        path=crash.path,
        range=crash.range,
        code=CRASH_SITE,
        severity=located.failure.severity,
        message="\n".join((one_line(located.failure), *notes, *(diagnosis.problems if primary else ()))),
        related=(*_chain(located), *_causes(diagnosis, located.failure)),
        fixes=diagnosis.fixes if primary else (),
        is_primary=primary,
    )


def _explanation(located: Located) -> tuple[str, ...]:
    """Return the lines that say what is wrong and what to run."""
    known = located.explanation
    if known is None:
        return ()
    return (known.text,) if known.command is None else (known.text, say("To run: {command}", command=known.command))


def _chain(located: Located) -> tuple[Related, ...]:
    """Return the calls that led to the crash, oldest first; of a deep recursion only those nearest to the crash."""
    chain: list[Related] = []
    for one in located.frames:
        if one is located.crash:
            break
        if one.path is None or one.range is None:
            continue
        function = one.frame.function
        where = f"{function}()" if function and not function.startswith("<") else say("module level")
        related = Related(one.path, one.range, say("called from {where}", where=where))
        if not chain or chain[-1] != related:
            chain.append(related)
    return tuple(chain[-_CHAIN_FRAMES:])


def _causes(diagnosis: Diagnosis, failure: Failure) -> Iterator[Related]:
    """Yield the places of the failures that came before this one in its chain, nearest first."""
    places = {id(located.failure): located.crash for located in diagnosis.located}
    while failure.cause is not None:
        explicit = failure.cause_is_explicit
        failure = failure.cause
        crash = places.get(id(failure))
        if crash is not None and crash.path is not None and crash.range is not None:
            earlier = one_line(failure)
            words = (
                say("caused by {failure}", failure=earlier)
                if explicit
                else say("raised while handling {failure}", failure=earlier)
            )
            yield Related(crash.path, crash.range, words)

"""What a check is given and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qwen_launcher.folders import Folders
    from qwen_launcher.hardware import Hardware
    from qwen_launcher.presets import Preset


class Status(StrEnum):
    """How bad a finding is, least first."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Situation:
    """What all checks look at.

    `preset` is None when this machine can serve nothing; `unusable` then says why. `full` allows what takes time or
    uses the network.
    """

    folders: Folders
    hardware: Hardware
    preset: Preset | None
    unusable: str | None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a check says: a sentence, and what to do when it is not good."""

    status: Status
    finding: str
    remedy: str | None = None


def ok(finding: str) -> Result:
    """Return a result that asks for nothing."""
    return Result(Status.OK, finding)


def warn(finding: str, remedy: str) -> Result:
    """Return a result that may explain trouble but is none by itself."""
    return Result(Status.WARN, finding, remedy)


def fail(finding: str, remedy: str) -> Result:
    """Return a result that keeps the backend from working."""
    return Result(Status.FAIL, finding, remedy)


def combine(results: Iterable[Result]) -> Result:
    """Return one result that says all of `results`, worst first, and is as bad as the worst."""
    order = list(Status)
    ranked = sorted(results, key=lambda result: -order.index(result.status))
    remedies = dict.fromkeys(result.remedy for result in ranked if result.remedy)
    return Result(ranked[0].status, "; ".join(result.finding for result in ranked), "; ".join(remedies) or None)


@dataclass(frozen=True, slots=True)
class Check:
    """A named check; `causes` are the names of checks whose trouble explains this one's."""

    name: str
    run: Callable[[Situation], Result]
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check by its name; `follows_from` names the checks in trouble that explain it."""

    name: str
    status: Status
    finding: str
    remedy: str | None
    follows_from: tuple[str, ...]

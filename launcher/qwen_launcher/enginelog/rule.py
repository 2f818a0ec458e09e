"""What one known failure looks like, and what is said about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Figures: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a start failed.

    `code` is stable; `why` is one sentence with the figures of the log and `remedy` one for what to do, neither with a
    full stop. `flag` is the engine's flag or variable that helps, with its value, where one could be computed.
    """

    code: str
    why: str
    remedy: str
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class BetterFlag:
    """A flag of the engine, or a variable of its environment, and how its value follows from the figures of a failure.

    `value` returns None where no value helps.
    """

    name: str
    value: Callable[[Figures], str | None]

    def named(self, value: str) -> str:
        """Return the flag with `value`, as it is written on a command line."""
        return f"{self.name} {value}" if self.name.startswith("--") else f"{self.name}={value}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A failure that is recognised by `pattern` in the engine's own text.

    The groups of `pattern` are the figures: `why`, `remedy` and `flagged_remedy` name them in braces. Groups that
    differ in a last digit are the same figure in other wordings. A figure that the text lacks is a question mark.
    `better_flag` computes a better value for a flag or an environment variable; where there is one, `flagged_remedy`,
    which also names `{flag}`, is the remedy.
    """

    code: str
    pattern: re.Pattern[str]
    why: str
    remedy: str
    better_flag: BetterFlag | None = None
    flagged_remedy: str | None = None

    def explain(self, found: re.Match[str]) -> Failure:
        """Return the failure that `found`, a match of `pattern`, tells of."""
        figures: dict[str, str] = {}
        for group, value in found.groupdict().items():
            name = group.rstrip("0123456789")
            figures[name] = figures.get(name, "?") if value is None else " ".join(value.split())
        why = self.why.format_map(figures)
        value = None if self.better_flag is None else self.better_flag.value(figures)
        if self.better_flag is None or self.flagged_remedy is None or value is None:
            return Failure(self.code, why, self.remedy.format_map(figures))
        flag = self.better_flag.named(value)
        return Failure(self.code, why, self.flagged_remedy.format_map({**figures, "flag": flag}), flag)

    def in_general(self) -> Failure:
        """Return the failure in general words: the names of the figures, in italics, stand for the figures."""
        groups = (group.rstrip("0123456789") for group in self.pattern.groupindex)
        names = {name: f"*{name.replace('_', ' ')}*" for name in groups}
        why = self.why.format_map(names)
        if self.better_flag is None or self.flagged_remedy is None:
            return Failure(self.code, why, self.remedy.format_map(names))
        flag = self.better_flag.named("…")
        return Failure(self.code, why, self.flagged_remedy.format_map({**names, "flag": flag}), flag)


def rule(
    code: str,
    *patterns: str,
    why: str,
    remedy: str,
    better_flag: BetterFlag | None = None,
    flagged_remedy: str | None = None,
) -> Rule:
    """Return the rule for a failure that any of `patterns` shows; a space in them is any white space."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    # The engine wraps no lines, but some of its messages have line ends in them.
    return Rule(code, re.compile(joined.replace(" ", r"\s+")), why, remedy, better_flag, flagged_remedy)

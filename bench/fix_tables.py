"""The tables of fix rates: for the screen, and with plots for docs/benchmarks.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from bench.fix_figures import (
    CLASSES,
    ELSEWHERE,
    NEAR,
    Rate,
    common,
    fixed,
    hit_share,
    honest,
    median,
    of_way,
    offers,
    only_one,
    paired_ratio,
    precision,
    swallowed,
    times_as_many,
    ways_of,
)
from bench.outcome import Outcome
from bench.page import table
from bench.records import Records

TITLES = {
    "qwen": "first draft",
    "rerun": "with reruns",
    "chat": "plain chat",
    "aider": "Aider",
    "aider-test": "Aider with test",
    "qwen@8": "any of 8 drafts",
}
_OURS = ("qwen", "rerun")
_PEERS = ("chat", "aider", "aider-test")


def screen_text(records: Records) -> str:
    """Return the tables without words around them."""
    outcomes = records.outcomes
    return "\n\n".join(filter(None, (_rates(outcomes), _offers(outcomes), _compared(outcomes), _seconds(outcomes))))


def page_text(records: Records) -> str:
    """Return the whole section."""
    outcomes = common(records.outcomes)
    parts = [
        _how(records, outcomes),
        "First offer right:",
        _rates(outcomes),
        *_plots(outcomes),
        "All cases together:",
        _offers(outcomes),
        _READING,
        "Ways compared by the cases that both have tried:",
        _compared(outcomes),
        _seconds_words(outcomes),
        _seconds(outcomes),
    ]
    return "\n\n".join(filter(None, parts))


_READING = """\
An offer "swallows the error" that makes the failure go away by a handler, a default or a deleted step and does not mend
the program. Precision is the share of the lines changed by first offers that the reference fix changes, too. The
root-cause line is right within the statement that is wrong; chat and Aider name none, of theirs the first changed line
counts. "Rerun passes" is honest where the hidden check accepts a first offer with that label."""


def _how(records: Records, outcomes: Sequence[Outcome]) -> str:
    sessions = records.sessions
    last = sessions[-1]
    versions = ", ".join(f"{name} {version}" for name, version in last.versions.items())
    commits = ", ".join(dict.fromkeys(one.commit for one in sessions))
    dates = " to ".join(dict.fromkeys((sessions[0].date, last.date)))
    jobs = " or ".join(dict.fromkeys(str(one.jobs) for one in sessions))
    sets = " and ".join(sorted({one.set for one in outcomes}))
    cases = len({one.name for one in outcomes})
    alone = len({one.name for one in outcomes if one.alone})
    return (
        f"{cases} cases ({sets} set), {dates}. {last.machine}. Model: {last.model}. {versions}; commit {commits}. "
        f"{jobs} cases at once, but {alone} one at a time, of which the seconds are."
    )


def _rates(outcomes: Sequence[Outcome]) -> str:
    ways = ways_of(outcomes)
    rows = []
    for name, belongs in CLASSES.items():
        members = [one for one in outcomes if belongs(one)]
        if members:
            rows.append((name, *(str(fixed(of_way(members, way))) for way in ways)))
    languages = sorted({one.language for one in outcomes})
    for language in languages if len(languages) > 1 else []:
        members = [one for one in outcomes if one.language == language]
        rows.append((language, *(str(fixed(of_way(members, way))) for way in ways)))
    return table(("right first offers", *(TITLES[way] for way in ways)), rows)


def _offers(outcomes: Sequence[Outcome]) -> str:
    ways = ways_of(outcomes)
    lines: dict[str, Callable[[list[Outcome]], object]] = {
        "right first (fix@1)": fixed,
        "one of the first three right (fix@3)": lambda some: fixed(some, 3),
        "something offered": lambda some: Rate(bool(one.offers) for one in some),
        "offers that apply": lambda some: Rate(offer.applies for offer in offers(some)),
        "offers that change only lines the model was shown": lambda some: Rate(
            offer.is_within_sent for offer in offers(some) if offer.is_within_sent is not None
        ),
        "offers that swallow the error": swallowed,
        "... and are not labelled so": lambda some: Rate(
            offer.hides and not offer.is_labelled and not offer.fixed for offer in offers(some)
        ),
        '"rerun passes" is honest': honest,
        "root-cause line": lambda some: Rate(one.cause_right for one in some),
        "... or another that mends the program": lambda some: Rate(one.cause_right or one.fixed for one in some),
        "crash site (no model)": lambda some: Rate(one.crash_right for one in some if one.crash_right is not None),
        "faulty region among the candidates, fault elsewhere": lambda some: Rate(
            one.is_fault_candidate for one in some if one.is_fault_candidate is not None and one.fault_elsewhere
        ),
        "precision": lambda some: _percent(precision(some)),
        "tokens of the questions, median": lambda some: _number(median(one.prompt_tokens for one in some)),
        "tokens of the answers, median": lambda some: _number(median(one.completion_tokens for one in some)),
    }
    rows = [(name, *(str(value(of_way(outcomes, way))) for way in ways)) for name, value in lines.items()]
    return table(("", *(TITLES[way] for way in ways)), [row for row in rows if set(row[1:]) != {"-"}])


def _compared(outcomes: Sequence[Outcome]) -> str:
    ways = ways_of(outcomes)
    rows = []
    for ours in filter(ways.__contains__, _OURS):
        for peer in filter(ways.__contains__, _PEERS):
            for name in ("all", NEAR, ELSEWHERE):
                members = [one for one in outcomes if CLASSES[name](one)]
                mine, others = only_one(members, ours, peer)
                times = _times(times_as_many(members, ours, peer))
                rows.append((f"{TITLES[ours]} : {TITLES[peer]}", name, times, str(mine), str(others)))
    heads = ("", "class", "times as many right", "only the first right", "only the second right")
    return table(heads, rows) if rows else ""


def _seconds(outcomes: Sequence[Outcome]) -> str:
    outcomes = [one for one in outcomes if one.alone]
    ways = ways_of(outcomes)
    if not ways:
        return ""

    def to_chat(way: str, mine: Callable[[Outcome], float]) -> str:
        return _times(paired_ratio(outcomes, way, "chat", mine, lambda one: one.seconds))

    lines: dict[str, Callable[[str, list[Outcome]], str]] = {
        "cases": lambda _, some: str(len(some)),
        "to the first token": lambda _, some: _seconds_of(median(one.first_token_s for one in some)),
        "to the first checked fix": lambda way, some: (
            _seconds_of(median(one.waited_s for one in some)) if way in _OURS else "-"
        ),
        "... to chat's last token": lambda way, _: to_chat(way, lambda one: one.waited_s) if way in _OURS else "-",
        "to the end": lambda _, some: _seconds_of(median(one.seconds for one in some)),
        "... to chat's last token, whole": lambda way, _: (
            to_chat(way, lambda one: one.seconds) if way != "chat" else "-"
        ),
        "own code outside the engine and reruns": lambda _, some: _milliseconds(median(one.overhead_s for one in some)),
        "running the failing command": lambda _, some: _seconds_of(median(one.reruns_s for one in some)),
        "tokens that the engine wrote": lambda _, some: _number(
            median(one.engine.written for one in some if one.engine is not None)
        ),
        "prompt tokens found in the prefix cache": lambda _, some: _percent(hit_share(some)),
    }
    rows = [(name, *(value(way, of_way(outcomes, way)) for way in ways)) for name, value in lines.items()]
    return table(("median", *(TITLES[way] for way in ways)), [row for row in rows if set(row[1:]) != {"-"}])


def _seconds_words(outcomes: Sequence[Outcome]) -> str:
    if not any(one.alone for one in outcomes):
        return ""
    return (
        "Seconds, of the cases that were run one at a time. Ratios are medians of the ratios case by case; a fix that "
        "never came counts as one that took for ever. What the engine wrote and cached is its own count; that of "
        "reruns includes the draft."
    )


def _plots(outcomes: Sequence[Outcome]) -> list[str]:
    ways = ways_of(outcomes)
    plots = []
    for name in (NEAR, ELSEWHERE):
        members = [one for one in outcomes if CLASSES[name](one)]
        shares = [fixed(of_way(members, way)).share for way in ways]
        if members:
            labels = ", ".join(f'"{TITLES[way]}"' for way in ways)
            bars = ", ".join(f"{100 * share:.0f}" for share in shares)
            plots.append(
                f'```mermaid\nxychart-beta\n  title "Right first offers, %: {name}"\n  x-axis [{labels}]\n'
                f'  y-axis "%" 0 --> 100\n  bar [{bars}]\n```'
            )
    return plots


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.0%}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:,.0f}"


def _seconds_of(value: float) -> str:
    return "-" if math.isnan(value) else "never" if math.isinf(value) else f"{value:.1f} s"


def _milliseconds(value: float) -> str:
    return "-" if math.isnan(value) else f"{1000 * value:.0f} ms"


def _times(value: float) -> str:
    return "-" if math.isnan(value) else "none" if math.isinf(value) else f"{value:.2f}"

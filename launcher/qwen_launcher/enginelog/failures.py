"""Why the engine did not start, in one sentence, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import replace

from qwen_launcher.enginelog import memory, model, system
from qwen_launcher.enginelog.rule import Failure
from qwen_launcher.enginelog.signals import FAILURES, failure_of_signal
from qwen_launcher.enginelog.stages import stage_of
from qwen_launcher.enginelog.text import messages, problem_text

RULES = (*memory.RULES, *model.RULES, *system.RULES)

# The last line of a traceback (CPython, traceback.py), and pydantic's words for a value it refuses.
ERROR_LINE = re.compile(
    r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt)\b: "
    r"(?!WorkerProc initialization failed|\d+ validation error)(?P<why>\S.*)"
    r"|^ +(?:Value|Assertion) error, (?P<refused>.*?)(?: \[type=|$)",
    re.MULTILINE,
)
UNKNOWN = "unknown"
READ_LOG = (
    "read the log (`qwen-launcher logs`); `qwen-launcher start --model qwen2.5-coder-0.5b` needs the least memory"
)

STILL_STARTING = Failure(
    "not-ready",
    "the last that the log tells of is: *stage*",
    "start again: what was compiled is kept, so that the next start is faster",
)


def known_failures() -> list[Failure]:
    """Return every failure that is recognised, in general words, for the documentation."""
    texts = [rule.in_general() for rule in RULES]
    return [
        *texts,
        *FAILURES.values(),
        Failure(UNKNOWN, "a failure that is not in this list", READ_LOG),
        STILL_STARTING,
    ]


def find_failure(log_text: str, exit_code: int | None = None) -> Failure | None:
    """Return the failure that the log or the exit code tells of; None when neither does.

    vLLM tells a cause several times, from the process where it happened up to the one that was started, and what comes
    later is more and more a consequence: the first known cause is taken. `exit_code` is as of `subprocess`.
    """
    text = problem_text(log_text)
    first = min(
        ((found.start(), order) for order, rule in enumerate(RULES) if (found := rule.pattern.search(text))),
        default=None,
    )
    if first is not None:
        rule = RULES[first[1]]
        found = rule.pattern.search(text, first[0])
        assert found is not None  # noqa: S101 - it was found above
        return rule.explain(found)
    failure = failure_of_signal(log_text, exit_code)
    if failure is not None:
        return failure
    error = ERROR_LINE.search(text)
    return None if error is None else Failure(UNKNOWN, (error["why"] or error["refused"]).strip(), READ_LOG)


def explain_failure(log_text: str, exit_code: int | None = None) -> Failure:
    """Return why the engine ended, or is not ready yet, as far as its log and exit code tell.

    `exit_code` is as of `subprocess` (negative for a signal); None when it is not known or the engine still runs.
    """
    failure = find_failure(log_text, exit_code)
    if failure is not None:
        return failure
    if not log_text.strip():
        return Failure(UNKNOWN, "it wrote nothing to its log", READ_LOG)
    if exit_code is None:
        return replace(STILL_STARTING, why=STILL_STARTING.why.replace("*stage*", stage_of(log_text).summary))
    last = [message for _level, message in messages(log_text) if message.strip()][-1]
    return Failure(UNKNOWN, last.strip(), READ_LOG)

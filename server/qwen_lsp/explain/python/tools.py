"""Findings that the tool which reports them mends by itself."""

from __future__ import annotations

import re
import shlex

from qwen_lsp.explain.answer import Answer, Rule, Site, rule

_COMMANDS = {
    "black": ("black", "black would write this file differently"),
    "isort": ("isort", "isort would sort the imports of this file differently"),
    "unformatted": ("ruff format", "ruff would write this file differently"),
    "I001": ("ruff check --select I --fix", "ruff would sort the imports of this file differently"),
}


def _written_by_tool(site: Site, _match: re.Match[str]) -> Answer | None:
    command, words = _COMMANDS[site.failure.exception_type]
    path = site.failure.frames[-1].path if site.failure.frames else "."
    return Answer(
        f"{words}, and does so when it is run.", command=f"{command} {shlex.quote(path)}", is_environment=True
    )


RULES: tuple[Rule, ...] = (rule(" ".join(_COMMANDS), "", _written_by_tool),)

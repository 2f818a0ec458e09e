"""What tools report: findings that they mend themselves, packages that pip does not find, fixtures of pytest."""

from __future__ import annotations

import re
import shlex

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule
from qwen_lsp.explain.near import near, only_near, said
from qwen_lsp.explain.python.packages import DISTRIBUTIONS, SAME_NAME
from qwen_lsp.explain.python.scope import is_variable
from qwen_lsp.model import TextEdit

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


def _no_distribution(site: Site, match: re.Match[str]) -> Answer | None:
    name = match["name"]
    versions = next((note.removeprefix("versions: ") for note in site.failure.notes), "")
    if name in DISTRIBUTIONS:
        brings = DISTRIBUTIONS[name]
        return Answer(
            f"The package that brings the module `{name}` is called {brings}.",
            command=f"python -m pip install {brings}",
            is_environment=True,
        )
    if versions not in ("", "none"):
        return Answer(f"None of the versions of {name} fits what is asked for: {versions}.", is_environment=True)
    meant = only_near(name.lower(), {one.lower() for one in (*DISTRIBUTIONS.values(), *SAME_NAME)})
    if meant is not None:
        return Answer(f"pip finds no package {name}. Did you mean `{meant}`?", is_environment=True)
    return Answer(
        f"pip finds no package {name} at all: the name is another, its index cannot be reached, or no file of it is "
        f"for this version of Python.",
        is_environment=True,
    )


def _managed(_site: Site, _match: re.Match[str]) -> Answer | None:
    return Answer(
        "This Python belongs to the operating system, which does not let pip change it (PEP 668); a project's packages "
        "go into a virtual environment.",
        command="python3 -m venv .venv",
        is_environment=True,
    )


def _no_fixture(site: Site, match: re.Match[str]) -> Answer | None:
    name, code, place = match["name"], site.code, site.place
    listed = next((note.partition(": ")[2] for note in site.failure.notes), "")
    known = [one.strip() for one in listed.split(",")]
    meant, certain = near(name, known), only_near(name, known)
    if not meant:
        return None
    edits: tuple[TextEdit, ...] = ()
    if certain is not None and code is not None and place is not None:
        functions = [
            one for one in code.nodes(place, "function_definition", within=False) if code.line(one) == place.start.line
        ]
        uses = [one for function in functions for one in code.below(function, "identifier") if code.text(one) == name]
        edits = tuple(site.edit(code.range_of(one), certain) for one in uses if is_variable(one))
    change = Change(f"Change `{name}` to `{certain}`", edits) if edits else None
    return Answer(f"No fixture is called `{name}`. Did you mean {said(meant)}?", change)


RULES: tuple[Rule, ...] = (
    rule(" ".join(_COMMANDS), "", _written_by_tool),
    rule("pip", r"No matching distribution found for (?P<name>[\w.-]+)", _no_distribution),
    rule("pip", "externally-managed-environment", _managed),
    rule("FixtureLookupError", r"fixture '(?P<name>\w+)' not found", _no_fixture),
)

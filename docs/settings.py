"""Writes what is generated from the server's table of options.

``python -m docs.settings`` writes the table of docs/settings.md; ``--check`` only compares; ``--package-json`` prints
the properties for ``contributes.configuration`` of the VS Code extension.
"""
# ruff: noqa: INP001 - docs is no package

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qwen_lsp.settings import Option, all_options

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
PAGE = Path(__file__).with_name("settings.md")
EXTENSION_AREA = "qwenLsp"
_JSON_TYPES = {str: "string", bool: "boolean", float: "number"}


def table() -> str:
    """Return the Markdown table of all options."""
    head = ["| setting | variable | values | default | what it does |", "|---|---|---|---|---|"]
    rows = (
        f"| `{option.path}` | `{option.variable}` | {_values(option)} | {_default(option)} | "
        f"{option.about.description}{' **own**' if option.about.own else ''} |"
        for option in all_options()
    )
    return "\n".join((*head, *rows))


def properties() -> dict[str, Any]:
    """Return the options as VS Code's ``contributes.configuration`` has them, by name.

    Its scope ``machine`` keeps a workspace from setting what only the user may.
    """
    found: dict[str, Any] = {}
    for option in all_options():
        kind: Any = _JSON_TYPES[option.kind]
        entry: dict[str, Any] = {
            "type": [kind, "null"] if option.default is None else kind,
            "default": option.default,
            "scope": "machine" if option.about.own else "window",
            "description": option.about.description,
        }
        if option.choices:
            entry["enum"] = list(option.choices)
        if option.about.above is not None:
            entry["exclusiveMinimum"] = option.about.above
        found[f"{EXTENSION_AREA}.{option.path}"] = entry
    return found


def page_with_table(page: str) -> str:
    """Return the page's text with the present table in it.

    Raises:
        ValueError: the page lacks the marks between which the table goes.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"no {BEGIN} and {END} in the page"
        raise ValueError(message)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table, check it or print the extension's block; return 1 when the page is out of date."""
    parser = argparse.ArgumentParser(prog="python -m docs.settings", description="Generates from the table of options.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; exit code 1 when the page is out of date")
    what.add_argument("--package-json", action="store_true", help="print the extension's configuration properties")
    options = parser.parse_args(arguments)
    if options.package_json:
        sys.stdout.write(json.dumps(properties(), indent=2) + "\n")
        return 0
    text = PAGE.read_text(encoding="utf-8")
    fresh = page_with_table(text)
    if not options.check:
        PAGE.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        sys.stderr.write(f"the table of {PAGE} is out of date; run `python -m docs.settings`\n")
        return 1
    return 0


def _values(option: Option) -> str:
    if option.choices:
        return ", ".join(f"`{choice}`" for choice in option.choices)
    if option.kind is bool:
        return "`true`, `false`"
    words = {str: "text", float: "number"}[option.kind]
    return words if option.about.above is None else f"{words} above {option.about.above:g}"


def _default(option: Option) -> str:
    return "" if option.default is None else f"`{json.dumps(option.default)}`"


if __name__ == "__main__":
    sys.exit(main())

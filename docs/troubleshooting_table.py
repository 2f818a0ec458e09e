"""Writes the table of start-up failures into docs/troubleshooting.md.

Run `python -m docs.troubleshooting_table` in the repository after a change of the rules in `qwen_launcher.enginelog`.
"""
# ruff: noqa: INP001 - docs is no package

from __future__ import annotations

import re
from pathlib import Path

from qwen_launcher.enginelog import known_failures

PAGE = Path(__file__).with_name("troubleshooting.md")
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def table() -> str:
    """Return the table in Markdown: one row for each code, all its sentences in it."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for failure in known_failures():
        meanings, remedies = rows.setdefault(failure.code, ([], []))
        for sentences, sentence in ((meanings, failure.why), (remedies, failure.remedy)):
            if sentence not in sentences:
                sentences.append(sentence)
    lines = ["| code | what it means | what to do |", "|---|---|---|"]
    for code, columns in sorted(rows.items()):
        cells = (" *or* ".join(sentences).replace("|", "\\|") for sentences in columns)
        lines.append(f"| `{code}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def page_with_table(page: str) -> str:
    """Return the page's text with the present table in the place of the one it has."""
    return re.sub(f"(?<={BEGIN}\n).*?(?=\n{END})", lambda _old: table(), page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

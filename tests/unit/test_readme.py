"""The two READMEs say the same, and lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:make|pip|pytest|qwen-\w+|git) .*?(?=\s{2,}#|\"|$)", re.MULTILINE)


def _links(text: str) -> set[str]:
    return {link for link in LINK.findall(text) if not link.startswith("README")}


def test_the_translation_keeps_up() -> None:
    """It has the same sections, links and commands; whoever changes README.md changes README.zh-CN.md too."""
    assert ENGLISH.count("\n## ") == CHINESE.count("\n## ")
    assert _links(CHINESE) == _links(ENGLISH)
    assert COMMAND.findall(CHINESE) == COMMAND.findall(ENGLISH)


def test_links_to_files_lead_somewhere() -> None:
    """In both."""
    local = {link.partition("#")[0] for link in LINK.findall(ENGLISH + CHINESE) if "://" not in link}
    assert {link for link in local if not (ROOT / link).exists()} == set()

"""Snippets with one seeded mistake each, and clean ones that look as if they had one.

Each file below ``tests/data/review/<set>/defects`` and ``.../clean`` is a snippet. In the first, the lines of the
statement that is wrong end with a mark, ``<<logic>>``, ``<<security>>`` or ``<<syntax>>``, which is taken out before
anything reads the snippet. The folder is its set: "tuning", on which rules are tuned, or "report", from which figures
come. Each group of snippets of one language and kind was split in half, in the order of the SHA-256 of their names,
tuning first. A snippet keeps its set for good; a new one joins the smaller half of its group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.model import ReviewKind

ROOT = Path(__file__).parent / "data" / "review"
TUNING, REPORT = "tuning", "report"

_MARK = re.compile(r"[ ]*<<(syntax|logic|security)>>$", re.MULTILINE)
_LANGUAGES = {".py": "python", ".sql": "sql"}


@dataclass(frozen=True)
class Snippet:
    """A snippet without its marks; ``lines`` (1-based) are those of the mistake. ``kind`` is None where it is clean."""

    name: str
    set: str
    text: str
    kind: ReviewKind | None
    lines: tuple[int, ...]

    @property
    def language(self) -> str:
        """The group that it is counted in; JavaScript's holds TypeScript, too."""
        return _LANGUAGES.get(Path(self.name).suffix, "javascript")


def all_snippets() -> list[Snippet]:
    """Return every snippet, by set and name."""
    return [_load(path) for path in sorted(ROOT.glob("*/*/*"))]


def _load(path: Path) -> Snippet:
    marked = path.read_text(encoding="utf-8")
    kinds = set(_MARK.findall(marked))
    lines = tuple(number for number, line in enumerate(marked.split("\n"), start=1) if _MARK.search(line))
    kind = ReviewKind(f"review/{kinds.pop()}") if kinds else None
    return Snippet(path.name, path.parent.parent.name, _MARK.sub("", marked), kind, lines)

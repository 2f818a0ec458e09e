"""Sections of docs/benchmarks.md that commands write: between two comments that name them."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Put ``text`` in place of what stands in ``page`` between ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``.

    Raises: ValueError: the page has no such place.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, is_begun, rest = page.read_text("utf-8").partition(begin)
    _, is_ended, after = rest.partition(end)
    if not (is_begun and is_ended):
        message = f"{page} has no {begin} and {end}"
        raise ValueError(message)
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

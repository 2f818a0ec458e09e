"""The table of coverage in docs/logs.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs import logs_table

from .cases import LogCase, load_cases


def test_documented_table_is_fresh() -> None:
    """The table is what the cases say; `python -m docs.logs_table` writes it anew."""
    assert logs_table.main(["--check"]) == 0


def test_covers_many_tools_and_languages() -> None:
    """The corpus stays as wide as it is claimed to be."""
    rows = logs_table.count(load_cases())
    assert sum(row.logs for row in rows.values()) >= 250
    assert len(rows) >= 25
    assert len({language for row in rows.values() for language in row.languages}) >= 14


def test_stale_table_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page whose table is out of date fails the check and is named; one without the markers is an error."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{logs_table.BEGIN}\nold\n{logs_table.END}\nafter\n", encoding="utf-8")
    assert logs_table.main(["--check", str(page)]) == 1
    assert "python -m docs.logs_table" in capsys.readouterr().err
    assert logs_table.main([str(page)]) == 0
    assert logs_table.main(["--check", str(page)]) == 0
    page.write_text("no markers\n", encoding="utf-8")
    assert logs_table.main([str(page)]) == 1


def test_case_of_an_unknown_tool_is_named() -> None:
    """Who adds a log of a new tool is told where to add the tool."""
    case = LogCase("cobol/loop", "", "really run: gnucobol 3.2", {"failures": []})
    with pytest.raises(ValueError, match=r"cobol/loop: no tool of docs/logs_table\.py"):
        logs_table.tool_of(case)

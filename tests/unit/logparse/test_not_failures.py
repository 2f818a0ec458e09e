"""Precision: texts that report no failure give none."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.registry import FAMILIES

_FOLDER = Path(__file__).parents[2] / "data" / "notfailures"
_TEXTS = sorted(_FOLDER.rglob("*.txt"))


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


@pytest.mark.parametrize("path", _TEXTS, ids=lambda path: path.stem)
def test_finds_no_failure(path: Path) -> None:
    """Neither a family by itself nor all of them take the text for a failure, and the user is told what to paste."""
    text = _read(path)
    found = {family.name: family.read(text.split("\n")).sightings for family in FAMILIES}
    assert {name: sightings for name, sightings in found.items() if sightings} == {}
    parsed = parse_log(text)
    assert parsed.failures == ()
    assert "No failure was found" in parsed.problems[-1]


def test_finds_no_failure_in_all_of_them_together() -> None:
    """Nor does what stands at the end of one text and at the beginning of the next make one."""
    assert parse_log("\n".join(_read(path) for path in _TEXTS)).failures == ()

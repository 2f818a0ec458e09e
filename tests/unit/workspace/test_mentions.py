"""Where a log's text names files of the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.workspace import DiskDocuments, mentions

PYTHON = """\
2024-05-01 10:00:00 ERROR failed
Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 2, in total
    return a / b
ValueError: bad price

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "cart.py", line 1, in <module>
    def test_total():
  File "/usr/lib/python3.12/json/__init__.py", line 9, in load
    return 1
RuntimeError: see /srv/app/shop/cart.py and /srv/app/shop/cart.py.orig:2
"""
PYTEST = "FAILED tests/test_cart.py::test_total - AssertionError: assert 1 == 2\ntests/test_cart.py:2: AssertionError\n"
NODE = """\
TypeError: Cannot read properties of undefined (reading 'price')
    at total (/srv/app/shop/cart.js:2:3)
    at Object.<anonymous> (/srv/app/shop/cart.js:3:1)
"""


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (PYTHON, [('/srv/app/shop/cart.py", line 2', "shop/cart.py:2"), ('cart.py", line 1', "cart.py:1")]),
        (
            "=== short test summary info ===\n" + PYTEST,
            [("tests/test_cart.py", "tests/test_cart.py:1"), ("tests/test_cart.py:2", "tests/test_cart.py:2")],
        ),
        (NODE, [("/srv/app/shop/cart.js:2", "shop/cart.js:2"), ("/srv/app/shop/cart.js:3", "shop/cart.js:3")]),
        ("all 12 tests passed\n", []),
    ],
    ids=["a chain, with paths of another machine", "pytest's summary", "a JavaScript stack", "no failure"],
)
def test_frames_are_found_in_the_text(tmp_path: Path, log: str, expected: list[tuple[str, str]]) -> None:
    """Each frame of the workspace is found with its path and line, whatever stands around it; other files are not."""
    for name in ("shop/cart.py", "cart.py", "shop/cart.js", "tests/test_cart.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("def test_total():\n    return a / b\n    pass\n", encoding="utf-8")
    found = mentions(log, parse_log(log), (tmp_path,), DiskDocuments())
    lines = log.splitlines()
    texts = [lines[one.where.start.line][one.where.start.character : one.where.end.character] for one in found]
    places = [f"{one.path.relative_to(tmp_path).as_posix()}:{one.range.start.line + 1}" for one in found]
    assert list(zip(texts, places, strict=True)) == expected


def test_each_part_of_a_path_that_a_terminal_broke_is_a_mention(tmp_path: Path) -> None:
    """Links stand in both rows, and lead to the same line."""
    path = tmp_path / "shop" / "cart.py"
    path.parent.mkdir()
    path.write_text("def total():\n    return a / b\n", encoding="utf-8")
    log = (
        "Traceback (most recent call last):\n"
        '  File "/srv/app/with/a/long/name/shop/car\nt.py", line 2, in total\n    return a / b\nKeyError: 1\n'
    )
    found = mentions(log, parse_log(log), (tmp_path,), DiskDocuments())
    lines = log.splitlines()
    texts = [lines[one.where.start.line][one.where.start.character : one.where.end.character] for one in found]
    assert texts == ["/srv/app/with/a/long/name/shop/car", 't.py", line 2']
    assert {(one.path, one.range.start.line) for one in found} == {(path, 1)}

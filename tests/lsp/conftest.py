"""A program that fails, its log, and a model's server that is told what to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fake_backend import FakeBackend, fake_backend
from tests.lsp.editor import run_failing

SHOP = """\
def average(prices):
    total = 0
    for price in prices:
        total += price
    return total / len(prices)


def report(carts):
    for cart in carts:
        print(average(cart))


report([[1, 2], []])
"""
FIXED_SHOP = SHOP.replace("    total = 0\n", "    if not prices:\n        return 0\n    total = 0\n").replace(
    "total / len(prices)", "total / len(prices)  # never empty"
)
CAUSE = "An empty cart has no average."
REPLY = f"Cause: {CAUSE}\n```python\n{FIXED_SHOP}```\n"


def slow_but_first(values: Iterable[Any]) -> list[Any]:
    """Return parameters of a test that starts a server for each: the fast tests have the first, the whole run all."""
    each = [value if isinstance(value, tuple) else (value,) for value in values]
    return [pytest.param(*value, marks=[pytest.mark.slow] if index else []) for index, value in enumerate(each)]


@pytest.fixture
def backend() -> Iterator[FakeBackend]:
    """A server that offers the right fix of the shop."""
    with fake_backend() as fake:
        fake.says(REPLY)
        yield fake


@pytest.fixture
def shop_log(tmp_path: Path) -> str:
    """The log of ``shop.py`` in ``tmp_path``, which divides by zero in line 5."""
    return run_failing(tmp_path, "shop.py", SHOP)

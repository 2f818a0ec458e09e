from decimal import Decimal

import pytest

from prices import bundle, discounted


@pytest.mark.parametrize(
    ("price", "percent", "expected"),
    [
        ("10.00", 10, "9.00"),
        ("0.35", 10, "0.32"),
        ("0.25", 50, "0.13"),
        ("19.99", 0, "19.99"),
    ],
)
def test_discounted(price, percent, expected):
    assert discounted(price, percent) == Decimal(expected)


def test_bundle_rounds_each_price():
    assert bundle(["0.35", "0.35"], 10) == Decimal("0.64")

import pytest

from inventory import Inventory, OutOfStockError


@pytest.fixture
def inventory():
    return Inventory({"bolt": 10})


def test_reserved_pieces_are_not_free(inventory):
    inventory.reserve("bolt", 4)
    assert inventory.free("bolt") == 6


def test_cannot_reserve_twice(inventory):
    inventory.reserve("bolt", 7)
    with pytest.raises(OutOfStockError):
        inventory.reserve("bolt", 7)
    assert inventory.free("bolt") == 3


def test_shipping_needs_reservation(inventory):
    with pytest.raises(ValueError, match="only 0 reserved"):
        inventory.ship("bolt", 1)

from inventory import Inventory, OutOfStockError

inventory = Inventory({"bolt": 10})
inventory.reserve("bolt", 7)
for sku, quantity in [("bolt", 7), ("bolt", 4), ("nut", 1)]:
    try:
        inventory.reserve(sku, quantity)
    except OutOfStockError:
        continue
    raise SystemExit(f"{quantity} x {sku} must be refused")
assert inventory.free("bolt") == 3
inventory.reserve("bolt", 3)
assert inventory.free("bolt") == 0
inventory.ship("bolt", 10)
assert inventory.free("bolt") == 0 and inventory.free("nut") == 0

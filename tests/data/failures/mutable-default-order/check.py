from main import Order

first, second = Order(1), Order(2)
first.add("tea")
second.add("tea", 3)
assert first.summary() == "table 1: 1 x tea"
assert second.summary() == "table 2: 3 x tea"
assert Order(3).items == []
given = Order(4, [("cocoa", 1)])
assert given.summary() == "table 4: 1 x cocoa"
try:
    first.add("tea")
except ValueError:
    pass
else:
    raise SystemExit("the same drink twice on one order must be refused")

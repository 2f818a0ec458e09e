from main import Cart

small, large = Cart(), Cart()
small.add("a", 1, 9_999)
large.add("b", 2, 5_005)
assert small.total() == 9_999
assert large.total() == 9_009
assert Cart().total() == 0

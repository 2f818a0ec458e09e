from main import MENU, Item, depth

assert depth(MENU) == 3
assert depth(Item("x")) == 1
chain = Item("0")
for number in range(1, 6):
    chain = Item(str(number), [Item("leaf"), chain])
assert depth(chain) == 6

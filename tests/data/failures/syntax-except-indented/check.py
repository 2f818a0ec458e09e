from main import convert, read_settings

assert convert("4") == 4 and isinstance(convert("4"), int)
assert convert("0.75") == 0.75
assert convert("night run") == "night run"
assert read_settings("# a\nw = 4\n\nr=0.5\nname = x y\n") == {"w": 4, "r": 0.5, "name": "x y"}

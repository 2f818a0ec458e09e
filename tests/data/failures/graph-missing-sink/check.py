from main import ROADS, travel_times

assert travel_times(ROADS, "Aston") == {"Aston": 0, "Brill": 12, "Crewe": 21, "Dover": 35}
assert travel_times(ROADS, "Dover") == {"Dover": 0}
try:
    travel_times([("a", "b", "12")], "a")
except TypeError:
    pass
else:
    raise SystemExit("minutes that are no number must not be hidden")
assert travel_times([("a", "b", 5), ("b", "a", 1), ("a", "c", 9), ("b", "c", 2)], "b") == {"b": 0, "a": 1, "c": 2}

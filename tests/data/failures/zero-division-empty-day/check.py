from main import READINGS, mean, summary

assert mean([]) is None
assert mean([4.5, 7.1]) == 5.8
assert mean([0.0]) == 0.0
try:
    mean([1.0, None])
except TypeError:
    pass
else:
    raise SystemExit("a value that is no number must not be hidden")
assert summary(READINGS) == ["2024-03-01 5.8", "2024-03-02 -", "2024-03-03 7.5"]

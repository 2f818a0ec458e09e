from main import make_limiter

acquire = make_limiter(2, 1.0)
assert [acquire(t) for t in (0.1, 0.2, 0.3, 1.2, 1.3, 1.4)] == [True, True, False, True, True, False]
first, second = make_limiter(1, 5), make_limiter(1, 5)
assert first(1) and second(1) and not first(2) and not second(2)
assert first(6) and not first(7)

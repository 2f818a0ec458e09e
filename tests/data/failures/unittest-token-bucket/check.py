from bucket import TokenBucket

bucket = TokenBucket(3, 2.0)
assert [bucket.take(60.0) for _ in range(5)] == [True, True, True, False, False]
assert bucket.take(60.5) and not bucket.take(60.5)
bucket = TokenBucket(4, 1.0, now=100.0)
assert bucket.take(100.0, 4) and not bucket.take(101.0, 2) and bucket.take(102.0, 2)
assert bucket.wait_s(102.0, 3) == 3.0 and bucket.wait_s(500.0, 4) == 0.0
assert bucket.tokens == 4

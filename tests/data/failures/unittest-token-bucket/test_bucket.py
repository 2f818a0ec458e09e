import unittest

from bucket import TokenBucket


class TokenBucketTest(unittest.TestCase):
    def test_empty_bucket_refuses(self):
        bucket = TokenBucket(capacity=2, rate=1.0)
        self.assertTrue(bucket.take(0.0, 2))
        self.assertFalse(bucket.take(0.5))
        self.assertTrue(bucket.take(1.0))

    def test_idle_time_does_not_exceed_capacity(self):
        bucket = TokenBucket(capacity=3, rate=2.0)
        taken = [bucket.take(60.0) for _ in range(5)]
        self.assertEqual(taken, [True, True, True, False, False])

    def test_wait(self):
        bucket = TokenBucket(capacity=1, rate=0.5)
        bucket.take(0.0)
        self.assertAlmostEqual(bucket.wait_s(1.0), 1.0)


if __name__ == "__main__":
    unittest.main()

import random

from main import delays


class NoJitter(random.Random):
    def uniform(self, a, b):
        return a


class FullJitter(random.Random):
    def uniform(self, a, b):
        return b


assert list(delays(5, 0.5, 4.0, NoJitter())) == [0.5, 1.0, 2.0, 4.0, 4.0]
assert list(delays(3, 1.0, 8.0, FullJitter())) == [1.1, 2.2, 4.4]
assert list(delays(0, 1.0, 8.0, NoJitter())) == []
assert list(delays(1, 0.12345, 8.0, NoJitter())) == [0.123]

import unittest

from basket import Basket


class BasketTest(unittest.TestCase):
    def test_one_article(self):
        basket = Basket()
        basket.add(120, quantity=2)
        self.assertEqual(basket.total_cents(), 240)

    def test_several_articles(self):
        basket = Basket()
        basket.add(120, quantity=2)
        basket.add(950)
        self.assertEqual(basket.total_cents(), 1190)


if __name__ == "__main__":
    unittest.main()

import unittest

from basket import Basket


class BasketTest(unittest.TestCase):
    def test_discount_from_ten_pieces_on(self):
        basket = Basket()
        basket.add("pen", 120, quantity=10)
        self.assertEqual(basket.total_cents(), 1080)

    def test_several_articles(self):
        basket = Basket()
        basket.add("pen", 120, quantity=2)
        basket.add("book", 950)
        self.assertEqual(basket.total_cents(), 1190)


if __name__ == "__main__":
    unittest.main()

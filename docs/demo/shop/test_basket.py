import unittest

from basket import Basket


class BasketTest(unittest.TestCase):
    def test_discount_from_ten_pieces_on(self):
        basket = Basket()
        basket.add("pen", 120, quantity=10)
        self.assertEqual(basket.total_cents(), 1080)

    def test_adding_the_same_article_again(self):
        basket = Basket()
        basket.add("pen", 120, quantity=2)
        basket.add("pen", 120, quantity=3)
        self.assertEqual(basket.total_cents(), 600)


if __name__ == "__main__":
    unittest.main()

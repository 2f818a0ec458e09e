import sqlite3
import unittest

from reports import ask

ROWS = """
CREATE TABLE orders (id INTEGER PRIMARY KEY);
CREATE TABLE items (order_id INTEGER NOT NULL, quantity INTEGER NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE payments (order_id INTEGER NOT NULL, cents INTEGER NOT NULL);
INSERT INTO orders VALUES (1), (2), (3);
INSERT INTO items VALUES (1, 2, 500), (1, 1, 300), (2, 1, 900);
INSERT INTO payments VALUES (1, 1000), (1, 300), (2, 900);
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.executescript(ROWS)

    def test_an_order_of_one_item_and_payment(self):
        self.assertEqual(ask(self.database, "balance")[1], (2, 900, 900))

    def test_an_order_of_several(self):
        self.assertEqual(ask(self.database, "balance")[0], (1, 1300, 1300))


if __name__ == "__main__":
    unittest.main()

import sqlite3
import unittest

from reports import ask

ROWS = """
CREATE TABLE sales (sold_at TEXT NOT NULL, cents INTEGER NOT NULL);
INSERT INTO sales VALUES
    ('2024-01-01 00:00:00', 100), ('2024-01-15 12:30:00', 200), ('2024-01-31 18:45:00', 400), ('2024-02-01 00:00:00', 800);
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.executescript(ROWS)

    def test_a_month_without_sales(self):
        self.assertEqual(ask(self.database, "month", month="2023-12"), [(0, 0)])

    def test_the_evening_of_the_last_day_counts(self):
        self.assertEqual(ask(self.database, "month", month="2024-01"), [(3, 700)])


if __name__ == "__main__":
    unittest.main()

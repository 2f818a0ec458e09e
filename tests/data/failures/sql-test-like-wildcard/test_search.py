import sqlite3
import unittest

from search import find


class FindTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.execute("CREATE TABLE files (name TEXT NOT NULL)")
        names = ["a_1.txt", "a11.txt", "b.txt", "100%.md", "1000.md"]
        self.database.executemany("INSERT INTO files VALUES (?)", [(name,) for name in names])

    def test_plain_text(self):
        self.assertEqual(find(self.database, ".txt"), ["a11.txt", "a_1.txt", "b.txt"])

    def test_underscore(self):
        self.assertEqual(find(self.database, "a_1"), ["a_1.txt"])


if __name__ == "__main__":
    unittest.main()

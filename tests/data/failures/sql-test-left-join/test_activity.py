import sqlite3
import unittest

from activity import visits_since


class VisitsTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.executescript("""
            CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TABLE visits (member_id INTEGER NOT NULL, day TEXT NOT NULL);
            INSERT INTO members VALUES (1, 'ann'), (2, 'bob'), (3, 'cyd');
            INSERT INTO visits VALUES (1, '2024-02-01'), (1, '2024-02-03'), (2, '2024-01-05');
        """)

    def test_counts_visits(self):
        self.assertEqual(visits_since(self.database, "2024-01-01")[:2], [("ann", 2), ("bob", 1)])

    def test_names_those_who_never_came(self):
        self.assertEqual(visits_since(self.database, "2024-02-01"), [("ann", 2), ("bob", 0), ("cyd", 0)])


if __name__ == "__main__":
    unittest.main()

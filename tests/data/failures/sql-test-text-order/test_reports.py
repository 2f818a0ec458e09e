import sqlite3
import unittest

from reports import ask

ROWS = """
CREATE TABLE houses (street TEXT NOT NULL, number TEXT NOT NULL, suffix TEXT NOT NULL DEFAULT '');
INSERT INTO houses VALUES ('Elm', '10', ''), ('Elm', '2', 'b'), ('Elm', '2', 'a'), ('Elm', '1', ''), ('Oak', '7', '');
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.executescript(ROWS)

    def test_houses_in_order(self):
        self.assertEqual([row[0] for row in ask(self.database, "street", street="Elm")], ["1", "2a", "2b", "10"])


if __name__ == "__main__":
    unittest.main()

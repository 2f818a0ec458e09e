import sqlite3
import unittest

from reports import ask

ROWS = """
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT NOT NULL, manager_id INTEGER REFERENCES employees (id));
INSERT INTO employees VALUES (1, 'ada', NULL), (2, 'ben', 1), (3, 'cleo', 1), (4, 'dan', 2);
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.executescript(ROWS)

    def test_those_who_lead_nobody(self):
        self.assertEqual(ask(self.database, "unassigned"), [("cleo",), ("dan",)])


if __name__ == "__main__":
    unittest.main()

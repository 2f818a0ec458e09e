import sqlite3
import unittest

from reports import ask

ROWS = """
CREATE TABLE runs (job TEXT NOT NULL, status TEXT NOT NULL);
INSERT INTO runs VALUES ('backup', 'ok'), ('backup', 'failed'), ('backup', 'ok'), ('mail', 'ok'), ('sync', 'failed');
"""


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.database = sqlite3.connect(":memory:")
        self.addCleanup(self.database.close)
        self.database.executescript(ROWS)

    def test_share_of_each_job(self):
        self.assertEqual(ask(self.database, "success_rate"), [("sync", 0.0), ("backup", 66.7), ("mail", 100.0)])


if __name__ == "__main__":
    unittest.main()

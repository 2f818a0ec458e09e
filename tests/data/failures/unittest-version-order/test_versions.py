import unittest

from versions import newest, upgrades


class VersionsTest(unittest.TestCase):
    def test_newest_patch(self):
        self.assertEqual(newest(["1.4.1", "1.4.2", "1.3.9"]), "1.4.2")

    def test_upgrades_in_numeric_order(self):
        available = ["v1.9.0", "v1.10.0", "v1.8.5", "v2.0.0", "v1.11.3"]
        self.assertEqual(upgrades("v1.9.0", available), ["v1.10.0", "v1.11.3", "v2.0.0"])

    def test_no_version(self):
        with self.assertRaises(ValueError):
            newest([])


if __name__ == "__main__":
    unittest.main()

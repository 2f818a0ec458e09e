import csv
import io
import unittest

from csv_export import export

BOOKS = [
    {"title": "Emma", "note": "signed", "price": 12.5},
    {"title": "Essays, vol. 2", "note": None, "price": 9},
    {"title": "Dune", "note": 'cover says "first edition"', "price": 80},
]


class ExportTest(unittest.TestCase):
    maxDiff = None

    def test_header_only(self):
        self.assertEqual(export([], ["a", "b"]), "a,b\n")

    def test_reads_back_as_written(self):
        text = export(BOOKS, ["title", "note", "price"])
        self.assertEqual(
            list(csv.reader(io.StringIO(text), strict=False)),
            [
                ["title", "note", "price"],
                ["Emma", "signed", "12.5"],
                ["Essays, vol. 2", "", "9"],
                ["Dune", 'cover says "first edition"', "80"],
            ],
        )


if __name__ == "__main__":
    unittest.main()

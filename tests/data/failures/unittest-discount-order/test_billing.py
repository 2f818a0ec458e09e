import unittest

from billing import Bill


class BillTest(unittest.TestCase):
    def setUp(self):
        self.bill = Bill(tax_percent=20, net_prices=[2500, 7500])

    def test_without_voucher(self):
        self.assertEqual(self.bill.gross(), 12000)

    def test_voucher_reduces_tax(self):
        self.bill.voucher_cents = 1000
        self.assertEqual(self.bill.tax(), 1800)
        self.assertEqual(self.bill.gross(), 10800, "9000 net plus 1800 tax")

    def test_voucher_larger_than_bill(self):
        self.bill.voucher_cents = 20000
        self.assertEqual(self.bill.gross(), 0)

from payments import reconcile

invoices = [{"number": "R-1", "cents": 5000}, {"number": "R-2", "cents": 900}, {"number": "R-3", "cents": 100}]
transfers = [{"reference": " r-1", "cents": 2000}, {"reference": "R-2", "cents": 400}, {"reference": "r-2 ", "cents": 500}]
assert reconcile(invoices, transfers) == {"R-1": "partial", "R-2": "paid", "R-3": "open"}
assert reconcile(invoices, []) == {"R-1": "open", "R-2": "open", "R-3": "open"}

from accounts import Account

account = Account.from_row({"number": "1", "owner": "bob stone", "balance": "-12.50", "overdraft": "50"})
assert account == Account("1", "Bob Stone", -1250, 5000)
assert account.available() == 3750
assert Account.from_row({"number": "2", "owner": "x", "balance": "0.99", "overdraft": ""}).available() == 99
assert Account.from_row({"number": "3", "owner": "x", "balance": "250.10"}) == Account("3", "X", 25010, 0)

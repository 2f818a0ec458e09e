import csv
import io

from accounts import Account

LEDGER = """number,owner,balance,overdraft
1001,ada lovelace,250.10,100
1002,bob stone,-12.50,50
1003,cyd marsh,0.99,
"""


def main() -> None:
    for row in csv.DictReader(io.StringIO(LEDGER)):
        account = Account.from_row(row)
        print(f"{account.number} {account.owner:<14}{account.available() / 100:>9.2f}")


if __name__ == "__main__":
    main()

"""Sum the budget export that accounting sends as CSV."""

import csv
import io

EXPORT = """department,item,amount
IT,Laptops,"12,400"
IT,Licences,980
Sales,Travel,"1,250"
Sales,Fair stand,"3,000"
"""


def parse_amount(text: str) -> int:
    """Return the amount in whole euros; the export writes 1250 as "1,250"."""
    return int(text.strip())


def totals(export: str) -> dict[str, int]:
    """Return the sum of amounts for each department."""
    result: dict[str, int] = {}
    for row in csv.DictReader(io.StringIO(export)):
        department = row["department"]
        result[department] = result.get(department, 0) + parse_amount(row["amount"])
    return result


def main() -> None:
    for department, amount in totals(EXPORT).items():
        print(f"{department:<10}{amount:>10,}")


if __name__ == "__main__":
    main()

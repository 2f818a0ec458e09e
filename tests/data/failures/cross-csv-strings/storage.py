"""Stock list on disk."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Stock:
    sku: str
    name: str
    quantity: int
    reorder_at: int


def load(path: Path) -> list[Stock]:
    """Return the stock entries of a CSV file with the columns sku, name, quantity, reorder_at."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Stock(
                sku=row["sku"].upper(),
                name=row["name"].strip(),
                quantity=row["quantity"],
                reorder_at=int(row["reorder_at"]),
            )
            for row in csv.DictReader(file)
        ]

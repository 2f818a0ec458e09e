from pathlib import Path

import report
import storage


def main() -> None:
    stock = storage.load(Path(__file__).with_name("stock.csv"))
    print("pieces:", report.total_pieces(stock))
    for sku, pieces in report.to_order(stock):
        print(f"order {pieces} x {sku}")


if __name__ == "__main__":
    main()

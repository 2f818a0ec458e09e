import itertools

from exchange import Converter

RATES = {"USD": 0.92, "GBP": 1.17}


def main() -> None:
    ticks = itertools.count(step=60)
    converter = Converter(RATES.__getitem__, lambda: next(ticks))
    for amount, currency in [(100, "USD"), (20, "GBP"), (250.5, "USD")]:
        print(f"{amount:>7} {currency} = {converter.to_euros(amount, currency):>7.2f} EUR")


if __name__ == "__main__":
    main()

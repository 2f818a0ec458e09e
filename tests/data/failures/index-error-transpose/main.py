from matrix import multiply

SALES = [[3, 0, 2], [1, 4, 4]]
PRICES = [[10.0], [2.5], [4.0]]


def main() -> None:
    for name, row in zip(("north", "south"), multiply(SALES, PRICES), strict=True):
        print(f"{name}: {row[0]:.2f}")


if __name__ == "__main__":
    main()

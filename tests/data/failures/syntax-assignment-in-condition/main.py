from payments import reconcile

INVOICES = [{"number": "R-1", "cents": 5000}, {"number": "R-2", "cents": 900}, {"number": "R-3", "cents": 100}]
TRANSFERS = [{"reference": " r-1", "cents": 2000}, {"reference": "R-2", "cents": 900}]


def main():
    for number, status in reconcile(INVOICES, TRANSFERS).items():
        print(number, status)


if __name__ == "__main__":
    main()

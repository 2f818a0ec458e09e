"""Shipping quotes by zone and weight."""

import math

BASE_PRICE = {
    "DOMESTIC": 4.90,
    "EU": 9.50
    "WORLD": 19.00,
}
PRICE_PER_KG = {"DOMESTIC": 0.80, "EU": 1.60, "WORLD": 4.25}


def quote(zone: str, weight_kg: float) -> float:
    """Price of a parcel: the zone's base price plus each started kilogram."""
    if weight_kg <= 0:
        raise ValueError(f"weight must be positive, not {weight_kg}")
    started = math.ceil(weight_kg)
    return round(BASE_PRICE[zone] + started * PRICE_PER_KG[zone], 2)


def main() -> None:
    for zone, weight in [("DOMESTIC", 1.2), ("EU", 3.0), ("WORLD", 0.4)]:
        print(f"{zone:<10}{weight:>5} kg {quote(zone, weight):>8.2f}")


if __name__ == "__main__":
    main()

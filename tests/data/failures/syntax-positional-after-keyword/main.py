"""Bar charts for the terminal."""


def draw_bar(label: str, value: float, largest: float, width: int = 20, fill: str = "#") -> str:
    """Return a line with the label, a bar scaled so that `largest` fills `width` columns, and the value."""
    length = round(width * value / largest) if largest else 0
    return f"{label:<8}|{fill * length:<{width}}| {value:g}"


def chart(values: dict[str, float], width: int = 20) -> list[str]:
    """Return one bar a value, the largest first."""
    largest = max(values.values(), default=0)
    ordered = sorted(values.items(), key=lambda item: item[1], reverse=True)
    return [draw_bar(label=name, value, largest, width=width) for name, value in ordered]


if __name__ == "__main__":
    print("\n".join(chart({"mon": 12, "tue": 31, "wed": 7.5})))

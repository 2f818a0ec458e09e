"""Print a menu tree and how deep it is nested."""

from dataclasses import dataclass, field


@dataclass
class Item:
    label: str
    children: list["Item"] = field(default_factory=list)


def depth(item: Item) -> int:
    """Return the number of levels, 1 for an item without children."""
    deepest = 0
    for child in item.children:
        deepest = max(deepest, depth(item))
    return deepest + 1


def outline(item: Item, level: int = 0) -> list[str]:
    """Return a line an item, indented by two blanks a level."""
    lines = ["  " * level + item.label]
    for child in item.children:
        lines.extend(outline(child, level + 1))
    return lines


MENU = Item("File", [Item("Open"), Item("Export", [Item("PDF"), Item("HTML")]), Item("Quit")])


def main() -> None:
    print(f"{depth(MENU)} levels")
    print("\n".join(outline(MENU)))


if __name__ == "__main__":
    main()

"""Wrap text for receipts."""


def wrap(text: str, width: int) -> list[str]:
    """Return lines of at most `width` characters, broken at blanks; a longer word stands on a line of its own."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        if not current:
            current = word
        elif len(current) + 1 + len(word) <= width:
            current += " " + word
        else:
            lines.append(current)
            current = word
    return lines


def box(text: str, width: int) -> str:
    """Return the wrapped text between two rules."""
    rule = "-" * width
    return "\n".join([rule, *wrap(text, width), rule])

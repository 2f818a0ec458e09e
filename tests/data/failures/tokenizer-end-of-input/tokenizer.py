"""Tokens of arithmetic expressions."""

OPERATORS = "+-*/()"


def tokenize(text: str) -> list[str]:
    """Return numbers and operators. Raises: ValueError: a character that belongs to neither."""
    tokens = []
    position = 0
    while position < len(text):
        char = text[position]
        if char.isspace():
            position += 1
        elif char in OPERATORS:
            tokens.append(char)
            position += 1
        elif char.isdigit():
            start = position
            while text[position].isdigit() or text[position] == ".":
                position += 1
            tokens.append(text[start:position])
        else:
            raise ValueError(f"unexpected {char!r} at {position}")
    return tokens

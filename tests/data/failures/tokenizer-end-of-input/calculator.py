"""Evaluate expressions by precedence climbing."""

from tokenizer import tokenize

PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


def evaluate(text: str) -> float:
    """Return the value of the expression."""
    tokens = tokenize(text)
    value = _expression(tokens, 1)
    if tokens:
        raise ValueError(f"unexpected {tokens[0]!r}")
    return value


def _atom(tokens: list[str]) -> float:
    token = tokens.pop(0)
    if token != "(":
        return float(token)
    value = _expression(tokens, 1)
    if not tokens or tokens.pop(0) != ")":
        raise ValueError("missing )")
    return value


def _expression(tokens: list[str], lowest: int) -> float:
    left = _atom(tokens)
    while tokens and PRECEDENCE.get(tokens[0], 0) >= lowest:
        operator = tokens.pop(0)
        right = _expression(tokens, PRECEDENCE[operator] + 1)
        if operator == "+":
            left += right
        elif operator == "-":
            left -= right
        elif operator == "*":
            left *= right
        else:
            left /= right
    return left


if __name__ == "__main__":
    for line in ("(1 + 2) * (3)", "2 * (3.5 - 1) / 4"):
        print(line, "=", evaluate(line))

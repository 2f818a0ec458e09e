"""Durations such as 90s, 15m, 2h."""

import re

PATTERN = re.compile(r"(\d+)([smh])")


def parse_duration(text: str) -> int:
    """Return the seconds. Raises: ValueError: not a number with the unit s, m or h."""
    match = PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a duration: {text!r}")
    number, unit = int(match[1]), match[2]
    if unit == "s":
        return number
    if unit == "m":
        return number * 60

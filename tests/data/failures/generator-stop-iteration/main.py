"""Pair up the values of a flat key/value list, as old INI dumps have it."""

from collections.abc import Iterable, Iterator


def pairs(flat: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (key, value); a last key without a value gets the empty string."""
    values = iter(flat)
    for key in values:
        value = next(values)
        yield key, value


def to_ini(flat: list[str]) -> str:
    """Return the pairs as INI lines."""
    return "\n".join(f"{key} = {value}".rstrip() for key, value in pairs(flat))


def main() -> None:
    dump = "host db1 port 5432 user app password"
    print(to_ini(dump.split()))


if __name__ == "__main__":
    main()

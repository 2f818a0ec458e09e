"""Write CSV as RFC 4180 describes it, with line feeds."""

from collections.abc import Iterable, Mapping


def quote(value: object) -> str:
    """Return the field's text; one with a comma, a quotation mark or a line break is quoted."""
    text = "" if value is None else str(value)
    if any(char in text for char in ',"\n'):
        return f'"{text}"'
    return text


def export(rows: Iterable[Mapping[str, object]], columns: list[str]) -> str:
    """Return a header line and a line a row; missing values are empty."""
    lines = [",".join(quote(column) for column in columns)]
    lines += [",".join(quote(row.get(column)) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"

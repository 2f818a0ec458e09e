"""Log configuration for the importer."""

FORMATTERS = {
    "plain": {
        "fields": ["time", "level", "message"],
        "separator": " ",
    },
    "json": {
        "fields": ["time", "level", "logger", "message",
        "separator": ",",
    },
    "short": {
        "fields": ["message"],
        "separator": "",
    },
}


def render(kind: str, record: dict[str, str]) -> str:
    """Return the record's fields in the order that the formatter names."""
    formatter = FORMATTERS[kind]
    values = [record.get(field, "-") for field in formatter["fields"]]
    return formatter["separator"].join(values)

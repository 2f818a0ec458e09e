"""Plain-text mails from templates with $name placeholders."""

from string import Template

FOOTER = "-- \nThe library team"


def reminder(reader: str, titles: list[str], days_late: int) -> str:
    """Return the text of a reminder: a greeting, one line a title, and the fee of 0.25 a day and title."""
    greeting = Template("Dear $reader,).substitute(reader=reader)
    items = "\n".join(f"* {title}" for title in titles)
    fee = 0.25 * days_late * len(titles)
    body = f"These are {days_late} days late:\n{items}\nFee so far: {fee:.2f}"
    return "\n\n".join([greeting, body, FOOTER])

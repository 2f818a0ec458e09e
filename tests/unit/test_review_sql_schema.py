"""What does not fit the tables that a script of SQL makes, and what does."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.fixes import apply_edits
from qwen_lsp.review.found import Found
from qwen_lsp.review.rules import found_in
from qwen_lsp.text import TextSnapshot

TABLE = "CREATE TABLE bookings (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, booked_at TIMESTAMP);\n"
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON bookings\nBEGIN\n  UPDATE totals SET cents = cents + NEW.{};\nEND;\n"
FUNCTION = """CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {}
END
$$;
"""


def booked(*statements: str) -> str:
    """Return a script that makes the table, and goes on with these statements."""
    return "".join([TABLE, *statements])


RUNNING = "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON bookings FOR EACH ROW EXECUTE FUNCTION touch();\n"

MISTAKES = [
    # rule, 1-based line, text
    ("missing-column", 4, booked(TRIGGER.format("value").replace("cents = cents", "cents = totals.cents"))),
    ("missing-column", 4, booked(TRIGGER.format("amout"))),
    ("missing-column", 4, booked(FUNCTION.format("NEW.changed := now();\n  RETURN NEW;") + RUNNING)),
    ("missing-column", 2, booked("INSERT INTO bookings (id, value) VALUES (1, 2);\n")),
    ("wrong-count", 2, booked("INSERT INTO bookings VALUES (1, 2, NULL, 4);\n")),
    ("returns-nothing", 1, FUNCTION.format("NEW.booked_at := now();")),
    ("returns-nothing", 1, FUNCTION.format("IF NEW.amount < 0 THEN\n    RAISE EXCEPTION 'no';\n  END IF;")),
    ("returns-nothing", 1, FUNCTION.format("RAISE NOTICE 'touched';")),
    (
        "filtered-outer-join",
        4,
        booked(
            "CREATE TABLE guests (guest_id INTEGER, name TEXT);\n"
            "SELECT name FROM guests LEFT JOIN bookings AS b ON b.id = guest_id\nWHERE amount > 100;\n"
        ),
    ),
    (
        "ends-at-midnight",
        2,
        booked("SELECT id FROM bookings WHERE booked_at BETWEEN '2024-02-01' AND '2024-02-29';\n"),
    ),
]
RIGHT = [
    booked(TRIGGER.format("amount")),
    booked(TRIGGER.format("rowid")),
    TRIGGER.format("value"),
    booked("ALTER TABLE bookings ADD COLUMN value INTEGER;\n" + TRIGGER.format("value")),
    'CREATE TABLE "bookings" (id INTEGER, "value" INTEGER);\n' + TRIGGER.format("value"),
    "CREATE TABLE bookings (id, value);\n" + TRIGGER.format("value"),
    "CREATE TABLE bookings (id INTEGER) INHERITS (entries);\n" + TRIGGER.format("value"),
    f"CREATE TABLE bookings AS TABLE entries;\n{TRIGGER.format('value')}",
    booked(TRIGGER.format("value").replace("AFTER", "INSTEAD OF")),
    booked(TRIGGER.format("amount -- not NEW.value")),
    booked(FUNCTION.format("IF TG_TABLE_NAME = 'a' THEN NEW.changed := 1; END IF;\n  RETURN NEW;") + RUNNING),
    booked(FUNCTION.format("NEW.changed := 1;\n  RETURN NEW;")),
    booked("INSERT INTO bookings (id, Amount) VALUES (1, 2);\n"),
    booked("INSERT INTO bookings VALUES (1, 2);\n"),
    booked("INSERT INTO others (value) VALUES (1);\n"),
    FUNCTION.format("NEW.booked_at := now();\n  RETURN NEW;"),
    FUNCTION.format("RAISE EXCEPTION 'bookings are final';"),
    FUNCTION.format("IF NEW.a THEN\n    RAISE EXCEPTION 'a';\n  ELSE\n    RAISE EXCEPTION 'b';\n  END IF;"),
    FUNCTION.format("NEW.booked_at := now();").replace("RETURNS trigger", "RETURNS void"),
    booked("SELECT id FROM bookings WHERE booked_at BETWEEN '2024-02-01' AND '2024-02-15';\n"),
    booked("SELECT name FROM guests LEFT JOIN bookings AS b ON b.id = guest_id\nWHERE amount > 100;\n"),
    booked("CREATE TABLE a (k INTEGER);\nSELECT k FROM a LEFT JOIN bookings AS b ON b.id = k WHERE k > 1;\n"),
    "CREATE TABLE days (day DATE);\nSELECT day FROM days WHERE day BETWEEN '2024-02-01' AND '2024-02-29';\n",
]
MENDED = [
    (booked(TRIGGER.format("amout")), "NEW.amount;"),
    (booked("INSERT INTO bookings (id, ammount) VALUES (1, 2);\n"), "INSERT INTO bookings (id, amount)"),
    (FUNCTION.format("NEW.amount := 0;") + RUNNING, "  NEW.amount := 0;\n  RETURN NEW;\nEND\n"),
]


def found(text: str) -> list[Found]:
    """Return what the rules find in a script."""
    return found_in(TextSnapshot(Path("/src/a.sql"), text))


@pytest.mark.parametrize(("rule", "line", "text"), MISTAKES)
def test_a_mistake_is_found_in_its_line(rule: str, line: int, text: str) -> None:
    """And nothing else is."""
    assert [(one.rule, one.place.start.line + 1) for one in found(text) if one.rule != "every-row"] == [(rule, line)]


@pytest.mark.parametrize("text", RIGHT)
def test_what_may_be_right_is_left_alone(text: str) -> None:
    """Also tables whose columns the script does not tell."""
    assert [one.rule for one in found(text) if one.rule != "every-row"] == []


@pytest.mark.parametrize(("before", "after"), MENDED)
def test_one_change_mends_what_is_certain(before: str, after: str) -> None:
    """With it nothing is found any more."""
    (one,) = found(before)
    assert one.change is not None
    text = apply_edits(TextSnapshot(Path("/src/a.sql"), before), one.change.edits)
    assert after in text
    assert found(text) == []


def test_a_change_is_left_out_where_the_row_may_be_the_old_one() -> None:
    """A trigger on DELETE returns OLD."""
    (one,) = found(FUNCTION.format("NEW.amount := 0;") + RUNNING.replace("UPDATE", "DELETE"))
    assert one.change is None

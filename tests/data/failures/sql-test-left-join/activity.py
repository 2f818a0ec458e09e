"""What the members of a club have done."""

import sqlite3

VISITS = """
SELECT m.name, count(v.day) AS visits
FROM members AS m
LEFT JOIN visits AS v ON v.member_id = m.id
WHERE v.day >= :since
GROUP BY m.id
ORDER BY visits DESC, m.name
"""


def visits_since(database: sqlite3.Connection, since: str) -> list[tuple[str, int]]:
    """Return each member with the number of visits from that day on, also those who never came."""
    return database.execute(VISITS, {"since": since}).fetchall()

import sqlite3


def orders_by_customer(connection: sqlite3.Connection, customer_id: int, states: list[str]):
    marks = ", ".join("?" for _ in states)
    query = f"SELECT id, total FROM orders WHERE customer_id = ? AND state IN ({marks})"
    return connection.execute(query, (customer_id, *states)).fetchall()

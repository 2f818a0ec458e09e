TABLES = ("customers", "orders", "items")


def count_rows(connection):
    """Return the number of rows of each of our tables."""
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}

import sqlite3


def find_user(connection: sqlite3.Connection, name: str):
    cursor = connection.cursor()
    cursor.execute(f"SELECT id, email FROM users WHERE name = '{name}'")  <<security>>
    return cursor.fetchone()

from config import load_database

TEXT = """
{
  "database": {"host": "db.internal", "timeout": 2.5},
  "workers": 4
}
"""


def main() -> None:
    database = load_database(TEXT)
    print(f"connecting to {database.host}:{database.port}, timeout {database.timeout_s} s")


if __name__ == "__main__":
    main()

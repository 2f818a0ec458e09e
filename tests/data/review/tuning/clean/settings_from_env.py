import os


def database_url() -> str:
    password = os.environ["DB_PASSWORD"]
    host = os.environ.get("DB_HOST", "localhost")
    return f"postgresql://app:{password}@{host}/shop"

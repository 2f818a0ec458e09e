from main import ENV_FILE, parse, parse_line

assert parse(ENV_FILE) == {
    "DB_HOST": "db.internal",
    "DB_OPTIONS": "sslmode=require&pool=5",
    "TOKEN": "YWJjZA==",
    "EMPTY": "",
}
assert parse_line("A=b=c=d") == ("A", "b=c=d")

"""Read environment files for containers."""

ENV_FILE = """\
# database
DB_HOST=db.internal
DB_OPTIONS=sslmode=require&pool=5
export TOKEN="YWJjZA=="

EMPTY=
"""


def parse_line(line: str) -> tuple[str, str]:
    """Return (name, value) of `[export ]NAME=VALUE`; one pair of double quotes around the value is removed."""
    name, value = line.removeprefix("export ").split("=")
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return name.strip(), value


def parse(text: str) -> dict[str, str]:
    """Return all variables; comments and blank lines are skipped."""
    lines = (line.strip() for line in text.splitlines())
    return dict(parse_line(line) for line in lines if line and not line.startswith("#"))


def main() -> None:
    for name, value in parse(ENV_FILE).items():
        print(f"{name} -> {value!r}")


if __name__ == "__main__":
    main()

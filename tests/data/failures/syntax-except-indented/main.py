"""Read `KEY=VALUE` settings; numbers become int or float."""


def convert(text: str) -> int | float | str:
    """Return the number that the text spells, else the text itself."""
    for kind in (int, float):
        try:
            return kind(text)
            except ValueError:
                continue
    return text


def read_settings(source: str) -> dict[str, int | float | str]:
    """Return the settings; blank lines and lines that start with # are left out."""
    settings = {}
    for line in source.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, _, value = line.partition("=")
        settings[key.strip()] = convert(value.strip())
    return settings


if __name__ == "__main__":
    print(read_settings("# limits\nworkers = 4\nratio=0.75\n\nname = night run\n"))

"""Rotate numbered log files in memory: app.log -> app.log.1 -> app.log.2 ..."""


def rotate(files: dict[str, str], base: str, keep: int) -> dict[str, str]:
    """Return the files after one rotation; at most `keep` numbered copies remain and base is empty."""
    rotated = {}
    for name, content in files.items():
        if name == base:
            if content:
                rotated[f"{base}.1"] = content
        elif name.startswith(base + "."):
            number = int(name.rsplit(".", 1)[1])
            if number + 1 <= keep:
                target = f"{base}.{number + 1}"
               rotated[target] = content
        else:
            rotated[name] = content
    rotated[base] = ""
    return rotated


def main() -> None:
    files = {"app.log": "today", "app.log.1": "yesterday", "app.log.2": "older", "notes.txt": "keep"}
    for name, content in sorted(rotate(files, "app.log", keep=2).items()):
        print(f"{name}: {content!r}")


if __name__ == "__main__":
    main()

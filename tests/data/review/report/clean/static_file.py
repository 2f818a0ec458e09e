from pathlib import Path

ROOT = Path("/srv/static").resolve()


def static_file(name: str) -> bytes:
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT):
        raise PermissionError(name)
    return path.read_bytes()

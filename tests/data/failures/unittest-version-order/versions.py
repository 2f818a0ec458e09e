"""Pick releases by version number."""


def key(version: str) -> tuple:
    """Return a sort key for versions such as v1.4.2: numeric order, part by part."""
    return tuple(version.removeprefix("v").split("."))


def newest(versions: list[str]) -> str:
    """Return the highest version. Raises: ValueError: there is none."""
    return max(versions, key=key)


def upgrades(installed: str, available: list[str]) -> list[str]:
    """Return the versions above the installed one, lowest first."""
    return sorted((version for version in available if key(version) > key(installed)), key=key)

"""The address that the service listens on."""

from settings import load


def address(profile: str, environment: dict[str, str]) -> str:
    """Return the URL of the service."""
    settings = with_scheme(load(profile, environment))
    return f"{settings['scheme']}://{settings['host']}:{settings['port']}"


def with_scheme(settings: dict[str, object]) -> dict[str, object]:
    """Return the settings with the scheme: http while debugging, else https."""
    return {**settings, "scheme": "http" if settings["debug"] else "https"}


if __name__ == "__main__":
    print(address("development", {}))
    print(address("production", {"APP_PORT": "443", "PATH": "/usr/bin"}))

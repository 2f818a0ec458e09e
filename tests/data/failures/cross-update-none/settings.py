"""Settings: defaults, overlaid by a profile and by environment variables named APP_*."""

DEFAULTS = {"host": "127.0.0.1", "port": 8080, "debug": False}

PROFILES = {
    "development": {"debug": True},
    "production": {"host": "0.0.0.0"},
}


def from_environment(environment: dict[str, str]) -> dict[str, object]:
    """Return the settings that the environment gives; APP_PORT is a number."""
    found: dict[str, object] = {}
    for name, value in environment.items():
        if name.startswith("APP_"):
            key = name.removeprefix("APP_").lower()
            found[key] = int(value) if key == "port" else value
    return found


def with_overrides(base: dict[str, object], overrides: dict[str, object]) -> dict[str, object]:
    """Return a new dict: base, overlaid by the overrides."""
    return dict(base).update(overrides)


def load(profile: str, environment: dict[str, str]) -> dict[str, object]:
    """Return the settings of a profile."""
    return with_overrides(DEFAULTS, {**PROFILES[profile], **from_environment(environment)})

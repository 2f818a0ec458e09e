"""Typed access to the service's JSON configuration."""

import json
from dataclasses import dataclass


class ConfigError(Exception):
    """The configuration lacks a value or has one of the wrong type."""


@dataclass(frozen=True)
class Database:
    host: str
    port: int
    timeout_s: float


def load_database(text: str) -> Database:
    """Return the section "database": host, port (default 5432) and timeout in seconds.

    Raises: ConfigError: not JSON, or host or timeout is missing.
    """
    try:
        section = json.loads(text)["database"]
        return Database(
            host=section["host"],
            port=int(section.get("port", 5432)),
            timeout_s=float(section["time_out"]),
        )
    except KeyError as error:
        raise ConfigError(f"configuration lacks {error}") from error
    except ValueError as error:
        raise ConfigError(f"configuration is malformed: {error}") from error

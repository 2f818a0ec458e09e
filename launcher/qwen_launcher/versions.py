"""The stable and the latest version: which model, flags and engine are served, kept between starts."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from qwen_launcher.state import write_private

if TYPE_CHECKING:
    from pathlib import Path

FILE = "versions.json"
STABLE, LATEST = "stable", "latest"

FIELDS: dict[str, type] = {"model": str, "max_model_len": int, "port": int, "engine": str, "engine_args": list}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Version:
    """What to serve; None leaves it to the preset for this machine.

    `model` is a catalogue name, a folder or a hub id; `max_model_len` is in tokens; `engine` is a version number of
    the engine, such as `0.32.0`; `engine_args` are added to its command line, where they win over the preset's.
    """

    model: str | None = None
    max_model_len: int | None = None
    port: int | None = None
    engine: str | None = None
    engine_args: list[str] | None = None

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Version:
        """Return the version that `values` describes.

        Raises:
            ValueError: a field is unknown or of the wrong type; the message names it.
        """
        for name, value in values.items():
            expected = FIELDS.get(name)
            if expected is None:
                raise ValueError(f"unknown field {name!r}")
            if value is not None and (not isinstance(value, expected) or isinstance(value, bool)):
                raise ValueError(f"{name} must be of type {expected.__name__}, not {value!r}")
            if isinstance(value, list) and not all(isinstance(item, str) for item in value):
                raise ValueError(f"{name} must hold strings alone, not {value!r}")
        return cls(**values)

    def over(self, other: Version) -> Version:
        """Return this version with what it leaves open taken from `other`, unless it names another model."""
        if self.model not in {None, other.model}:
            return self
        return Version(
            self.model or other.model,
            self.max_model_len or other.max_model_len,
            self.port or other.port,
            self.engine or other.engine,
            self.engine_args or other.engine_args,
        )


@dataclass(frozen=True, slots=True)
class Versions:
    """Both versions; `latest` is None when only the stable one is known, else it is the one that is served."""

    stable: Version = field(default_factory=Version)
    latest: Version | None = None

    @property
    def served_name(self) -> str:
        """`stable` or `latest`: which is, or is to be, served."""
        return STABLE if self.latest is None else LATEST

    @property
    def served(self) -> Version:
        """The version that is, or is to be, served."""
        return self.stable if self.latest is None else self.latest


def read_versions(path: Path) -> Versions:
    """Return what is kept in `path`; the defaults when there is nothing that can be read (which is logged)."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
        latest = loaded["latest"]
        return Versions(Version.from_json(loaded["stable"]), None if latest is None else Version.from_json(latest))
    except FileNotFoundError:
        return Versions()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("%s cannot be read (%s); the preset for this machine is used", path, error)
        return Versions()


def write_versions(path: Path, versions: Versions) -> None:
    """Keep `versions`; the port is not kept, for it was free at one moment only."""
    latest = None if versions.latest is None else asdict(replace(versions.latest, port=None))
    write_private(path, json.dumps({"stable": asdict(replace(versions.stable, port=None)), "latest": latest}) + "\n")

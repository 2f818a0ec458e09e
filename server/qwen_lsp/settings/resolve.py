"""Resolve settings: editor options first, then the environment, then defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

ENVIRONMENT_PREFIX = "QWEN_LSP_"


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """Which OpenAI-compatible server answers; everything unset means "the backend that qwen-launcher runs"."""

    base_url: str | None = None
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All resolved settings."""

    backend: BackendSettings = field(default_factory=BackendSettings)


def resolve(environ: Mapping[str, str], options: object = None) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings, and one warning for each option that was not understood.

    ``options`` is the wire form, ``{"backend": {"baseUrl", "model", "apiKey"}}``, as an editor sends it in
    ``initializationOptions``; it wins over ``QWEN_LSP_BASE_URL``, ``QWEN_LSP_MODEL`` and ``QWEN_LSP_API_KEY``.
    An option that is unknown or of the wrong type is warned of and its default kept.
    """
    from_environment = {
        each.name: environ.get(ENVIRONMENT_PREFIX + each.name.upper()) or None for each in fields(BackendSettings)
    }
    backend = BackendSettings(**from_environment)
    if options is None:
        return Settings(backend), ()
    if not isinstance(options, Mapping):
        return Settings(backend), (f"settings must be an object, not {type(options).__name__}; using the defaults",)
    warnings = [f"unknown setting {name!r} is ignored" for name in options if name != "backend"]
    wire = options.get("backend", {})
    if not isinstance(wire, Mapping):
        warnings.append(f"setting 'backend' must be an object, not {type(wire).__name__}; it is ignored")
        wire = {}
    given: dict[str, Any] = {}
    by_wire_name = {_camel_case(each.name): each.name for each in fields(BackendSettings)}
    for wire_name, value in wire.items():
        if wire_name not in by_wire_name:
            warnings.append(f"unknown setting 'backend.{wire_name}' is ignored")
        elif value is not None and not isinstance(value, str):
            warnings.append(f"setting 'backend.{wire_name}' must be a string, not {type(value).__name__}; it is ignored")
        elif value:
            given[by_wire_name[wire_name]] = value
    return Settings(replace(backend, **given)), tuple(warnings)


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)

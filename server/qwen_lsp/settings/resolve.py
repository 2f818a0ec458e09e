"""Resolve settings: editor options first, then the environment, then defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

ENVIRONMENT_PREFIX = "QWEN_LSP_"

_SWITCHES = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """Which OpenAI-compatible server answers; everything unset means "the backend that qwen-launcher runs".

    ``timeout_s`` is the longest silence of the server that is borne: on two CPU cores the first token of a long prompt
    takes tens of seconds. ``auto_start`` lets a question start the launcher's backend; without it one that is off stays
    off.
    """

    base_url: str | None = None
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float = 120.0
    auto_start: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All resolved settings."""

    backend: BackendSettings = field(default_factory=BackendSettings)


def resolve(environ: Mapping[str, str], options: object = None) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings, and one warning for each value that was not understood.

    ``options`` is the wire form, ``{"backend": {"baseUrl", "model", "apiKey", "timeoutS", "autoStart"}}``, as an
    editor sends it in ``initializationOptions``; it wins over ``QWEN_LSP_BASE_URL``, ``QWEN_LSP_MODEL``,
    ``QWEN_LSP_API_KEY``, ``QWEN_LSP_TIMEOUT_S`` and ``QWEN_LSP_AUTO_START``. A value that is unknown or of the wrong
    type is warned of and the one below it kept.
    """
    warnings: list[str] = []
    given: dict[str, Any] = {}
    for each in fields(BackendSettings):
        variable = ENVIRONMENT_PREFIX + each.name.upper()
        if environ.get(variable):
            _take(given, each.name, environ[variable], variable, warnings)
    names = {_camel_case(each.name): each.name for each in fields(BackendSettings)}
    for area, wire in _entries(options, "settings", warnings):
        if area != "backend":
            warnings.append(f"unknown setting {area!r} is ignored")
            continue
        for wire_name, value in _entries(wire, "setting 'backend'", warnings):
            if wire_name not in names:
                warnings.append(f"unknown setting 'backend.{wire_name}' is ignored")
            elif value is not None:
                _take(given, names[wire_name], value, f"setting 'backend.{wire_name}'", warnings)
    return Settings(BackendSettings(**given)), tuple(warnings)


def _entries(wire: object, what: str, warnings: list[str]) -> list[tuple[str, object]]:
    if wire is None:
        return []
    if not isinstance(wire, Mapping):
        warnings.append(f"{what} must be an object, not {type(wire).__name__}; it is ignored")
        return []
    return list(wire.items())


def _take(given: dict[str, Any], name: str, value: object, what: str, warnings: list[str]) -> None:
    if name == "timeout_s":
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < float("inf"):
            warnings.append(f"{what} must be a number of seconds above 0, not {value!r}; it is ignored")
        else:
            given[name] = seconds
    elif name == "auto_start":
        switch = _SWITCHES.get(str(value).strip().lower())
        if switch is None:
            warnings.append(f"{what} must be true or false, not {value!r}; it is ignored")
        else:
            given[name] = switch
    elif not isinstance(value, str):
        warnings.append(f"{what} must be a string, not {type(value).__name__}; it is ignored")
    elif value.strip():
        given[name] = value.strip()  # a key read from a file ends in a newline, which no header can hold


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)

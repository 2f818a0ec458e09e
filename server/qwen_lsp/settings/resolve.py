"""Resolve settings: editor options first, then the environment, then defaults."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qwen_lsp.settings.options import AREAS, Option, Settings, all_options

_SWITCHES = {"true": True, "1": True, "false": False, "0": False}


class _BadValueError(ValueError):
    """A value that an option cannot take; the message says what belongs there."""


def resolve(environ: Mapping[str, str], options: object = None) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings, and one warning for each value that was not understood.

    ``options`` is the wire form, such as ``{"backend": {"baseUrl": ...}, "language": ...}``, as an editor sends it in
    ``initializationOptions``; it wins over the environment's ``QWEN_LSP_...`` variables (docs/settings.md has all of
    both). A value that is unknown or of the wrong type is warned of and the one below it kept.
    """
    warnings: list[str] = []
    given: dict[str | None, dict[str, Any]] = {area: {} for area in (*AREAS, None)}
    table = {(option.area, option.wire_name): option for option in all_options()}
    for option in table.values():
        if environ.get(option.variable):
            _take(given[option.area], option, environ[option.variable], option.variable, warnings)
    for area, name, value in _flat(options, warnings):
        path = f"{area}.{name}" if area else name
        what = f"setting {path!r}"
        if (area, name) not in table:
            warnings.append(f"unknown {what} is ignored")
        elif value is not None:
            _take(given[area], table[area, name], value, what, warnings)
    areas = {name: settings(**given[name]) for name, settings in AREAS.items()}
    return Settings(**areas, **given[None]), tuple(warnings)


def _flat(options: object, warnings: list[str]) -> list[tuple[str | None, str, object]]:
    """Return what an editor sent: area, name and value of each."""
    found: list[tuple[str | None, str, object]] = []
    for name, value in _entries(options, "settings", warnings):
        if name in AREAS:
            found += [(name, inner, one) for inner, one in _entries(value, f"setting {name!r}", warnings)]
        else:
            found.append((None, name, value))
    return found


def _entries(wire: object, what: str, warnings: list[str]) -> list[tuple[str, object]]:
    if wire is None:
        return []
    if not isinstance(wire, Mapping):
        warnings.append(f"{what} must be an object, not {type(wire).__name__}; it is ignored")
        return []
    return list(wire.items())


def _take(given: dict[str, Any], option: Option, value: object, what: str, warnings: list[str]) -> None:
    try:
        read = _read(option, value)
    except _BadValueError as error:
        warnings.append(f"{what} must be {error}; it is ignored")
    else:
        if read != "":
            given[option.name] = read


def _read(option: Option, value: object) -> object:
    """Return the value as the option's type; environment variables give all of them as text.

    Raises:
        _BadValueError: it is none.
    """
    text = str(value).strip()
    if option.choices:
        if text.lower() not in option.choices:
            raise _BadValueError(f"one of {', '.join(option.choices)}, not {value!r}")
        return text.lower()
    if option.kind is bool:
        if text.lower() not in _SWITCHES:
            raise _BadValueError(f"true or false, not {value!r}")
        return _SWITCHES[text.lower()]
    if option.kind is float:
        return _number(option, text)
    if not isinstance(value, str):
        raise _BadValueError(f"a string, not {type(value).__name__}")  # not the value, which may hold a key
    return text  # a key read from a file ends in a newline, which no header can hold


def _number(option: Option, text: str) -> float:
    try:
        number: float = option.kind(text)
    except ValueError:
        number = math.nan
    least = option.about.above
    if not math.isfinite(number) or (least is not None and number <= least):
        kind = "a number"
        bound = "" if least is None else f" above {least:g}"
        raise _BadValueError(f"{kind}{bound}, not {text!r}")
    return number

"""What users read, in their language: English stands in the code, other languages in a file beside this one.

One process serves one user, so its language is the process's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ENGLISH, CHINESE = "en", "zh-cn"

_language = ENGLISH


def speak(language: str) -> None:
    """Say everything in this language from now on: ``ENGLISH`` or ``CHINESE``."""
    global _language
    _language = language


def spoken() -> str:
    """Return the language in use."""
    return _language


def choose(setting: str, locale: str | None) -> str:
    """Return the language for a ``language`` setting; "auto" follows ``locale``, such as "zh-CN" or "zh_CN.UTF-8".

    Traditional Chinese is not among ours; who reads it reads Simplified Chinese better than English.
    """
    if setting != "auto":
        return setting
    return CHINESE if (locale or "").lower().startswith("zh") else ENGLISH


def say(text: str, **values: object) -> str:
    """Return ``text`` in the language in use, with ``values`` in the places of their ``{names}``.

    A text that has no translation stays English, for what comes from elsewhere.
    """
    words = text if _language == ENGLISH else catalogue(_language).get(text, text)
    return words.format(**values) if values else words


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the translations into ``language``, by English text."""
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))

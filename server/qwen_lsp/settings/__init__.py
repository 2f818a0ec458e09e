"""Settings: from the wire or the environment to resolved, typed values."""

from qwen_lsp.settings.options import (
    BackendSettings,
    FixSettings,
    Language,
    Option,
    Rerun,
    Settings,
    all_options,
)
from qwen_lsp.settings.resolve import resolve

__all__ = [
    "BackendSettings",
    "FixSettings",
    "Language",
    "Option",
    "Rerun",
    "Settings",
    "all_options",
    "resolve",
]

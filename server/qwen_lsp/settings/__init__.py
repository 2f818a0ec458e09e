"""Settings: from the wire or the environment to resolved, typed values."""

from qwen_lsp.settings.resolve import BackendSettings, Settings, resolve

__all__ = ["BackendSettings", "Settings", "resolve"]

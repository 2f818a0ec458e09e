"""Find the backend: the user's own setting, else the one that qwen-launcher runs.

The launcher writes ``backend.json`` once its engine is ready (docs/protocol.md, "State file"); reading that file is
all that the server knows of the launcher.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from qwen_lsp.backend.errors import BackendUnavailableError
from qwen_lsp.settings import BackendSettings

NO_BACKEND = "No model is running on this machine. Start one with `qwen-launcher start`, then diagnose again."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to send requests. ``model`` None means: ask the server which model it has."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    model: str | None = None


def resolve_endpoint(settings: BackendSettings) -> Endpoint:
    """Return the endpoint to use.

    Raises:
        BackendUnavailableError: no address is set and no launcher's backend is up.
    """
    if settings.base_url is not None:
        if not settings.base_url.startswith(("http://", "https://")):
            raise BackendUnavailableError(
                f"The backend address {settings.base_url!r} is not an http:// or https:// URL; mend backend.baseUrl "
                f"or QWEN_LSP_BASE_URL (an example: http://127.0.0.1:8000/v1)."
            )
        return Endpoint(settings.base_url, settings.api_key, settings.model)
    path = runtime_folder() / "backend.json"
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        key = Path(state["api_key_path"]).read_text(encoding="utf-8").strip()
        return Endpoint(str(state["base_url"]), settings.api_key or key, settings.model or str(state["model"]))
    except FileNotFoundError as error:
        raise BackendUnavailableError(NO_BACKEND) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendUnavailableError(
            f"The launcher's state file {path} cannot be used ({error}). Run `qwen-launcher stop`, then "
            f"`qwen-launcher start`."
        ) from error


def runtime_folder() -> Path:
    """Return the folder that the launcher keeps its state file in; the same rule on both sides."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "qwen-lsp"
    return platformdirs.user_cache_path("qwen-lsp") / "run"

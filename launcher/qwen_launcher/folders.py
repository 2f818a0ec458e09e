"""Where the launcher keeps its things.

The runtime folder is found by the language server on its own, so its rule is short: ``$XDG_RUNTIME_DIR/qwen-lsp`` when
that variable names a folder, else ``run`` in the user's cache folder of ``qwen-lsp`` (platformdirs).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from qwen_launcher.errors import LauncherError

APP = "qwen-lsp"


def runtime_folder() -> Path:
    """Return the folder of state file, socket, key and logs; it need not exist yet."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / APP
    return platformdirs.user_cache_path(APP) / "run"


@dataclass(frozen=True, slots=True)
class Folders:
    """All folders; `data` is expensive to get again, `cache` is cheap, `run` does not outlive the login or the boot."""

    data: Path
    cache: Path
    run: Path

    @classmethod
    def of_user(cls) -> Folders:
        """Return the present user's folders; the XDG variables are honoured."""
        return cls(platformdirs.user_data_path(APP), platformdirs.user_cache_path(APP), runtime_folder())

    @property
    def models(self) -> Path:
        """One folder for each model, and `.download` for what is on its way."""
        return self.data / "models"

    @property
    def engines(self) -> Path:
        """One virtual environment for each engine version."""
        return self.data / "engines"

    @property
    def compile_cache(self) -> Path:
        """What vLLM compiled, kept between starts."""
        return self.cache / "vllm"

    @property
    def log(self) -> Path:
        """The engine's output since its last start."""
        return self.run / "vllm.log"

    @property
    def previous_log(self) -> Path:
        """The log of the start before, which may tell of a crash."""
        return self.run / "vllm.log.1"

    @property
    def control(self) -> Path:
        """The supervisor's Unix socket."""
        return self.run / "control.sock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor for as long as it runs."""
        return self.run / "supervisor.lock"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor did, and why."""
        return self.run / "supervisor.log"

    @property
    def api_key(self) -> Path:
        """The key of the running engine, mode 0600."""
        return self.run / "api_key"

    def make(self) -> None:
        """Create all folders.

        Raises:
            LauncherError: a folder cannot be made, or the runtime folder belongs to somebody else.
        """
        try:
            for folder in (self.models, self.engines, self.compile_cache, self.run):
                folder.mkdir(parents=True, exist_ok=True)
            if self.run.stat().st_uid != os.getuid():
                raise LauncherError(f"{self.run} belongs to another user; remove it or set XDG_RUNTIME_DIR")
            self.run.chmod(0o700)
        except OSError as error:
            raise LauncherError(
                f"cannot make {error.filename}: {error.strerror}; check permissions and space"
            ) from error

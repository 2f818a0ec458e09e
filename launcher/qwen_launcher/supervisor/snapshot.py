"""What is told about the backend: the state object of docs/protocol.md."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qwen_launcher.state import BackendState


class Phase(StrEnum):
    """How far the backend is; the values are those of the protocol."""

    OFF = "off"
    INSTALLING = "installing"
    DOWNLOADING = "downloading"
    CONVERTING = "converting"
    LOADING = "loading"
    COMPILING = "compiling"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"
    ROLLING_BACK = "rolling-back"


SERVING = frozenset({Phase.READY, Phase.BUSY})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The backend at a moment; the fields are those of the protocol. `percent` is 0 to 100."""

    state: Phase = Phase.OFF
    detail: str = ""
    percent: int | None = None
    reason: str | None = None
    remedy: str | None = None
    version: str = "stable"
    model: str | None = None
    leases: int = 0
    uses: int = 0
    backend: BackendState | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object as it is sent."""
        return asdict(self)

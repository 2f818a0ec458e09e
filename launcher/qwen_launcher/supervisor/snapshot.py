"""What is told about the backend: the state object of docs/protocol.md."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_launcher.state import BackendState


logger = logging.getLogger(__name__)


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


class Board:
    """Holds the newest snapshot; `changed` is called after every change of it."""

    def __init__(self, snapshot: Snapshot, changed: Callable[[], None]) -> None:
        self.snapshot = snapshot
        self._changed = changed

    def set(
        self,
        phase: Phase,
        detail: str = "",
        percent: int | None = None,
        *,
        reason: str | None = None,
        remedy: str | None = None,
        backend: BackendState | None = None,
    ) -> None:
        """Show a phase with what belongs to it; what is not given is cleared."""
        self.update(state=phase, detail=detail, percent=percent, reason=reason, remedy=remedy, backend=backend)

    def update(self, **values: Any) -> None:
        """Change these fields alone."""
        after = replace(self.snapshot, **values)
        if after != self.snapshot:
            if after.state is not self.snapshot.state:
                logger.info("%s -> %s %s", self.snapshot.state, after.state, after.detail)
            self.snapshot = after
            self._changed()

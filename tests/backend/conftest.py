"""A real backend, started by the real launcher, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from qwen_launcher.state import BACKEND, BackendState, read_state
from tests.launcher.conftest import MODEL, User


@dataclass(frozen=True)
class RealBackend:
    """A running backend and the environment of processes that find it through the launcher's supervisor."""

    state: BackendState
    environment: dict[str, str]

    @property
    def key(self) -> str:
        """The API key."""
        return self.state.api_key() or ""


@pytest.fixture(scope="package")
def real_backend(real_user: User) -> Iterator[RealBackend]:
    """The default CPU model, ready; stopped at the end."""
    started = real_user.run("start", "--model", MODEL)
    assert started.returncode == 0, started.stderr
    state = read_state(real_user.folders.run / BACKEND)
    assert state is not None
    yield RealBackend(state, real_user.environment)
    real_user.run("stop")

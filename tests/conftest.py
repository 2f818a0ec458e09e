"""What tests of several folders share: the real engine and model of the user who runs them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import hypothesis
import pytest

from qwen_launcher.folders import Folders
from qwen_launcher.state import BACKEND, BackendState, read_state
from tests.launcher.conftest import MODEL, REPOSITORY, User

# The same examples in every run: a test that fails must fail again. Load must not fail it.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

# A server is started in every other test; without bytecode, which containers often turn off, each would compile all
# sources first.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell starts background jobs with SIGINT ignored, and they hand that on to the programs that are interrupted here.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class RealBackend:
    """A running backend and the environment of processes that find it through the launcher's supervisor."""

    state: BackendState
    environment: dict[str, str]

    @property
    def key(self) -> str:
        """The API key."""
        return self.state.api_key() or ""


@pytest.fixture(scope="session")
def real_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """The user who runs the tests, with engine and model in their usual places (fetched when missing).

    The runtime folder is another, so that a backend that this user has running is neither found nor stopped.
    """
    runtime = tmp_path_factory.mktemp("runtime")
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY / "launcher"),
        "XDG_RUNTIME_DIR": str(runtime),
        "QWEN_LSP_TIMEOUT_S": "600",  # slow processors read ten prompts for minutes
    }
    user = User(replace(Folders.of_user(), run=runtime / "qwen-lsp"), environment)
    pulled = user.run("pull", MODEL)
    assert pulled.returncode == 0, pulled.stderr
    yield user
    user.run("stop")


@pytest.fixture(scope="module")
def real_backend(real_user: User) -> RealBackend:
    """The default CPU model, ready: the same engine for all tests that follow each other without stopping it."""
    started = real_user.run("start", "--model", MODEL)
    assert started.returncode == 0, started.stderr
    state = read_state(real_user.folders.run / BACKEND)
    assert state is not None
    return RealBackend(state, real_user.environment)

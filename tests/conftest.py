"""What tests of several folders share: the real engine and model of the user who runs them."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace

import hypothesis
import pytest

from qwen_launcher.folders import Folders
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


@pytest.fixture(scope="session")
def real_user(tmp_path_factory: pytest.TempPathFactory) -> User:
    """The user who runs the tests, with engine and model in their usual places (fetched when missing).

    The runtime folder is another, so that a backend that this user has running is neither found nor stopped.
    """
    runtime = tmp_path_factory.mktemp("runtime")
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "launcher"), "XDG_RUNTIME_DIR": str(runtime)}
    user = User(replace(Folders.of_user(), run=runtime / "qwen-lsp"), environment)
    pulled = user.run("pull", MODEL)
    assert pulled.returncode == 0, pulled.stderr
    return user

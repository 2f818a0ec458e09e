"""What tests of several folders share: the real engine and model of the user who runs them."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from qwen_launcher.folders import Folders
from tests.launcher.conftest import MODEL, REPOSITORY, User


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

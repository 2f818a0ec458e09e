"""A real backend for the tests that see the main job through in real editors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from qwen_launcher.folders import Folders
from tests.launcher.conftest import MODEL, User


@pytest.fixture(scope="session")
def model_environment(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment of an editor whose language server finds a backend with the tests' model, which is ready.

    What this user has running is used and left as it is, if it serves that model; else one is started and stopped.
    """
    own = User(Folders.of_user(), dict(os.environ))
    state = json.loads(own.run("status", "--json").stdout)
    if state["state"] in ("ready", "busy") and state["model"] == MODEL:
        yield own.environment
        return
    user: User = request.getfixturevalue("real_user")
    started = user.run("start", "--model", MODEL)
    assert started.returncode == 0, started.stderr
    yield user.environment
    user.run("stop")

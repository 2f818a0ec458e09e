"""The whole way with the real engine and the real model; minutes."""

from __future__ import annotations

import json
import os
import signal
import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psutil
import pytest

from qwen_launcher.process import members

from .conftest import MODEL
from .test_lifecycle import state_of, wait_for

pytestmark = pytest.mark.model


@pytest.fixture
def backend(real_backend):
    """The state of the backend."""
    return real_backend.state


def post(backend, path: str, body: dict, key: str | None) -> tuple[int, dict]:
    """Return (status, JSON body) of a request."""
    connection = HTTPConnection("127.0.0.1", urlsplit(backend.base_url).port, timeout=120)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    connection.request("POST", path, json.dumps({"model": backend.model, **body}), headers)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read() or b"{}")
    connection.close()
    return answer


CHAT = {
    "messages": [{"role": "user", "content": "Write a Python function add(a, b). Code only, no explanation."}],
    "max_tokens": 60,
    "temperature": 0,
}


def test_chat(backend):
    """The model answers with sensible Python to a request that holds the key."""
    status, answer = post(backend, "/v1/chat/completions", CHAT, backend.api_key())
    assert status == 200
    assert "def add(a, b):" in answer["choices"][0]["message"]["content"]
    assert answer["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("key", [None, "wrong"])
def test_key_is_needed(backend, key):
    """Without the key nothing is generated."""
    assert post(backend, "/v1/chat/completions", CHAT, key)[0] == 401


@pytest.mark.usefixtures("backend")
def test_status_and_second_start(real_user):
    """`status` describes the backend; a second `start` leaves it as it is."""
    # It is busy until it has been seen to do nothing.
    status = wait_for(lambda: (now := state_of(real_user))["state"] != "busy" and now, "backend at rest")
    assert status["state"] == "ready"
    assert status["backend"]["max_model_len"] == 16384
    assert real_user.run("start", "--model", MODEL).returncode == 0
    assert state_of(real_user)["backend"] == status["backend"]


def test_killed_server_and_stop(backend, real_user):
    """After SIGKILL of the API server `stop` still ends EngineCore and worker, and the port is free."""
    assert len(members(backend)) >= 3
    os.kill(backend.pid, signal.SIGKILL)
    psutil.Process(backend.pid).wait(timeout=60)
    real_user.run("stop")
    assert members(backend) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(backend.base_url).port)) != 0

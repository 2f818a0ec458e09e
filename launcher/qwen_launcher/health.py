"""Finds out whether the engine answers, and waits for it to."""

from __future__ import annotations

import http.client
import json
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qwen_launcher.enginelog import explain_failure, read_tail, stage_of
from qwen_launcher.errors import BackendStartError
from qwen_launcher.state import BackendState, is_alive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qwen_launcher.progress import Progress

PROBE_TIMEOUT_S = 10.0
FIRST_TOKEN_TIMEOUT_S = 180.0
POLL_INTERVAL_S = 0.5
LOG_LINES_SHOWN = 15


def request(
    state: BackendState, method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float = PROBE_TIMEOUT_S
) -> tuple[int, Any]:
    """Return (HTTP status, JSON body or None) of a request with the key; straight to the port, past any proxy.

    Raises:
        OSError, http.client.HTTPException: nobody answers there.
    """
    address = urlsplit(state.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout_s)
    try:
        headers = {"Authorization": f"Bearer {state.api_key() or ''}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        try:
            return response.status, json.loads(content)
        except ValueError:
            return response.status, None
    finally:
        connection.close()


def served_context(state: BackendState) -> int | None:
    """Return the context length that the engine reports for our model; None while it does not answer for it."""
    try:
        if request(state, "GET", "/health")[0] != 200:
            return None
        status, body = request(state, "GET", "/v1/models")
        if status != 200 or body is None:
            return None
        listed = {entry["id"]: entry for entry in body["data"]}
        return int(listed[state.model]["max_model_len"]) if state.model in listed else None
    except (OSError, http.client.HTTPException, KeyError, TypeError, ValueError):
        # The last three: something else answers at this port.
        return None


def _generates(state: BackendState) -> bool:
    body = {"model": state.model, "prompt": "def", "max_tokens": 1, "temperature": 0}
    try:
        return request(state, "POST", "/v1/completions", body, FIRST_TOKEN_TIMEOUT_S)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def wait_until_ready(
    state: BackendState, log: Path, progress: Progress, timeout_s: float, poll: Callable[[], int | None]
) -> BackendState:
    """Return `state` with the context length that is really served, once the engine has generated a token.

    `poll` is that of the engine's `Popen`: it collects the ended process and tells how it ended.

    Raises:
        BackendStartError: the engine ended or was not ready after `timeout_s`; its log's reason is in the message.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        exit_code = poll()
        if exit_code is not None or not is_alive(state):
            raise BackendStartError(_failure(f"the engine (process {state.pid}) {_ending(exit_code)}", log))
        context = served_context(state)
        if context is not None and _generates(state):
            return replace(state, max_model_len=context)
        if time.monotonic() > deadline:
            raise BackendStartError(_failure(f"the engine was not ready after {timeout_s:.0f} s", log))
        progress.update(f"engine: {stage_of(read_tail(log))}")
        time.sleep(POLL_INTERVAL_S)


def _ending(exit_code: int | None) -> str:
    if exit_code == -signal.SIGKILL:
        return "was killed while starting, as the system does when memory runs out"
    return f"ended while starting (exit code {exit_code})"


def _failure(what: str, log: Path) -> str:
    text = read_tail(log)
    why, remedy = explain_failure(text)
    last = "\n".join(f"  {line}" for line in text.splitlines()[-LOG_LINES_SHOWN:])
    return f"{what}: {why}\nWhat to do: {remedy}\nThe last lines of {log}:\n{last}"

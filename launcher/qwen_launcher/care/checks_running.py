"""What runs, or was left by what ran: socket, port, locks, state files, supervisor, backend, the last log."""

from __future__ import annotations

import http.client
import json
import os
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil

from qwen_launcher.care.findings import Result, Situation, combine, fail, ok, warn
from qwen_launcher.care.usage import live_states, lock_holder, uses_of
from qwen_launcher.command import HOST
from qwen_launcher.enginelog import find_failure, read_tail
from qwen_launcher.state import BACKEND, STARTING, BackendState, is_alive, read_state

if TYPE_CHECKING:
    from pathlib import Path

CONTROL_SOCKET = "control.sock"
SOCKET_PATH_BYTES = 107
"""sockaddr_un.sun_path holds 108 bytes, the last of them zero (man 7 unix)."""
ANSWER_TIMEOUT_S = 5.0
RESTART = "`qwen-launcher stop`, then `qwen-launcher start`"


def socket_path(situation: Situation) -> Result:
    """The system limits the length of a Unix socket's path."""
    path = situation.folders.run / CONTROL_SOCKET
    length = len(os.fsencode(path))
    if length <= SOCKET_PATH_BYTES:
        return ok(f"{path}: {length} of {SOCKET_PATH_BYTES} bytes")
    return fail(
        f"{path} has {length} bytes and the system allows {SOCKET_PATH_BYTES} for a socket",
        "set XDG_RUNTIME_DIR to a folder with a shorter name",
    )


def loopback(_situation: Situation) -> Result:
    """Whether this user can listen on the loopback interface and be reached there."""
    try:
        with socket.socket() as server:
            server.bind((HOST, 0))
            server.listen(1)
            port = server.getsockname()[1]
            with socket.create_connection((HOST, port), timeout=ANSWER_TIMEOUT_S):
                return ok(f"{HOST} can be bound and reached")
    except OSError as error:
        return fail(
            f"{HOST} cannot be used: {error.strerror or error}",
            "bring the loopback interface up (`ip link set lo up`), or allow it in the sandbox or firewall",
        )


def locks(situation: Situation) -> Result:
    """Who works on something at this moment; a lock that nobody holds is only a file."""
    held = held_locks(situation) + held_locks(situation, situation.folders.run)
    return ok(f"held: {', '.join(held)}" if held else "none is held")


def held_locks(situation: Situation, *roots: Path) -> list[str]:
    """Return the locks in `roots` (default: those of engines and models) that are held, and by whom, for people."""
    return [
        f"{path.name} by process {holder}"
        for root in roots or (situation.folders.engines, situation.folders.models)
        for path in sorted(root.glob("*.lock"))
        if (holder := lock_holder(path)) is not None
    ]


def state_files(situation: Situation) -> Result:
    """State files that tell the truth."""
    results = []
    for name in (BACKEND, STARTING):
        path = situation.folders.run / name
        if not path.exists():
            continue
        state = read_state(path)
        if state is None:
            results.append(warn(f"{path} cannot be read as a state file", RESTART))
        elif not is_alive(state):
            what = f"{name} names process {state.pid}, which is gone: a crash or a reboot left it"
            results.append(warn(what, "none needed; the next `qwen-launcher start` replaces it"))
        else:
            results.append(ok(f"{name} names the live process {state.pid}"))
    return combine(results or [ok("none: no backend has been started, or it was stopped")])


def supervisor(situation: Situation) -> Result:
    """Whether a supervisor listens on the control socket, and what it says."""
    path = situation.folders.run / CONTROL_SOCKET
    if not path.exists():
        return ok("none runs; it is started when it is needed")
    try:
        state = _ask_supervisor(str(path))
    except ConnectionRefusedError:
        return warn(f"{path} was left by a supervisor that was killed", "none needed; the next start replaces it")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return fail(f"the supervisor at {path} does not answer ({error or type(error).__name__})", RESTART)
    detail = f" ({state['detail']})" if state.get("detail") else ""
    text = f"it runs; state {state.get('state')}{detail}, model {state.get('model')}"
    if state.get("state") == "failed":
        return fail(f"{text}: {state.get('reason')}", str(state.get("remedy") or RESTART))
    return ok(text)


def _ask_supervisor(path: str) -> dict[str, Any]:
    # docs/protocol.md, "Supervisor".
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_TIMEOUT_S)
        connection.connect(path)
        connection.sendall(b'{"id": 1, "method": "status"}\n')
        with connection.makefile("rb") as lines:
            answer = json.loads(lines.readline())
    result = answer["result"]
    if not isinstance(result, dict):
        raise TypeError("its answer is no object")
    return result


def backend(situation: Situation) -> Result:
    """Whether the engine that the state file names answers, and no other holds the memory."""
    states = live_states(situation.folders)
    sessions = {state.pgid for state in states}
    guards = {guard for state in states if (guard := _parent(state.pid)) is not None}
    ready = read_state(situation.folders.run / BACKEND)
    results = [_answer(state, is_ready=state == ready) for state in states]
    users = sorted({use.pid for use in uses_of(situation.folders.engines)})
    orphans = [pid for pid in users if pid not in guards and _is_orphan(pid, sessions)]
    # Whoever holds a lock installs: pip and the converter run in the engine's environment and may outlive the launcher.
    if orphans and not held_locks(situation):
        numbers = " ".join(map(str, orphans))
        results.append(
            fail(f"processes of an engine that nobody owns: {numbers}", f"`qwen-launcher stop`, then `kill {numbers}`")
        )
    return combine(results or [ok("none runs")])


def _parent(pid: int) -> int | None:
    try:
        return psutil.Process(pid).ppid()
    except psutil.Error:  # it ended
        return None


def _is_orphan(pid: int, known_sessions: set[int]) -> bool:
    """Return whether an engine's process lost its parent and is of no engine that a state file names."""
    try:
        return os.getsid(pid) not in known_sessions and _parent(pid) == 1
    except OSError:  # it ended
        return False


def _answer(state: BackendState, *, is_ready: bool) -> Result:
    text = f"{state.model} at {state.base_url}, process {state.pid} since {state.started_at}"
    if not is_ready:
        return ok(f"{text}, is starting")
    address = urlsplit(state.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=ANSWER_TIMEOUT_S)
    try:
        headers = {"Authorization": f"Bearer {state.api_key() or ''}"}
        connection.request("GET", f"{address.path}/models", headers=headers)
        response = connection.getresponse()
        content = response.read()
        if response.status == http.HTTPStatus.UNAUTHORIZED:
            return fail(f"{text}, refuses the key in {state.api_key_path}", RESTART)
        names = [entry["id"] for entry in json.loads(content)["data"]]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        return fail(f"{text}, does not answer ({error or type(error).__name__})", RESTART)
    finally:
        connection.close()
    if state.model not in names:
        return fail(f"{text}, serves {', '.join(names)}", RESTART)
    return ok(f"{text}, answers")


def last_log(situation: Situation) -> Result:
    """Why the engine ended, if its log tells of an error and no engine runs now."""
    log = situation.folders.log
    if not log.exists():
        return ok("there is no log yet")
    failure = find_failure(read_tail(log))
    if live_states(situation.folders) or failure is None:
        return ok(f"{log} tells of no failure")
    return warn(f"the last engine ended with: {failure.why}", failure.remedy)

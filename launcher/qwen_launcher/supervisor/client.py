"""A command's end of the control socket."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from qwen_launcher.errors import LauncherError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_launcher.folders import Folders

CONNECT_DEADLINE_S = 30.0
"""A supervisor that is just ending first stops its engine, which takes some seconds."""
CONNECT_POLL_S = 0.1


class SupervisorConnection:
    """A connection to the supervisor; a context manager."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._connection.close()

    def request(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        on_state: Callable[[dict[str, Any]], None] | None = None,
    ) -> dict[str, Any]:
        """Return the result; `on_state` gets the states that come in the meantime, if this connection has a lease.

        Raises:
            LauncherError: the supervisor answered with an error, or went away.
        """
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params or {}}
        try:
            self._connection.sendall(json.dumps(message).encode() + b"\n")
            for line in self._lines:
                answer = json.loads(line)
                if "state" in answer and on_state is not None:
                    on_state(answer["state"])
                elif answer.get("id") == self._last_id:
                    if "error" in answer:
                        raise LauncherError(answer["error"]["message"])
                    result: dict[str, Any] = answer["result"]
                    return result
        except (OSError, ValueError) as error:
            raise LauncherError(f"the connection to the supervisor broke ({error}); run the command again") from error
        raise LauncherError("the supervisor ended before it answered; run the command again")


def connect(folders: Folders, timeout_s: float | None = None) -> SupervisorConnection | None:
    """Return a connection to this user's supervisor, or None when there is none.

    A request that is not answered within `timeout_s` raises `LauncherError`; None waits, as a start may take long.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout_s)
    try:
        connection.connect(str(folders.control))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise LauncherError(
            f"cannot connect to {folders.control}: {error}; set XDG_RUNTIME_DIR to a short path"
        ) from error
    return SupervisorConnection(connection)


def connect_or_start(folders: Folders) -> SupervisorConnection:
    """Return a connection to this user's supervisor, which is started when there is none.

    Raises:
        LauncherError: it does not come up; its log tells why.
    """
    folders.make()
    deadline = time.monotonic() + CONNECT_DEADLINE_S
    process: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        connection = connect(folders)
        if connection is not None:
            if process is not None:
                # It goes on without us; said so, or its Popen object would warn of a running child.
                process.returncode = 0
            return connection
        if process is None or process.poll() is not None:
            process = _spawn(folders)
        time.sleep(CONNECT_POLL_S)
    with suppress(OSError):
        lines = folders.supervisor_log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        raise LauncherError("\n".join(["the supervisor does not come up; its log ends with:", *lines]))
    raise LauncherError(f"the supervisor does not come up and has written no {folders.supervisor_log}; run it by hand")


def _spawn(folders: Folders) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "qwen_launcher", "serve"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folders.run,
        start_new_session=True,
    )

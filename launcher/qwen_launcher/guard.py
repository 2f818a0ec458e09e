"""Runs one engine and makes sure that it never outlives those who answer for it.

The supervisor starts the engine through this program: ``python guard.py CONTROL_SOCKET GRACE_S COMMAND...``. It
starts COMMAND as the leader of a session of its own, prints its process id as a line on stdout, and ends that session
when

* the engine's first process ends: vLLM's API server has children (EngineCore, workers) that survive its death;
* no supervisor has listened on CONTROL_SOCKET for GRACE_S seconds: a killed supervisor leaves a healthy engine to the
  next one, but not for long;
* it is told to (SIGTERM, SIGINT).

When the guard itself is killed, the system sends SIGTERM to the engine (PR_SET_PDEATHSIG), which then ends in order.
The exit code is that of the engine, negative signal numbers as 128 + number.

Only the standard library is imported: the guard is a process more beside each engine and stays small.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
POLL_INTERVAL_S = 0.2
TERM_GRACE_S = 6.0
KILL_GRACE_S = 10.0


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process where the system has them (Linux); elsewhere the supervisor cleans up."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


class SupervisorWatch:
    """Knows for how long no supervisor has been there, by a connection that says nothing."""

    def __init__(self, control: str) -> None:
        self._control = control
        self._connection: socket.socket | None = None
        self._missing_since: float | None = None

    def missing_s(self) -> float:
        """Return for how many seconds nobody has listened on the socket; 0.0 while somebody does."""
        if self._connection is not None and not self._is_closed(self._connection):
            return 0.0
        self._connection = self._connect()
        if self._connection is not None:
            self._missing_since = None
            return 0.0
        now = time.monotonic()
        self._missing_since = now if self._missing_since is None else self._missing_since
        return now - self._missing_since

    def _connect(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self._control)
        except OSError:
            connection.close()
            return None
        connection.setblocking(False)
        return connection

    def _is_closed(self, connection: socket.socket) -> bool:
        try:
            closed = connection.recv(4096) == b""
        except BlockingIOError:
            return False
        except OSError:
            closed = True
        if closed:
            connection.close()
        return closed


def session_members(session: int) -> list[int]:
    """Return the ids of a session's live processes (proc(5), /proc/pid/stat: state is field 3, session field 6)."""
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                # The name (field 2) stands in parentheses and may hold anything, spaces and parentheses too.
                fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if fields[0] not in "ZX" and int(fields[3]) == session:
                    members.append(int(entry.name))
    return members


def end_session(engine: subprocess.Popen[bytes]) -> None:
    """End all processes of the engine's session, first kindly."""
    for number, grace_s in ((signal.SIGTERM, TERM_GRACE_S), (signal.SIGKILL, KILL_GRACE_S)):
        deadline = time.monotonic() + grace_s
        signalled: set[int] = set()
        while members := session_members(engine.pid):
            for member in members:
                if member not in signalled:
                    signalled.add(member)
                    with suppress(ProcessLookupError):
                        os.kill(member, number)
            if time.monotonic() > deadline:
                break
            engine.poll()
            time.sleep(0.05)
        else:
            return


def main(arguments: list[str]) -> int:
    """Run the engine to its end."""
    control, grace_s, *command = arguments
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    engine = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        # Safe: this process has one thread.
        preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
    )
    sys.stdout.write(f"{engine.pid}\n")
    sys.stdout.flush()
    watch = SupervisorWatch(control)
    while engine.poll() is None and not stopping and watch.missing_s() < float(grace_s):
        time.sleep(POLL_INTERVAL_S)
    end_session(engine)
    code = engine.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

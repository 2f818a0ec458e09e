"""Lays a copy-on-write layer over the workspace, sets limits, then becomes the command.

A script of the standard library alone: ``inside.py PLAN``, where ``PLAN`` is the JSON object ``{"layers": [[folder,
upper, work], ...], "cwd", "command": [...], "memory_bytes", "file_bytes"}``. What the command writes below a layer's
``folder`` lands in ``upper`` and the folder itself stays as it is (Linux, "Overlay Filesystem"); files that lie in
``upper`` already stand in for the folder's own. With layers it must run in mount and network namespaces of its own, as
root of its user namespace. Exits with 125 and a reason on stderr when this cannot be had, 126 or 127 when the command
cannot be started.
"""

import contextlib
import ctypes
import json
import os
import resource
import socket
import struct
import sys

NOT_POSSIBLE = 125
_NOT_FOUND = 127
_NOT_EXECUTABLE = 126

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
"""ioctl requests of netdevice(7)."""


def _mount_layer(folder: str, upper: str, work: str) -> None:
    # userxattr: an unprivileged user may not write the attributes that overlayfs keeps by default.
    options = ",".join(
        f"{name}={_escaped(path)}" for name, path in (("lowerdir", folder), ("upperdir", upper), ("workdir", work))
    )
    mount = ctypes.CDLL(None, use_errno=True).mount
    if mount(b"overlay", os.fsencode(folder), b"overlay", 0, os.fsencode(f"{options},userxattr")):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), folder)


def _escaped(path: str) -> str:
    return "".join("\\" + character if character in ',:\\"' else character for character in path)


def _raise_loopback() -> None:
    """Bring up the loopback interface, which a new network namespace has switched off: tests serve on it."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(probe, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


def _limit(kind: int, most: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # a lower limit is in force already, or the system knows none
        resource.setrlimit(kind, (most, most))


def main() -> None:
    """Do what the plan says, and become the command."""
    plan = json.loads(sys.argv[1])
    try:
        for folder, upper, work in plan["layers"]:
            _mount_layer(folder, upper, work)
        if plan["layers"]:
            _raise_loopback()
        os.chdir(plan["cwd"])
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'loopback'}: {error.strerror}\n")
        sys.exit(NOT_POSSIBLE)
    # Not the address space: engines of JavaScript and Java reserve far more of it than they use.
    _limit(resource.RLIMIT_DATA, plan["memory_bytes"])
    _limit(resource.RLIMIT_FSIZE, plan["file_bytes"])
    _limit(resource.RLIMIT_CORE, 0)
    command = plan["command"]
    try:
        os.execvp(command[0], command)  # noqa: S606  # the user's own command is what this is for
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE)


if __name__ == "__main__":
    main()

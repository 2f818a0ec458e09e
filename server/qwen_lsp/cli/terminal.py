"""Run a command as if it were alone in the terminal, and keep a copy of what it prints."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import subprocess
import termios
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType

KEPT_BYTES = 32 << 20
"""Of a longer output the end is kept: that is where commands say why they failed."""

_PIECE_BYTES = 1 << 16
_STDOUT, _STDERR = 1, 2
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


@dataclass(frozen=True, slots=True)
class Finished:
    """``returncode`` is the command's, negative the signal that ended it; ``output`` the end of what it printed."""

    returncode: int
    output: bytes

    @property
    def exit_code(self) -> int:
        """What a shell would give as the command's exit code."""
        return self.returncode if self.returncode >= 0 else 128 - self.returncode

    @property
    def was_interrupted(self) -> bool:
        """Whether the user ended it."""
        return self.exit_code == 128 + signal.SIGINT


def run_through(command: Sequence[str]) -> Finished:
    """Run ``command`` and return how it ended; what it prints goes at once, unchanged, to where it would have gone.

    Where that is a terminal it gets one, so that it colours its output as ever. It shares our process group: Ctrl-C and
    Ctrl-Z reach it from the terminal itself.

    Raises:
        OSError: it cannot be started.
    """
    copy = _Tail()
    with ExitStack() as stack:
        outputs, reading = _outputs(stack)
        with subprocess.Popen(command, stdout=outputs[_STDOUT], stderr=outputs[_STDERR]) as process:
            for end in set(outputs.values()):
                os.close(end)
            with _signals_passed_to(process, [end for end in reading if os.isatty(end)]):
                _forward(process, reading, copy.add)
                returncode = process.wait()
    return Finished(returncode, copy.content)


@dataclass(slots=True)
class _Tail:
    pieces: deque[bytes] = field(default_factory=deque)
    size: int = 0

    def add(self, piece: bytes) -> None:
        self.pieces.append(piece)
        self.size += len(piece)
        while self.size - len(self.pieces[0]) >= KEPT_BYTES:
            self.size -= len(self.pieces.popleft())

    @property
    def content(self) -> bytes:
        return b"".join(self.pieces)


def _outputs(stack: ExitStack) -> tuple[dict[int, int], dict[int, int]]:
    """Return what the command gets as stdout and stderr, and where to send what is read from our ends."""
    given: dict[int, int] = {}
    reading: dict[int, int] = {}
    terminal: tuple[int, int] | None = None
    for target in (_STDOUT, _STDERR):
        if not os.isatty(target):
            ours, given[target] = os.pipe()
        else:
            # One for both: what is printed to either keeps its order.
            terminal = terminal or _terminal_like(target)
            ours, given[target] = terminal
        if ours not in reading:
            reading[ours] = target
            stack.callback(os.close, ours)
    return given, reading


def _terminal_like(target: int) -> tuple[int, int]:
    ours, theirs = os.openpty()
    attributes = termios.tcgetattr(theirs)
    # The real terminal turns line feeds into line ends by itself.
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, attributes)
    _copy_size(target, theirs)
    return ours, theirs


def _copy_size(source: int, target: int) -> None:
    with contextlib.suppress(OSError):
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(target, termios.TIOCSWINSZ, size)


@contextmanager
def _signals_passed_to(process: subprocess.Popen[bytes], terminals: Sequence[int]) -> Iterator[None]:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        # In the foreground of a terminal Ctrl-C has reached the command already; twice means something else to many.
        if number != signal.SIGINT or not _in_foreground():
            process.send_signal(number)

    def resize(_number: int, _frame: FrameType | None) -> None:
        for end in terminals:
            _copy_size(_STDOUT if os.isatty(_STDOUT) else _STDERR, end)

    handlers = {signal.SIGINT: pass_on, signal.SIGWINCH: resize, **dict.fromkeys(_PASSED_ON, pass_on)}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    try:
        with open("/dev/tty", "rb") as terminal:  # noqa: PTH123 - a device, not a path of anybody's
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def _forward(process: subprocess.Popen[bytes], reading: dict[int, int], keep: Callable[[bytes], None]) -> None:
    """Copy until the command has ended and all it printed was read; what it left running may hold the pipes open."""
    ended = os.pidfd_open(process.pid)
    try:
        with selectors.DefaultSelector() as selector:
            for end in (*reading, ended):
                selector.register(end, selectors.EVENT_READ)
            while len(selector.get_map()) > 1 or ended in selector.get_map():
                ready = selector.select(None if ended in selector.get_map() else 0)
                if not ready:
                    return
                for key, _ in ready:
                    if key.fd == ended or not _copied(key.fd, reading[key.fd], keep):
                        selector.unregister(key.fd)
    finally:
        os.close(ended)


def _copied(source: int, target: int, keep: Callable[[bytes], None]) -> bool:
    """Copy what there is; return False at the end of the source, or when nobody reads the target any more."""
    try:
        piece = os.read(source, _PIECE_BYTES)
    except OSError:  # EIO: the end of a terminal
        return False
    if not piece:
        return False
    keep(piece)
    left = memoryview(piece)
    while left:
        try:
            left = left[os.write(target, left) :]
        except BrokenPipeError:
            return False
    return True

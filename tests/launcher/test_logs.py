"""`qwen-launcher logs`: the engine's output, once and as it comes."""

from __future__ import annotations

import io
import os
import signal
import threading
import time

import pytest

from qwen_launcher.care.logs import NoLogError, follow, last_lines, show

DEADLINE_S = 60.0


class Reader:
    """Collects what is emitted, and lets a test wait for a text in it."""

    def __init__(self) -> None:
        self.content = b""
        self._changed = threading.Condition()

    def emit(self, content: bytes) -> None:
        """Take some output."""
        with self._changed:
            self.content += content
            self._changed.notify_all()

    def wait_for(self, text: bytes) -> None:
        """Return as soon as `text` has been emitted."""
        with self._changed:
            assert self._changed.wait_for(lambda: text in self.content, DEADLINE_S), self.content


class StopError(Exception):
    """Ends a follower, as Ctrl-C does."""


@pytest.fixture
def watching(folders, monkeypatch):
    """Follows the log in a thread; yields what it emitted and an event that says that no log was there."""
    reader, missing, stopped = Reader(), threading.Event(), threading.Event()
    sleep = time.sleep

    def sleep_or_stop(seconds: float) -> None:
        if stopped.is_set():
            raise StopError
        sleep(min(seconds, 0.01))

    monkeypatch.setattr("qwen_launcher.care.logs.time.sleep", sleep_or_stop)

    def run() -> None:
        with pytest.raises(StopError):
            follow(folders.log, None, reader.emit, missing.set)

    thread = threading.Thread(target=run)
    thread.start()
    yield reader, missing
    stopped.set()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("content", "count", "expected"),
    [
        pytest.param(b"a\nb\nc\n", None, b"a\nb\nc\n", id="all"),
        pytest.param(b"a\nb\nc\n", 2, b"b\nc\n", id="the last two"),
        pytest.param(b"a\nb\nc", 2, b"b\nc", id="the last line is not ended yet"),
        pytest.param(b"a\nb\n", 9, b"a\nb\n", id="fewer than asked for"),
        pytest.param(b"a\n0%\r50%\r100%\nb\n", 2, b"0%\r50%\r100%\nb\n", id="a progress bar is one line"),
        pytest.param(
            b"x" * 200_000 + b"\n" + b"y" * 200_000 + b"\n", 1, b"y" * 200_000 + b"\n", id="longer than a block"
        ),
        pytest.param(b"", 3, b"", id="empty"),
    ],
)
def test_last_lines(content, count, expected):
    """The end of the log is given, in whole lines."""
    file = io.BytesIO(content)
    assert last_lines(file, count) == expected
    assert file.read() == b""


def test_log_and_previous(user):
    """The log is printed as it is, and the one of the start before on demand."""
    user.folders.log.write_bytes(b"one\ntwo \xff\n")
    user.folders.previous_log.write_text("before\n")
    assert user.run("logs", "--previous").stdout == "before\n"
    user.folders.log.write_text("one\ntwo\n")
    assert user.run("logs", "-n", "1").stdout == "two\n"


def test_no_log(user):
    """Without a log the message says so, where it would be and what makes one."""
    for arguments in (["logs"], ["logs", "--previous"]):
        done = user.run(*arguments)
        assert done.returncode == 1
        assert "there is no log at" in done.stderr
        assert "qwen-launcher start" in done.stderr


def test_unreadable_log(folders):
    """What is no file is a message, not a stack trace."""
    folders.log.mkdir()
    with pytest.raises(NoLogError, match="cannot be read"):
        show(folders.log, None, lambda _: None)


def test_follow_over_a_new_start(folders, watching):
    """What is added is shown, and when a start replaces the log, the rest of the old one and then all of the new."""
    reader, missing = watching
    assert missing.wait(DEADLINE_S)
    with folders.log.open("ab", buffering=0) as old:
        old.write(b"first\n")
        reader.wait_for(b"first\n")
        old.write(b"second ")
        reader.wait_for(b"second ")
        folders.log.replace(folders.previous_log)
        old.write(b"last words\n")
        folders.log.write_bytes(b"new start\n")
        reader.wait_for(b"new start\n")
    assert reader.content == b"first\nsecond last words\nnew start\n"


def test_follow_over_a_truncated_log(folders, watching):
    """A log that was emptied in place is read from its beginning again."""
    reader, _missing = watching
    folders.log.write_bytes(b"a long line of before\n")
    reader.wait_for(b"before\n")
    os.truncate(folders.log, 0)
    reader_at = len(reader.content)
    with folders.log.open("ab") as log:
        log.write(b"after\n")
    reader.wait_for(b"after\n")
    assert reader.content[reader_at:] == b"after\n"


def test_follow_ends_with_ctrl_c(user):
    """Ctrl-C ends `logs -f` without a complaint."""
    user.folders.log.write_text("hello\n")
    with user.popen("logs", "-f") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "hello\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0
        assert process.stderr.read() == ""


def test_reader_that_has_enough(user):
    """`qwen-launcher logs | head -1` ends quietly."""
    user.folders.log.write_text("line\n" * 200_000)
    with user.popen("logs") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "line\n"
        process.stdout.close()
        assert process.wait(DEADLINE_S) == 0
        assert process.stderr.read() == ""

"""Writing fixed files."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import DiskDocuments, WriteError, write_texts


def _snapshot(path: Path, data: bytes) -> TextSnapshot:
    path.write_bytes(data)
    snapshot = DiskDocuments().read(path)
    assert snapshot is not None
    return snapshot


@pytest.mark.parametrize(
    ("name", "before", "old", "new", "after"),
    [
        ("a.py", b"a = 1\r\nb = 2\r\n", "1", "3", b"a = 3\r\nb = 2\r\n"),
        ("a.py", b"a = 1\rb = 2", "2", "\U0001f600", "a = 1\rb = \U0001f600".encode()),
        ("a.py", b"\xef\xbb\xbfa = 1\n", "1", "2", b"\xef\xbb\xbfa = 2\n"),
        ("a.txt", b"\xef\xbb\xbfa = 1\n", "1", "2", b"\xef\xbb\xbfa = 2\n"),
        ("a.txt", b"a = 1\n", "1", "2", b"a = 2\n"),
        ("a.py", b"# coding: latin-1\na = '\xe9'\n", "a =", "b =", b"# coding: latin-1\nb = '\xe9'\n"),
        ("a.py", b"a = 1\n\x0c\nb = 1\n", "b", "c", b"a = 1\n\x0c\nc = 1\n"),
    ],
)
def test_only_the_changed_characters_change(
    tmp_path: Path, name: str, before: bytes, old: str, new: str, after: bytes
) -> None:
    """Encoding, byte order mark, line endings and permissions stay as they are, and nothing is left beside the file."""
    path = tmp_path / name
    snapshot = _snapshot(path, before)
    path.chmod(0o751)
    write_texts([(snapshot, snapshot.text.replace(old, new))])
    assert path.read_bytes() == after
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Its target is what changes."""
    target, link = tmp_path / "target.py", tmp_path / "link.py"
    target.write_text("a\n", encoding="utf-8")
    link.symlink_to(target)
    write_texts([(TextSnapshot(link, "a\n"), "b\n")])
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "b\n"


def _refused(changes: list[tuple[TextSnapshot, str]], *words: str) -> None:
    with pytest.raises(WriteError) as caught:
        write_texts(changes)
    for word in (*words, "nothing was changed"):
        assert word in str(caught.value)


@pytest.mark.parametrize("present", [b"a = 2\n", b"a = 1\r\n", b"", b"\xff"])
def test_nothing_is_written_when_one_file_has_changed(tmp_path: Path, present: bytes) -> None:
    """All or none: the other file keeps its old text, too."""
    first = _snapshot(tmp_path / "first.py", b"x = 1\n")
    second = _snapshot(tmp_path / "second.py", b"a = 1\n")
    second.path.write_bytes(present)
    _refused([(first, "x = 2\n"), (second, "a = 3\n")], "second.py")
    assert (first.path.read_bytes(), second.path.read_bytes()) == (b"x = 1\n", present)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    """It is not created anew."""
    snapshot = TextSnapshot(tmp_path / "gone.py", "a\n")
    _refused([(snapshot, "b\n")], "gone.py")
    assert not list(tmp_path.iterdir())


def test_a_text_that_does_not_fit_the_encoding_is_refused(tmp_path: Path) -> None:
    """An emoji has no place in Latin-1."""
    snapshot = _snapshot(tmp_path / "a.py", b"# coding: latin-1\na = 1\n")
    _refused([(snapshot, snapshot.text + "\U0001f600")], "a.py", "encoding")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    """Its owner meant it."""
    snapshot = _snapshot(tmp_path / "a.py", b"a\n")
    snapshot.path.chmod(0o444)
    _refused([(snapshot, "b\n")], "a.py")


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's file is named, not a temporary one, and none is left."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    snapshot = _snapshot(tmp_path / "a.py", b"a\n")
    monkeypatch.setattr(os, "fsync", full)
    _refused([(snapshot, "b\n")], str(snapshot.path), "No space left")
    assert list(tmp_path.iterdir()) == [snapshot.path]
    assert snapshot.path.read_bytes() == b"a\n"


def test_a_failure_half_way_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that was already replaced gets its old text back."""
    snapshots = [_snapshot(tmp_path / name, b"a\n") for name in ("1.py", "2.py")]
    replace = Path.replace

    def fail_at_second(temporary: Path, target: Any) -> Path:
        if target == snapshots[1].path:
            raise PermissionError(errno.EACCES, "Permission denied", str(temporary))
        return replace(temporary, target)

    monkeypatch.setattr(Path, "replace", fail_at_second)
    _refused([(one, "b\n") for one in snapshots], str(snapshots[1].path))
    assert [one.path.read_bytes() for one in snapshots] == [b"a\n", b"a\n"]
    assert len(list(tmp_path.iterdir())) == 2

"""Finding the backend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qwen_lsp.backend import BackendUnavailableError
from qwen_lsp.backend.endpoint import Endpoint, resolve_endpoint, runtime_folder
from qwen_lsp.settings import BackendSettings

URL = "http://127.0.0.1:8000/v1"


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the launcher's state file, with a key in it."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "qwen-lsp"
    folder.mkdir()
    (folder / "api_key").write_text("launcher's key\n", encoding="utf-8")
    return folder


def _write_state(folder: Path, **changes: object) -> None:
    state = {"base_url": URL, "model": "coder", "api_key_path": str(folder / "api_key"), **changes}
    (folder / "backend.json").write_text(json.dumps(state), encoding="utf-8")


def test_the_users_own_address_wins(run_folder: Path) -> None:
    """The launcher's backend is then not even looked at."""
    _write_state(run_folder)
    assert resolve_endpoint(BackendSettings("https://box/v1", "m", "k")) == Endpoint("https://box/v1", "k", "m")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (BackendSettings(), Endpoint(URL, "launcher's key", "coder")),
        (BackendSettings(model="mine", api_key="k"), Endpoint(URL, "k", "mine")),
    ],
)
def test_the_launchers_backend_is_found_by_its_state_file(
    run_folder: Path, settings: BackendSettings, expected: Endpoint
) -> None:
    """With the key from the file that the state names."""
    _write_state(run_folder)
    assert resolve_endpoint(settings) == expected


@pytest.mark.usefixtures("run_folder")
def test_without_a_backend_the_user_is_told_how_to_start_one() -> None:
    """The usual first experience."""
    with pytest.raises(BackendUnavailableError, match="qwen-launcher start"):
        resolve_endpoint(BackendSettings())


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'"x"', b"7", b"null", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"base_url": "http://h/v1"}']
    + [json.dumps({"base_url": URL, "model": "m", "api_key_path": path}).encode() for path in (None, 5, "/\0", "/")],
)
def test_a_corrupt_state_file_is_named_with_the_remedy(run_folder: Path, text: bytes) -> None:
    """However it is broken."""
    (run_folder / "backend.json").write_bytes(text)
    with pytest.raises(BackendUnavailableError, match=r"backend\.json cannot be used .*qwen-launcher stop"):
        resolve_endpoint(BackendSettings())


@pytest.mark.parametrize("base_url", [None, "", "127.0.0.1:8000", "file:///etc/passwd"])
def test_a_state_file_without_a_good_address_is_not_used(run_folder: Path, base_url: str | None) -> None:
    """The address in it is checked like the user's own."""
    _write_state(run_folder, base_url=base_url)
    with pytest.raises(BackendUnavailableError, match=r"backend\.json cannot be used"):
        resolve_endpoint(BackendSettings())


def test_a_missing_key_is_not_taken_for_a_missing_backend(run_folder: Path) -> None:
    """Starting a second one would not help."""
    _write_state(run_folder)
    (run_folder / "api_key").unlink()
    with pytest.raises(BackendUnavailableError, match=r"api_key.*qwen-launcher stop"):
        resolve_endpoint(BackendSettings())


@pytest.mark.parametrize(
    "base_url",
    [
        "127.0.0.1:8000",
        "localhost/v1",
        "ftp://h/v1",
        "http://",
        "http:///v1",
        "http://[::1",
        "http://h:port/v1",
        "http://h:99999/v1",
        "http://h:0/v1",
        "http://h\n/v1",
        "unix:/run/x",
    ],
)
def test_an_address_that_is_none_is_named(base_url: str) -> None:
    """With the setting to mend and an example."""
    with pytest.raises(BackendUnavailableError, match=r"backend\.baseUrl.*http://127") as caught:
        resolve_endpoint(BackendSettings(base_url))
    assert repr(base_url) in str(caught.value)


@pytest.mark.parametrize("key", ["s3cret\n", "s3crét", "s3cret\x00"])
def test_a_key_that_cannot_be_sent_is_refused_unseen(key: str) -> None:
    """A key never stands in a message."""
    with pytest.raises(BackendUnavailableError, match="apiKey") as caught:
        resolve_endpoint(BackendSettings(URL, api_key=key))
    assert "s3cr" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "is_this_machine"),
    [
        (URL, True),
        ("http://localhost:1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://10.0.0.1/v1", False),
        ("https://gpu.example/v1", False),
        ("http://localhost.example/v1", False),
    ],
)
def test_loopback_addresses_are_this_machine(base_url: str, *, is_this_machine: bool) -> None:
    """They are never asked through a proxy."""
    assert Endpoint(base_url).is_this_machine is is_this_machine


def test_without_a_runtime_folder_the_cache_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the launcher does: the variable counts only when it names a folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for value in ("", str(tmp_path / "missing")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        assert runtime_folder() == tmp_path / "cache/qwen-lsp/run"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() == tmp_path / "qwen-lsp"

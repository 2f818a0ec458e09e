"""Where requests are sent."""

from __future__ import annotations

import pytest

from qwen_lsp.backend import BackendUnavailableError
from qwen_lsp.backend.endpoint import Endpoint, endpoint_of
from qwen_lsp.settings import BackendSettings

URL = "http://127.0.0.1:8000/v1"
LENT = Endpoint(URL, "launcher's key", "coder")


@pytest.mark.parametrize(
    ("settings", "lent", "expected"),
    [
        (BackendSettings("https://box/v1"), None, Endpoint("https://box/v1")),
        (BackendSettings("https://box/v1", "m", "k"), None, Endpoint("https://box/v1", "k", "m")),
        (BackendSettings(), LENT, LENT),
        (BackendSettings(model="mine", api_key="k"), LENT, Endpoint(URL, "k", "mine")),
    ],
)
def test_what_is_set_wins(settings: BackendSettings, lent: Endpoint | None, expected: Endpoint) -> None:
    """Over what the launcher's backend has."""
    assert endpoint_of(settings, lent) == expected


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
        endpoint_of(BackendSettings(base_url))
    assert repr(base_url) in str(caught.value)


@pytest.mark.parametrize("lent", [None, LENT])
@pytest.mark.parametrize("key", ["s3cret\n", "s3crét", "s3cret\x00"])
def test_a_key_that_cannot_be_sent_is_refused_unseen(key: str, lent: Endpoint | None) -> None:
    """A key never stands in a message."""
    with pytest.raises(BackendUnavailableError, match="apiKey") as caught:
        endpoint_of(BackendSettings(URL, api_key=key), lent)
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

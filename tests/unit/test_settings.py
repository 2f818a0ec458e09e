"""Settings from the editor and from the environment."""

from __future__ import annotations

from typing import Any

import pytest

from qwen_lsp.settings import BackendSettings, resolve

URL = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("environ", "options", "expected"),
    [
        ({}, None, BackendSettings()),
        ({}, {}, BackendSettings()),
        ({}, {"backend": None}, BackendSettings()),
        ({}, {"backend": {}}, BackendSettings()),
        ({}, {"backend": {"baseUrl": None, "timeoutS": None}}, BackendSettings()),
        ({}, {"backend": {"baseUrl": URL, "model": "m", "apiKey": "k"}}, BackendSettings(URL, "m", "k")),
        ({}, {"backend": {"timeoutS": 5}}, BackendSettings(timeout_s=5.0)),
        ({}, {"backend": {"timeoutS": 0.25}}, BackendSettings(timeout_s=0.25)),
        ({}, {"backend": {"baseUrl": ""}}, BackendSettings()),
        ({"QWEN_LSP_BASE_URL": URL, "QWEN_LSP_MODEL": "m"}, None, BackendSettings(URL, "m")),
        ({"QWEN_LSP_API_KEY": "k", "QWEN_LSP_TIMEOUT_S": "3.5"}, None, BackendSettings(api_key="k", timeout_s=3.5)),
        ({"QWEN_LSP_BASE_URL": "", "QWEN_LSP_TIMEOUT_S": ""}, None, BackendSettings()),
        ({"QWEN_LSP_MODEL": "mine"}, {"backend": {"model": "editor's"}}, BackendSettings(model="editor's")),
        ({"QWEN_LSP_MODEL": "mine"}, {"backend": {"model": None}}, BackendSettings(model="mine")),
        ({"QWEN_LSP_MODEL": "mine"}, {"backend": {"model": ""}}, BackendSettings(model="mine")),
        ({"QWEN_LSP_API_KEY": " k\n"}, {"backend": {"baseUrl": f" {URL} "}}, BackendSettings(URL, api_key="k")),
        ({"QWEN_LSP_MODEL": "  "}, None, BackendSettings()),
        ({}, {"backend": {"autoStart": False}}, BackendSettings(auto_start=False)),
        ({"QWEN_LSP_AUTO_START": "0"}, None, BackendSettings(auto_start=False)),
        ({"QWEN_LSP_AUTO_START": "False"}, {"backend": {"autoStart": None}}, BackendSettings(auto_start=False)),
        ({"QWEN_LSP_AUTO_START": "false"}, {"backend": {"autoStart": True}}, BackendSettings()),
    ],
)
def test_good_settings_are_taken_without_a_word(
    environ: dict[str, str], options: Any, expected: BackendSettings
) -> None:
    """The editor wins over the environment; unset, null and empty mean "the one below"."""
    settings, warnings = resolve(environ, options)
    assert (settings.backend, warnings) == (expected, ())


@pytest.mark.parametrize(
    ("environ", "options", "named"),
    [
        ({}, [], "settings"),
        ({}, "backend", "settings"),
        ({}, {"backend": "http://x"}, "'backend'"),
        ({}, {"backend": [1]}, "'backend'"),
        ({}, {"model": "m"}, "'model'"),
        ({}, {"backend": {"base_url": URL}}, "backend.base_url"),
        ({}, {"backend": {"baseUrl": 8000}}, "backend.baseUrl"),
        ({}, {"backend": {"model": ["m"]}}, "backend.model"),
        ({}, {"backend": {"apiKey": {"secret": "s3cret"}}}, "backend.apiKey"),
        ({}, {"backend": {"timeoutS": "soon"}}, "backend.timeoutS"),
        ({}, {"backend": {"timeoutS": 0}}, "backend.timeoutS"),
        ({}, {"backend": {"timeoutS": -1}}, "backend.timeoutS"),
        ({}, {"backend": {"timeoutS": True}}, "backend.timeoutS"),
        ({}, {"backend": {"timeoutS": []}}, "backend.timeoutS"),
        ({}, {"backend": {"timeoutS": 1e999}}, "backend.timeoutS"),
        ({"QWEN_LSP_TIMEOUT_S": "soon"}, None, "QWEN_LSP_TIMEOUT_S"),
        ({"QWEN_LSP_TIMEOUT_S": "nan"}, None, "QWEN_LSP_TIMEOUT_S"),
        ({"QWEN_LSP_AUTO_START": "perhaps"}, None, "QWEN_LSP_AUTO_START"),
        ({}, {"backend": {"autoStart": "off"}}, "backend.autoStart"),
        ({}, {"backend": {"autoStart": []}}, "backend.autoStart"),
    ],
)
def test_a_bad_value_is_warned_of_once_by_name_and_the_default_kept(
    environ: dict[str, str], options: Any, named: str
) -> None:
    """Settings never stop the server, and a key is never printed."""
    settings, warnings = resolve(environ, options)
    assert settings.backend == BackendSettings()
    assert len(warnings) == 1
    assert named in warnings[0]
    assert "s3cret" not in warnings[0]


def test_one_bad_value_does_not_lose_its_neighbours() -> None:
    """Of several settings the good ones are used, also below a bad one of the editor."""
    wire = {"backend": {"baseUrl": URL, "timeoutS": "soon", "colour": 1}, "fix": {}}
    settings, warnings = resolve({"QWEN_LSP_TIMEOUT_S": "9"}, wire)
    assert settings.backend == BackendSettings(URL, timeout_s=9.0)
    assert len(warnings) == 3


def test_the_key_is_not_in_the_settings_repr() -> None:
    """Settings may be logged."""
    settings, _ = resolve({"QWEN_LSP_API_KEY": "s3cret"})
    assert "s3cret" not in repr(settings)

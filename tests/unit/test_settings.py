"""Settings from the editor and from the environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docs import settings as page

from qwen_lsp.settings import BackendSettings, FixSettings, Settings, all_options, resolve

REPOSITORY = Path(__file__).parents[2]
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
    wire = {"backend": {"baseUrl": URL, "timeoutS": "soon", "colour": 1}, "fix": {}, "speed": 9}
    settings, warnings = resolve({"QWEN_LSP_TIMEOUT_S": "9"}, wire)
    assert settings.backend == BackendSettings(URL, timeout_s=9.0)
    assert len(warnings) == 3


def test_the_key_is_not_in_the_settings_repr() -> None:
    """Settings may be logged."""
    settings, _ = resolve({"QWEN_LSP_API_KEY": "s3cret"})
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "options", "expected"),
    [
        ({}, {"fix": {"rerun": "off"}}, Settings(fix=FixSettings("off"))),
        ({"QWEN_LSP_FIX_RERUN": "Always"}, {"fix": {"rerun": None}}, Settings(fix=FixSettings("always"))),
        ({"QWEN_LSP_LANGUAGE": "en"}, {"language": "zh-CN"}, Settings(language="zh-cn")),
        ({"QWEN_LSP_REDACT": "0"}, None, Settings(redact=False)),
        ({"QWEN_LSP_REDACT": "0"}, {"redact": True}, Settings()),
    ],
)
def test_each_area_is_set_like_the_backend(environ: dict[str, str], options: Any, expected: Settings) -> None:
    """On the wire and in the environment, with or without an area."""
    assert resolve(environ, options) == (expected, ())


@pytest.mark.parametrize(
    ("environ", "options", "named"),
    [
        ({}, {"fix": {"rerun": True}}, "fix.rerun' must be one of off, ask, always"),
        ({"QWEN_LSP_LANGUAGE": "fr"}, None, "QWEN_LSP_LANGUAGE must be one of auto, en, zh-cn"),
        ({}, {"language": {"name": "en"}}, "'language'"),
        ({}, {"redact": "never"}, "'redact' must be true or false"),
        ({}, {"fix.rerun": "off", "backend": {}}, "unknown setting 'fix.rerun'"),
    ],
)
def test_a_bad_value_of_any_area_is_warned_of(environ: dict[str, str], options: Any, named: str) -> None:
    """The warning says what belongs there."""
    settings, (warning,) = resolve(environ, options)
    assert settings == Settings()
    assert named in warning


def test_the_page_lists_every_setting() -> None:
    """docs/settings.md is what the code says; `python -m docs.settings` writes it anew."""
    assert page.main(["--check"]) == 0
    assert all(f"`{option.path}`" in page.PAGE.read_text(encoding="utf-8") for option in all_options())


def test_a_page_that_is_out_of_date_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And mended without the option."""
    monkeypatch.setattr(page, "PAGE", tmp_path / "settings.md")
    page.PAGE.write_text(f"Mine.\n{page.BEGIN}\nold\n{page.END}\n", encoding="utf-8")
    assert page.main(["--check"]) == 1
    assert "python -m docs.settings" in capsys.readouterr().err
    assert page.main([]) == 0
    assert page.main(["--check"]) == 0
    assert page.PAGE.read_text(encoding="utf-8").startswith("Mine.\n")


def test_the_extension_has_every_setting() -> None:
    """As `npm run settings` in vscode-extension writes them into its package.json."""
    package = json.loads((REPOSITORY / "vscode-extension" / "package.json").read_text(encoding="utf-8"))
    declared = {
        name: entry
        for section in package["contributes"]["configuration"]
        for name, entry in section["properties"].items()
    }
    assert {name: declared.get(name) for name in page.properties()} == page.properties()


def test_a_workspace_may_not_decide_where_code_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """The extension's block gives such settings a scope that VS Code takes from the user alone."""
    assert page.main(["--package-json"]) == 0
    block = json.loads(capsys.readouterr().out)
    own = {name for name, entry in block.items() if entry["scope"] == "machine"}
    assert {"qwenLsp.backend.baseUrl", "qwenLsp.backend.apiKey", "qwenLsp.fix.rerun", "qwenLsp.redact"} <= own
    assert block["qwenLsp.language"] == {
        "type": "string",
        "default": "auto",
        "scope": "window",
        "description": "Language of messages and of the model's answers. auto: the editor's, in a terminal LANG's.",
        "enum": ["auto", "en", "zh-cn"],
    }

"""``qwen-lsp diagnose --no-model`` on the log of a JavaScript or TypeScript program."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from qwen_lsp.cli import main

CART = "'use strict';\n\nfunction total(items) {\n  return items.reduce((sum, item) => sum + item.price, 0);\n}\n"
STACK = """\
{0}/src/cart.js:4
  return items.reduce((sum, item) => sum + item.price, 0);
                                                ^

TypeError: Cannot read properties of undefined (reading 'price')
    at {0}/src/cart.js:4:49
    at Array.reduce (<anonymous>)
    at total ({0}/src/cart.js:4:16)
    at Object.<anonymous> ({0}/main.js:3:1)
    at Module._compile (node:internal/modules/cjs/loader:1872:14)

Node.js v24.19.0
"""
MODULE = STACK.replace("{0}/", "file://{0}/")
PRICE = "export function total(prices: number[]): number {\n  return prises.length;\n}\n"
REFUSED = "src/price.ts(2,10): error TS2552: Cannot find name 'prises'. Did you mean 'prices'?\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program in JavaScript and TypeScript, which is also the current one."""
    folder = tmp_path / "the shop"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "cart.js").write_text(CART, encoding="utf-8")
    (folder / "src" / "price.ts").write_text(PRICE, encoding="utf-8")
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("QWEN_LSP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("QWEN_LSP_AUTO_START", "0")
    return folder


@pytest.mark.parametrize(
    ("log", "file", "line"),
    [
        pytest.param(STACK, "src/cart.js", 4, id="a stack"),
        pytest.param(MODULE.replace("the shop", "the%20shop"), "src/cart.js", 4, id="a stack of an ES module"),
        pytest.param(STACK.replace("{0}/", "/builds/ci/the shop/"), "src/cart.js", 4, id="a stack of another machine"),
        pytest.param(REFUSED, "src/price.ts", 2, id="the compiler's report"),
    ],
)
def test_the_first_diagnostic_is_in_the_users_file(
    log: str,
    file: str,
    line: int,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a model the failure is shown at its line of the .js or .ts file."""
    report = _diagnose(["--no-model"], log.replace("{0}", str(shop)), monkeypatch, capsys)
    first = report["diagnostics"][0]
    assert (first["path"], first["range"]["start"]["line"]) == (str(shop / file), line - 1)
    assert report["problems"] == []


def test_the_underlined_name_is_the_range(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the log points at a name, the diagnostic covers just that name."""
    report = _diagnose(["--no-model"], STACK.replace("{0}", str(shop)), monkeypatch, capsys)
    place = report["diagnostics"][0]["range"]
    assert CART.splitlines()[3][place["start"]["character"] : place["end"]["character"]] == "price"


def test_says_that_files_of_other_languages_cannot_be_rewritten(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for a fix, it says in words why there is none, keeps the diagnostic, and needs no model for that."""
    script = shop / "src" / "cart.lua"
    script.write_text("local item = nil\nprint(item.price)\n", encoding="utf-8")
    log = (
        f"lua: {script}:2: attempt to index a nil value (local 'item')\nstack traceback:\n\t{script}:2: in main chunk\n"
    )
    report = _diagnose([], log, monkeypatch, capsys)
    assert report["diagnostics"][0]["path"] == str(script)
    (problem,) = report["problems"]
    assert problem.startswith("Fixes are not offered for cart.lua")


def _diagnose(options: list[str], log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(log.encode())))
    main(["diagnose", "--format", "json", *options])
    return json.loads(capsys.readouterr().out)

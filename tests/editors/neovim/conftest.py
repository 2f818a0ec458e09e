"""Neovim with the plugin and a model's server that is told what to say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.neovim.driver import PLUGIN, Neovim, neovim
from tests.fake_backend import FakeBackend
from tests.lsp.conftest import SHOP, backend, shop_log
from tests.lsp.editor import environment

__all__ = ["backend", "shop_log"]

WITH_PLUGIN = f"vim.opt.runtimepath:prepend('{PLUGIN}')\nvim.lsp.enable('qwen_lsp')\n"


@pytest.fixture
def shop(tmp_path: Path, shop_log: str) -> Path:
    """A folder with ``shop.py``, which divides by zero in line 5, and its log in ``shop.log``."""
    assert (tmp_path / "shop.py").read_text() == SHOP
    (tmp_path / "shop.log").write_text(shop_log)
    (tmp_path / ".git").mkdir()
    return tmp_path


def server_variables(backend: FakeBackend) -> dict[str, str]:
    """Return the environment in which the server asks this backend."""
    return {name: value for name, value in environment(backend.base_url).items() if name.startswith("QWEN_LSP_")}


@pytest.fixture
def nvim(shop: Path, backend: FakeBackend) -> Iterator[Neovim]:
    """Neovim 0.11 with the plugin, in the shop's folder."""
    with neovim(shop, "0.11", WITH_PLUGIN, server_variables(backend)) as running:
        yield running

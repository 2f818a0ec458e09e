"""The plugin as it is installed: health, help, and the ways onto the runtimepath."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from qwen_lsp.syntax.languages import LANGUAGES
from tests.editors.neovim.conftest import server_variables
from tests.editors.neovim.driver import PACKAGES, PLUGIN, Neovim, neovim
from tests.fake_backend import FakeBackend
from tests.lsp.conftest import slow_but_first


@pytest.mark.parametrize("version", slow_but_first(PACKAGES))
def test_health(version: str, shop: Path, backend: FakeBackend) -> None:
    """With a server running, `:checkhealth` has nothing to complain about."""
    init = f"vim.opt.runtimepath:prepend('{PLUGIN}') vim.lsp.enable('qwen_lsp')"
    with neovim(shop, version, init, server_variables(backend)) as nvim:
        nvim.edit("shop.py")
        nvim.command("checkhealth qwen_lsp")
        report = nvim.text("%")
    assert "qwen-lsp: running" in report
    assert re.search(r"OK server \S+ for .*, 1 buffers", report)
    assert "OK backend ready" in report
    assert not re.search("WARN|ERROR", report)


def test_all_languages(nvim: Neovim) -> None:
    """The server has the files of every language that it writes fixes in: only so its code actions are there."""
    known = set(nvim.lua("return vim.lsp.config.qwen_lsp.filetypes"))
    filetype = "return vim.filetype.match({ filename = ..., contents = { '' } })"
    for language in LANGUAGES:
        assert known & {nvim.lua(filetype, f"some{extension}") for extension in language.extensions}, language.id


@pytest.mark.slow
def test_health_without_server(tmp_path: Path) -> None:
    """Without the program, `:checkhealth` says how to get it, and a command says so too."""
    init = f"vim.opt.runtimepath:prepend('{PLUGIN}') vim.lsp.config('qwen_lsp', {{ cmd = {{ 'no-such-program' }} }})"
    with neovim(tmp_path, "0.11", init, {}) as nvim:
        nvim.command("checkhealth qwen_lsp")
        report = nvim.text("%")
        nvim.command("QwenDiagnose")
        nvim.until_said("no-such-program cannot be run; install it with 'pipx install qwen-lsp'")
    assert "ERROR no-such-program cannot be run" in report
    assert "pipx install qwen-lsp" in report


def test_help(nvim: Neovim, tmp_path: Path) -> None:
    """Help tags build, `:help qwen-lsp` opens, and each command has its entry."""
    folder = tmp_path / "copy"
    shutil.copytree(PLUGIN, folder)
    nvim.command(f"set runtimepath^={folder}")
    nvim.command(f"helptags {folder}/doc")
    nvim.command("help qwen-lsp")
    assert nvim.current().endswith("qwen-lsp.txt")
    commands = nvim.lua("return vim.tbl_keys(vim.api.nvim_get_commands({}))")
    ours = [name for name in commands if name.startswith("Qwen")]
    assert len(ours) == 9
    for name in ours:
        nvim.command(f"help :{name}")


def test_vim_pack(shop: Path, backend: FakeBackend, tmp_path: Path) -> None:
    """What the help says for `vim.pack` works, with a repository that has the plugin in its folder."""
    git = shutil.which("git") or "git"
    repository = tmp_path.with_name(f"{tmp_path.name}-repository")
    shutil.copytree(PLUGIN, repository / "neovim")
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message=plugin"],
    ):
        subprocess.run([git, *command], cwd=repository, check=True)
    example = re.search(r"\tvim\.pack\.add.*?(?=\n<)", (PLUGIN / "doc" / "qwen-lsp.txt").read_text(), re.DOTALL)
    assert example is not None
    # Without --clean, the folder is on 'packpath' already.
    init = "vim.opt.packpath:prepend(vim.fn.stdpath('data') .. '/site')\n"
    init += "vim.fn.confirm = function() return 1 end\n" + example[0].replace("SOURCE", f"file://{repository}")
    variables = server_variables(backend) | {"XDG_DATA_HOME": str(tmp_path / "data")}
    with neovim(shop, "0.12", init, variables) as nvim:
        nvim.edit("shop.py")
        nvim.command("QwenBackend")
        nvim.until_said("backend ready")

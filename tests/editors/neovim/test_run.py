"""`:QwenRun`: a command's output, its diagnosis on failure, and the run after the fix."""

from __future__ import annotations

import pytest

from tests.editors.neovim.driver import Neovim
from tests.lsp.conftest import FIXED_SHOP

OUTPUT, RESULT = "qwen://output", "qwen://result"


def test_until_it_passes(nvim: Neovim) -> None:
    """A failing command is diagnosed; with the fix applied, one key saves it and runs the command again."""
    nvim.edit("shop.py")
    nvim.command("QwenRun python3 %")
    nvim.until_said("python3 shop.py failed with exit code 1")
    assert "1.5\nTraceback" in nvim.text(OUTPUT)
    assert nvim.current() == "shop.py"
    nvim.until_shown(RESULT, "r run again")
    nvim.command("QwenResult")
    nvim.keys("a")
    nvim.until_said("the fix is in shop.py")
    nvim.keys("r")
    nvim.until_said("python3 shop.py passes")
    assert (nvim.root / "shop.py").read_text() == FIXED_SHOP
    assert nvim.text(OUTPUT) == "1.5\n0\n\n"


@pytest.mark.slow
def test_command_is_told(nvim: Neovim) -> None:
    """The server gets the failed command as typed and where it ran, so that it can check fixes by running it."""
    nvim.edit("shop.py")
    nvim.lua("""
        local client = vim.lsp.get_clients({ name = 'qwen_lsp' })[1]
        local request = client.request
        client.request = function(self, method, params, ...)
          if method == 'qwen/diagnose' then _G.sent = params end
          return request(self, method, params, ...)
        end""")
    nvim.command("QwenRun python3 shop.py --fast")
    nvim.until("_G.sent ~= nil", "the diagnosis")
    assert nvim.lua("return { _G.sent.command, _G.sent.cwd }") == ["python3 shop.py --fast", str(nvim.root)]


@pytest.mark.slow
def test_cancel_and_again(nvim: Neovim) -> None:
    """A command that goes on for ever can be ended, which is no failure to diagnose, and be run again."""
    nvim.command("QwenRun echo started; exec sleep 1000")
    nvim.until_shown(OUTPUT, "started")
    nvim.command("QwenCancel")
    nvim.until_said("was ended by signal 15")
    assert not nvim.exists(RESULT)
    nvim.command("QwenRun true")
    nvim.until_said("true passes")
    nvim.lua("_G.said = {}")
    nvim.command("QwenRun")
    nvim.until_said("true passes")


@pytest.mark.slow
def test_try_fixes(nvim: Neovim) -> None:
    """A key tries the fixes by running the command that the window names, in a copy: the title says how that went."""
    nvim.lua("vim.ui.select = function(_, _, on_choice) on_choice(nil) end")
    nvim.edit("shop.py")
    nvim.command("QwenRun python3 shop.py")
    nvim.until_shown(RESULT, "tries fixes by running `python3 shop.py` in a copy of the project")
    nvim.command("QwenResult")
    nvim.keys("t")
    nvim.until_shown(RESULT, "(rerun passes, doubtful)")  # it adds a branch

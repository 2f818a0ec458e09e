"""`:QwenDiagnose` and its result window."""

from __future__ import annotations

import pytest

from tests.editors.neovim.driver import DEADLINE_S, Neovim
from tests.fake_backend import FakeBackend
from tests.lsp.conftest import CAUSE, FIXED_SHOP, REPLY, SHOP, slow_but_first

RESULT = "qwen://result"


def diagnosed(nvim: Neovim) -> None:
    """Diagnose the shop's log and wait for the result."""
    nvim.command("edit shop.log")
    nvim.command("QwenDiagnose")
    nvim.until_shown(RESULT, "Fixes")


def status(nvim: Neovim) -> str:
    """Return what the statusline function says."""
    return str(nvim.lua("return require('qwen_lsp').status()"))


def test_result(nvim: Neovim) -> None:
    """A log in the buffer leads to the root cause; the window says it, with the call chain and the fix."""
    diagnosed(nvim)
    assert nvim.until_root_cause("shop.py") == 2
    shown = nvim.text(RESULT)
    assert shown.startswith("# ZeroDivisionError: division by zero\n")
    assert f"shop.py:2\n{CAUSE}" in shown
    assert "- shop.py:10 " in shown
    assert "(compiles)" in shown
    assert nvim.current() == RESULT


def test_jump_preview_apply_undo(nvim: Neovim) -> None:
    """From the window: to the fault, the fix as a diff, the fix in the file, and one undo takes it back."""
    nvim.edit("shop.py")
    diagnosed(nvim)
    nvim.keys("<CR>")
    assert (nvim.current(), nvim.lua("return vim.fn.line('.')")) == ("shop.py", 2)
    nvim.command("QwenResult")
    nvim.keys("p")
    nvim.until_shown("qwen://preview", "+    if not prices:")
    assert "-    return total / len(prices)\n" in nvim.text("qwen://preview")
    assert nvim.text("shop.py") == SHOP
    nvim.keys("a")
    nvim.until_said("the fix is in shop.py")
    assert nvim.text("shop.py") == FIXED_SHOP
    nvim.command("buffer shop.py")
    nvim.command("undo")
    assert nvim.text("shop.py") == SHOP


@pytest.mark.slow
def test_titles(nvim: Neovim, backend: FakeBackend) -> None:
    """Names in a fix's title stand in quotes in the menu, which knows no Markdown, and the fix is still the same."""
    nvim.edit("shop.py")
    backend.says(REPLY.replace(CAUSE, "`average` divides by zero."))
    diagnosed(nvim)
    assert "1. Fix: `average` divides by zero (compiles)" in nvim.text(RESULT)
    nvim.lua("vim.ui.select = function(items, options) _G.offered = vim.tbl_map(options.format_item, items) end")
    nvim.keys("<CR>")
    nvim.lua("vim.lsp.buf.code_action()")
    nvim.until("_G.offered ~= nil", "code actions")
    assert nvim.lua("return _G.offered")[0] == "Fix: “average” divides by zero (compiles)"
    nvim.command("QwenResult")
    nvim.keys("a")
    nvim.until_said("the fix is in shop.py")
    assert nvim.text("shop.py") == FIXED_SHOP


def hand_over_range(nvim: Neovim, log: str) -> None:
    """A log in the midst of notes."""
    lines = len(log.splitlines())
    nvim.command("enew")
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(..., '\\n'))", f"notes\n{log}notes")
    nvim.command(f"2,{lines + 1}QwenDiagnose")


def hand_over_register(nvim: Neovim, log: str) -> None:
    """A log that was yanked."""
    nvim.lua("vim.fn.setreg('l', ...)", log)
    nvim.command("QwenDiagnose l")


def hand_over_terminal(nvim: Neovim, log: str) -> None:
    """A log in a terminal that is narrower than its lines, which also shows a ruler of full width."""
    del log
    (nvim.root / "narrow.sh").write_text(f"python3 shop.py; echo {'=' * 30}; echo done; exec cat")
    nvim.command("vsplit | vertical resize 30 | setlocal nonumber")
    nvim.command("terminal sh ./narrow.sh")
    nvim.until("vim.fn.search('^done$', 'nw') > 0", "the program's end")
    nvim.command("QwenDiagnose")


def hand_over_quickfix(nvim: Neovim, log: str) -> None:
    """A log that `errorformat` has taken apart."""
    nvim.lua(
        r"""vim.fn.setqflist({}, ' ', {
            lines = vim.split(..., '\n'), efm = [[%*\sFile "%f"\, line %l\, %m,%m]] })""",
        log,
    )
    nvim.command("QwenDiagnose quickfix")


@pytest.mark.parametrize(
    "hand_over", slow_but_first([hand_over_terminal, hand_over_range, hand_over_register, hand_over_quickfix])
)
def test_sources(hand_over, nvim: Neovim, shop_log: str) -> None:
    """A log is taken from wherever it is."""
    hand_over(nvim, shop_log)
    nvim.until_shown(RESULT, "Fixes")
    assert nvim.until_root_cause("shop.py") == 2


@pytest.mark.slow
def test_file_that_changed(nvim: Neovim) -> None:
    """A fix of code that was edited since is refused with a reason, and the edit stays."""
    nvim.edit("shop.py")
    diagnosed(nvim)
    nvim.lua("vim.api.nvim_buf_set_lines(vim.fn.bufnr('shop.py'), -1, -1, false, { '# mine' })")
    nvim.keys("a")
    nvim.until_said("changed")
    assert "diagnose the log again" in nvim.said()[0]
    assert nvim.text("shop.py") == f"{SHOP}# mine\n"


def test_progress_and_cancel(nvim: Neovim, backend: FakeBackend) -> None:
    """While the model writes, window and statusline say how far it is; cancelling stops the model and closes it."""
    backend.hangs(after="Cause: An empty")
    nvim.edit("shop.py")
    assert status(nvim).startswith("qwen")
    nvim.command("edit shop.log")
    nvim.command("QwenDiagnose")
    assert backend.asked.wait(DEADLINE_S)
    nvim.until_shown(RESULT, "asking the model")
    assert status(nvim) == "qwen: asking the model"
    nvim.command("QwenCancel")
    assert backend.hung_up.wait(DEADLINE_S)
    assert nvim.said() == ["qwen: cancelled"]
    assert nvim.lua("return vim.fn.bufwinid(...)", RESULT) == -1
    assert nvim.diagnostics("shop.py") == [("crash-site", 5)]
    nvim.command("QwenClear")
    nvim.until("#vim.diagnostic.get() == 0", "the diagnostics to go")


def test_server_that_ends(nvim: Neovim, backend: FakeBackend) -> None:
    """When the server ends in the middle of a diagnosis, nothing goes on waiting; the next one gets a new server."""
    backend.hangs()
    nvim.command("edit shop.log")
    nvim.command("QwenDiagnose")
    assert backend.asked.wait(DEADLINE_S)
    nvim.lua("vim.lsp.get_clients({ name = 'qwen_lsp' })[1].rpc.terminate()")
    nvim.until("vim.fn.bufwinid('qwen://result') == -1", "the window to close")
    backend.says(REPLY)
    diagnosed(nvim)


@pytest.mark.slow
def test_no_failure(nvim: Neovim) -> None:
    """A text without a failure is answered with a sentence."""
    nvim.command("edit notes | call setline(1, 'all is well')")
    nvim.command("QwenDiagnose")
    nvim.until_shown(RESULT, "No failure was found in the text")


@pytest.mark.slow
def test_unknown_source(nvim: Neovim) -> None:
    """What is no source is refused with the sources that there are."""
    nvim.command("QwenDiagnose elsewhere")
    nvim.until_said("'elsewhere' is no register, nor terminal, quickfix or loclist")

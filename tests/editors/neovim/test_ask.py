"""Questions, roles, feedback and the backend, from within Neovim."""

from __future__ import annotations

import pytest

from tests.editors.neovim.driver import DEADLINE_S, Neovim
from tests.editors.neovim.test_diagnose import RESULT, diagnosed
from tests.fake_backend import FakeBackend

ANSWER = "qwen://answer"


def last_prompt(backend: FakeBackend) -> str:
    """Return all that the model was told with the newest question."""
    return "\n".join(message["content"] for message in backend.requests[-1]["messages"])


def test_follow_up(nvim: Neovim, backend: FakeBackend) -> None:
    """A question about the diagnosis, from its window, can be stopped and asked again; the next one goes on."""
    diagnosed(nvim)
    nvim.lua("vim.ui.input = function(_, answered) answered(_G.typed) end; _G.typed = 'Why is it empty?'")
    nvim.command("QwenResult")
    backend.hangs()
    backend.asked.clear()
    nvim.keys("i")
    assert backend.asked.wait(DEADLINE_S)
    nvim.command("QwenCancel")
    assert backend.hung_up.wait(DEADLINE_S)
    nvim.until_shown(ANSWER, "(stopped)")
    backend.says("Because a cart may be empty.")
    nvim.command("QwenAsk Why is it empty?")
    nvim.until_shown(ANSWER, "Because a cart may be empty.")
    assert "ZeroDivisionError" in last_prompt(backend)
    backend.says("Yes.")
    nvim.lua("_G.typed = 'Is that so?'")
    nvim.keys("i")
    nvim.until_shown(ANSWER, "Yes.")
    assert "Because a cart may be empty." in last_prompt(backend)
    assert nvim.text(ANSWER).index("## Why is it empty?") < nvim.text(ANSWER).index("## Is that so?")


def test_selection_and_role(nvim: Neovim, backend: FakeBackend) -> None:
    """A question about lines is asked with their text, and is answered by the role that was chosen."""
    nvim.edit("shop.py")
    nvim.command("QwenRole nobody")
    nvim.until_said("no role nobody; there are: ")
    nvim.command("QwenRole teacher")
    nvim.until_said("answers from now on")
    backend.says("It sums up.")
    nvim.command("1,4QwenAsk What does this do?")
    nvim.until_shown(ANSWER, "It sums up.")
    assert "total += price" in last_prompt(backend)
    assert "teach" in last_prompt(backend).lower()


@pytest.mark.slow
def test_feedback(nvim: Neovim) -> None:
    """A key says that the answer was good, or that the fix under the cursor was bad."""
    diagnosed(nvim)
    nvim.keys("+")
    nvim.until_said("this diagnosis is good")
    nvim.keys("/^1\\.<CR>-")
    nvim.until_said("this fix is bad")


@pytest.mark.slow
def test_backend_failed(nvim: Neovim, backend: FakeBackend) -> None:
    """What the backend cannot do is said in words, in the result and in the answer."""
    backend.fails(500, "out of order")
    nvim.command("edit shop.log")
    nvim.command("QwenDiagnose")
    nvim.until_shown(RESULT, "## Problems")
    nvim.command("QwenAsk Why?")
    nvim.until_shown(ANSWER, "> ")
    nvim.command("QwenBackend nonsense")
    nvim.until_said("'nonsense' is none of start, stop, status, promote, rollback")


@pytest.mark.slow
def test_statusline(nvim: Neovim) -> None:
    """The statusline function is empty without a server, and else says how its backend is."""
    nvim.command("enew")
    assert nvim.lua("return require('qwen_lsp').status()") == ""
    nvim.edit("shop.py")
    for state, words in {
        "{ state = 'off', model = vim.NIL, percent = vim.NIL }": "qwen: off",
        "{ state = 'loading', model = 'coder', percent = 40 }": "qwen: loading 40 %",
        "{ state = 'ready', model = 'coder', percent = vim.NIL }": "qwen: ready coder",
        "{ state = 'rolling-back', model = 'coder', percent = vim.NIL }": "qwen: rolling back",
    }.items():
        told = f"require('qwen_lsp.status').backend_changed(vim.lsp.get_clients()[1].id, {state})"
        assert nvim.lua(f"{told} return require('qwen_lsp').status()") == words


FAKE_SERVER = """
vim.lsp.enable('qwen_lsp', false)
vim.lsp.config('qwen_lsp', { cmd = function(dispatchers)
  return {
    request = function(method, params, callback)
      if method == 'initialize' then
        callback(nil, { capabilities = {} })
      else
        vim.schedule(function() (%s)(dispatchers, params, callback) end)
      end
      return true, 1
    end,
    notify = function() return true end,
    is_closing = function() return false end,
    terminate = function() end,
  }
end })
"""


@pytest.mark.slow
def test_older_server(nvim: Neovim) -> None:
    """A server that does not know a request is named as what to upgrade."""
    nvim.lua(FAKE_SERVER % "function(_, _, callback) callback({ code = -32601, message = 'no such method' }) end")
    nvim.command("QwenAsk Why?")
    nvim.until_said("this qwen-lsp does not know qwen/ask yet; upgrade it")
    assert "(no answer)" in nvim.text(ANSWER)


def test_streaming(nvim: Neovim) -> None:
    """An answer is on screen while it is being written."""
    nvim.lua(
        FAKE_SERVER
        % """function(dispatchers, params, callback)
            dispatchers.notification('$/progress', { token = params.partialResultToken, value = { text = 'It is' } })
            _G.finish = function() callback(nil, { answer = 'It is so.\\n\\nReally.', problems = {} }) end
        end"""
    )
    nvim.command("QwenAsk Is it so?")
    nvim.until_shown(ANSWER, "## Is it so?\n\nIt is")
    nvim.lua("_G.finish()")
    nvim.until_shown(ANSWER, "## Is it so?\n\nIt is so.\n\nReally.\n")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        pytest.param("{ window = 'tab' }", "window: expected 'split' or 'float'", id="value"),
        pytest.param("{ windows = 'float' }", "unknown option 'windows'", id="name"),
        pytest.param("{ keys = { undo = 'u' } }", "unknown option 'keys.undo'", id="key"),
    ],
)
@pytest.mark.slow
def test_wrong_options(given: str, complaint: str, nvim: Neovim) -> None:
    """An option that is wrong is named."""
    works, error = nvim.lua(f"return {{ pcall(require('qwen_lsp').setup, {given}) }}")
    assert not works
    assert complaint in error


@pytest.mark.slow
def test_float(nvim: Neovim) -> None:
    """Results come in a float for those who want that, as high as its text."""
    nvim.lua("require('qwen_lsp').setup({ window = 'float' })")
    diagnosed(nvim)
    assert nvim.lua("return vim.api.nvim_win_get_config(0).relative") == "editor"
    height = nvim.lua("return vim.api.nvim_win_get_height(0)")
    assert height == min(len(nvim.text(RESULT).splitlines()), nvim.lua("return math.floor(vim.o.lines * 0.6)"))

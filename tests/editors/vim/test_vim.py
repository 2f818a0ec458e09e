"""The main job in real Vim with ALE, by code actions alone, configured as docs/editors.md says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editors.documented import configuration, editor_environment
from tests.fake_backend import FakeBackend
from tests.lsp.conftest import FIXED_SHOP, backend, shop_log

__all__ = ["backend", "shop_log"]

DRIVER = Path(__file__).with_name("main_job.vim")
LIMIT_S = 120.0


def vim() -> str:
    """Return the path of a Vim that has ALE; without one the test is skipped."""
    program = shutil.which("vim")
    if program is None:
        pytest.skip("Vim is not installed (Debian: vim-nox and vim-ale)")
    probe = subprocess.run(
        [
            program,
            "-Nu",
            "NONE",
            "-es",
            "-c",
            "packadd ale",
            "-c",
            "if !exists(':ALELint') | cquit | endif",
            "-c",
            "qall!",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )
    if probe.returncode != 0:
        pytest.skip("this Vim has no ALE (Debian: vim-nox and vim-ale)")
    return program


@pytest.mark.slow
def test_main_job(shop_log: str, backend: FakeBackend, tmp_path: Path) -> None:
    """Log selected, action chosen, root cause shown, fix applied, undone in one step and redone."""
    program = vim()
    (tmp_path / "shop.log").write_text(shop_log)
    vimrc, seen_path = (tmp_path.with_name(f"{tmp_path.name}-{name}") for name in ("vimrc", "seen"))
    vimrc.write_text(configuration("vim"))
    subprocess.run(
        [program, "-Nu", str(vimrc), "-n", "-es", "-S", str(DRIVER)],
        cwd=tmp_path,
        env={**editor_environment(backend.base_url), "HOME": str(tmp_path), "SEEN": str(seen_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )
    seen = json.loads(seen_path.read_text())
    assert "waited_for" not in seen, seen
    assert len(seen["offered"]) == 2
    assert "Diagnose this error log" in seen["offered"][0]
    assert "Fix: An empty cart has no average (compiles)" in seen["offered"][1]
    assert seen["line"] == 2
    assert seen["undone"]
    assert seen["after"] == FIXED_SHOP.splitlines()
    assert (tmp_path / "shop.py").read_text() == FIXED_SHOP

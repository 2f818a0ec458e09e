"""The configurations that docs/editors.md prints, for the tests that use them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from tests.lsp.editor import environment

DOCUMENT = Path(__file__).parents[2] / "docs" / "editors.md"


def configuration(language: str) -> str:
    """Return the first code block in that language."""
    block = re.search(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None, f"no {language} in {DOCUMENT}"
    return block[1]


def editor_environment(base_url: str) -> dict[str, str]:
    """Return the environment of an editor that finds `qwen-lsp`, whose model is at ``base_url``."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**environment(base_url), "PATH": path}

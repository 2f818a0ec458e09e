"""Small programs that fail, what they print, and what must be said of it without a model.

Each file of ``cases`` is a text archive: ``-- NAME --`` begins a file of the workspace, ``-- log --`` what the program
printed, ``-- expect --`` what `render` must give. ``python -m tests.unit.explain.cases FILE...`` runs ``main.py`` of
each archive that has no log, and writes what is said now below it, to be read before it is kept.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from qwen_lsp.explain import explain
from qwen_lsp.fixes import apply_fix
from qwen_lsp.logparse import parse_log
from qwen_lsp.workspace import DiskDocuments, locate

FOLDER = Path(__file__).with_name("cases")
_MARK = re.compile(r"^-- (.+) --\n", re.MULTILINE)


def read(archive: Path) -> dict[str, str]:
    """Return the parts of an archive by their names."""
    _, *parts = _MARK.split(archive.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def render(parts: dict[str, str], root: Path) -> str:
    """Return what is said of the log of an archive whose files are written to ``root``."""
    for name, text in parts.items():
        if name not in ("log", "expect"):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    documents = DiskDocuments()
    located, fixes = explain(locate(parse_log(parts["log"]), (root,), documents, root), (root,), documents)
    lines = []
    for one in located:
        known = one.explanation
        if known is None:
            lines.append("nothing is said")
            continue
        lines.append(known.text.replace(str(root), "ROOT"))
        lines += [f"$ {known.command}"] if known.command is not None else []
        lines += ["(no change of the code helps)"] if known.is_environment else []
    for fix in fixes:
        lines.append(f"fix: {fix.title}")
        for snapshot, after in apply_fix(fix, documents):
            before = snapshot.text.splitlines()
            lines += [f"+ {line}" for line in after.splitlines() if line not in before]
    return "\n".join(lines) + "\n"


def record(archive: Path) -> None:
    """Add the log and what is said of it to an archive."""
    parts = read(archive)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        files = {name: text for name, text in parts.items() if name not in ("log", "expect")}
        if "log" not in parts:
            render({**files, "log": ""}, root)
            ran = subprocess.run(
                [sys.executable, "main.py"], cwd=root, capture_output=True, check=False, encoding="utf-8"
            )
            parts["log"] = ran.stderr.replace(str(root), "/home/user/shop")
        parts["expect"] = render(parts, root)
    text = "".join(
        f"-- {name} --\n{part if part.endswith(chr(10)) else part + chr(10)}" for name, part in parts.items()
    )
    archive.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        record(Path(argument))

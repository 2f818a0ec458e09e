"""Following imports to the definitions of names."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.context.definitions import find_definitions, names_used
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import DiskDocuments

DEF = "def wanted():\n    return 1\n"


@pytest.mark.parametrize(
    ("importing", "statement", "defining"),
    [
        ("main.py", "from util import wanted", "util.py"),
        ("main.py", "import util", "util.py"),
        ("main.py", "import util as u", "util.py"),
        ("main.py", "from util import wanted as w", "util.py"),
        ("main.py", "from util import *", "util.py"),
        ("main.py", "import pkg.util", "pkg/util.py"),
        ("main.py", "from pkg import util", "pkg/util.py"),
        ("main.py", "def f():\n    from pkg.util import wanted", "pkg/util.py"),
        ("pkg/main.py", "from .util import wanted", "pkg/util.py"),
        ("pkg/main.py", "from . import util", "pkg/util.py"),
        ("pkg/sub/main.py", "from ..util import wanted", "pkg/util.py"),
        ("pkg/sub/main.py", "from ... import util", "util.py"),
        ("pkg/main.py", "from util import wanted", "util.py"),
        ("tests/test_it.py", "from pkg.util import wanted", "src/pkg/util.py"),
        ("main.py", "from pkg import wanted", "pkg/__init__.py"),
        ("main.py", "from pkg.other import *", "pkg/other/__init__.py"),
    ],
)
def test_a_name_is_found_where_it_is_defined(tmp_path: Path, importing: str, statement: str, defining: str) -> None:
    """Whatever the form of the import and the layout of the project."""
    _write(tmp_path, {importing: statement + "\n", defining: DEF})
    assert _found(tmp_path, importing) == [defining]


def test_re_exports_are_followed(tmp_path: Path) -> None:
    """Through ``__init__`` files only, and not for ever."""
    _write(
        tmp_path,
        {
            "main.py": "from pkg import wanted\n",
            "pkg/__init__.py": "from .sub import wanted\n",
            "pkg/sub/__init__.py": "from .impl import wanted\n",
            "pkg/sub/impl.py": DEF,
        },
    )
    assert _found(tmp_path, "main.py") == ["pkg/sub/impl.py"]


def test_modules_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    """Circles end."""
    _write(tmp_path, {"a/__init__.py": "from b import x\n" + DEF, "b/__init__.py": "from a import y\n" + DEF})
    assert _found(tmp_path, "a/__init__.py") == ["a/__init__.py", "b/__init__.py"]


@pytest.mark.parametrize(
    "statement",
    [
        "from ..outside import wanted",
        "from .... import outside",
        "from " + "." * 40 + "x import wanted",
        "import outside",
        "import link",
        "import os",
        "from outside import (",
        "import �",
    ],
)
def test_nothing_is_read_outside_the_workspace(tmp_path: Path, statement: str) -> None:
    """Nor does code that does not parse raise."""
    root = tmp_path / "root"
    _write(tmp_path, {"outside.py": DEF, "root/main.py": "x = 1\n"})
    snapshot = TextSnapshot(root / "main.py", statement + "\n")
    assert find_definitions(snapshot, ["wanted"], [root], DiskDocuments()) == []


def test_methods_are_found_in_every_class(tmp_path: Path) -> None:
    """Without types there is no telling whose it is; the order follows the names."""
    text = "class A:\n    def run(self):\n        pass\n\n\nclass B:\n    def run(self):\n        pass\n"
    found = find_definitions(TextSnapshot(tmp_path / "a.py", text), ["B", "run"], [tmp_path], DiskDocuments())
    assert [one.definition.start_line for one in found] == [5, 1, 6]


def test_names_come_in_the_order_of_their_use() -> None:
    """Words in strings and comments are no names."""
    snapshot = TextSnapshot(Path("/w/a.py"), "a = 1\nb = c.d(a, 'e') + b  # f\ng = 2\n")
    assert names_used(snapshot, 1, 2) == ["b", "c", "d", "a"]
    assert names_used(TextSnapshot(Path("/w/a.txt"), "a"), 0, 1) == []


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _found(root: Path, importing: str) -> list[str]:
    snapshot = DiskDocuments().read(root / importing)
    assert snapshot is not None
    found = find_definitions(snapshot, ["wanted"], [root], DiskDocuments())
    return [str(one.snapshot.path.relative_to(root)) for one in found]

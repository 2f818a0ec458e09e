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


WANTED = {
    ".js": "export const wanted = () => 1;\n",
    ".mjs": "export function wanted() {}\n",
    ".ts": "export class wanted {}\n",
    ".tsx": "export const wanted = 1;\n",
    ".java": "class wanted {}\n",
    ".go": "package p\n\nfunc wanted() {}\n",
    ".rs": "pub fn wanted() {}\n",
    ".c": "int wanted(void) { return 1; }\n",
    ".h": "int wanted(void);\n",
    ".cpp": "int wanted() { return 1; }\n",
    ".cs": "class wanted {}\n",
    ".rb": "def wanted; end\n",
    ".php": "<?php\nfunction wanted() {}\n",
    ".sql": "CREATE TABLE wanted (a int);\n",
}


@pytest.mark.parametrize(
    ("importing", "statement", "defining"),
    [
        ("main.js", "import { wanted } from './lib/util.js';", "lib/util.js"),
        ("main.js", "const { wanted } = require('./lib/util');", "lib/util.js"),
        ("main.js", "const u = await import('./util.mjs');", "util.mjs"),
        ("main.mjs", "export * from './util.mjs';", "util.mjs"),
        ("src/a/main.ts", "import { wanted } from '../util.js';", "src/util.ts"),
        ("main.ts", "import type { wanted } from './util';", "util.ts"),
        ("main.tsx", "import { wanted } from './parts';", "parts/index.tsx"),
        ("src/main/java/a/Main.java", "package a;\nclass Main { Util u; }", "src/main/java/a/Util.java"),
        ("src/test/java/a/MainTest.java", "package a;\nclass MainTest { Util u; }", "src/main/java/a/Util.java"),
        ("a/Main.java", "package a;\nimport b.c.Util;", "b/c/Util.java"),
        ("a/Main.java", "package a;\nimport static b.Util.wanted;", "b/Util.java"),
        ("a/Main.java", "import b.*;\nclass Main { Util u; }", "b/Util.java"),
        ("main.go", "package main", "other.go"),
        ("cmd/main.go", 'package main\nimport (\n\t"example.com/shop/cart"\n)', "cart/cart.go"),
        ("src/main.rs", "mod util;", "src/util.rs"),
        ("src/main.rs", "mod util;", "src/util/mod.rs"),
        ("src/shop.rs", "use crate::util::{wanted, other};", "src/util.rs"),
        ("src/shop/cart.rs", "use super::util::wanted;", "src/shop/util.rs"),
        ("main.c", '#include "util.h"', "util.h"),
        ("src/main.cpp", '#include "util.h"', "include/util.h"),
        ("Main.cs", "class Main { Util u; }", "Util.cs"),
        ("App/Main.cs", "using Shop.Models;\nclass Main { Util u; }", "Models/Util.cs"),
        ("main.rb", "require_relative 'lib/util'", "lib/util.rb"),
        ("spec/main_spec.rb", "require 'util'", "lib/util.rb"),
        ("main.php", "<?php\nrequire_once __DIR__ . '/lib/util.php';", "lib/util.php"),
        ("main.php", "<?php\nuse App\\Models\\Util;", "src/Models/Util.php"),
        ("queries/report.sql", "SELECT * FROM wanted;", "queries/schema.sql"),
    ],
)
def test_a_name_is_found_by_the_rules_of_each_language(
    tmp_path: Path, importing: str, statement: str, defining: str
) -> None:
    """Relative paths, packages, modules, headers: whatever says where the name comes from."""
    files = {importing: statement + "\n", defining: WANTED[Path(defining).suffix]}
    if importing.startswith("src/shop"):
        files["src/main.rs"] = "mod shop;\n"
    _write(tmp_path, files)
    assert _found(tmp_path, importing) == [defining]


def test_a_header_leads_to_its_implementation(tmp_path: Path) -> None:
    """The header only declares."""
    _write(tmp_path, {"main.c": '#include "util.h"\n', "util.h": WANTED[".h"], "util.c": WANTED[".c"]})
    assert _found(tmp_path, "main.c") == ["util.h", "util.c"]


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("main.js", "import { wanted } from '../outside.js';"),
        ("main.js", "import { wanted } from '" + "../" * 40 + "outside.js';"),
        ("main.c", '#include "../outside.h"'),
        ("main.rb", "require_relative '../outside'"),
        ("main.php", "<?php require '../outside.php';"),
        ("main.rs", "use super::outside::wanted;"),
        ("Main.java", "import outside.wanted;"),
    ],
)
def test_no_language_reads_outside_the_workspace(tmp_path: Path, name: str, statement: str) -> None:
    """However the path is written."""
    root = tmp_path / "root"
    _write(tmp_path, {f"outside.{end}": WANTED[f".{end}"] for end in ("js", "h", "rb", "php", "rs", "java")})
    _write(tmp_path, {f"root/{name}": "x"})
    snapshot = TextSnapshot(root / name, statement + "\n")
    assert find_definitions(snapshot, ["wanted"], [root], DiskDocuments()) == []


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


@pytest.mark.parametrize(
    ("name", "line", "defining"),
    [
        ("test_a.py", "rows = ask('wanted', 1)", "queries/wanted.sql"),
        ("test_a.py", 'path = "queries/wanted.sql"', "queries/wanted.sql"),
        ("src/a.js", "load(`wanted`)", "sql/wanted.sql"),
        ("src/a.js", "load(`wanted`)", "src/own/wanted.sql"),
        ("a.py", "rows = ask('../wanted')", None),
        ("a.py", "rows = ask('x/../../wanted')", None),
        ("a.py", "rows = ask('/wanted')", None),
        ("a.py", "rows = ask('other')", None),
        ("a.py", "rows = ask('*')", None),
    ],
)
def test_a_query_in_a_file_is_found_by_the_string_that_names_it(
    tmp_path: Path, name: str, line: str, defining: str | None
) -> None:
    """Its statements are what the code uses."""
    _write(tmp_path, {name: f"first\n{line}\n'wanted'\n", "other/not.sql": "SELECT 2;\n"})
    if defining is not None:
        _write(tmp_path, {defining: "-- what is wanted\nSELECT 1;\n"})
    snapshot = DiskDocuments().read(tmp_path / name)
    assert snapshot is not None
    found = find_definitions(snapshot, names_used(snapshot, 1, 2), [tmp_path], DiskDocuments())
    paths = [one.snapshot.path for one in found if one.snapshot.path != snapshot.path]
    assert paths == ([tmp_path / defining] if defining else [])


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

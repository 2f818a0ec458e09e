"""Frames of a log become places in the user's files, or none and a reason; never a guess."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.model import Failure, FailureKind, Located, LocatedFrame, ParsedLog, Position, StackFrame
from qwen_lsp.text import TextSnapshot
from qwen_lsp.workspace import DiskDocuments, locate

_CART = "import json\n\n\ndef total(items):\n    return sum(item.cost for item in items)\n"
_LINE = "return sum(item.cost for item in items)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a workspace folder with one package."""
    folder = tmp_path / "shop"
    _write(folder / "shop" / "cart.py", _CART)
    _write(folder / "main.py", "from shop import cart\n\ncart.total([1])\n")
    return folder


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _frame(path: str | Path, lineno: int = 5, source: str | None = _LINE, function: str = "total") -> str:
    return f'  File "{path}", line {lineno}, in {function}\n' + (f"    {source}\n" if source is not None else "")


def _locate(log: str, *roots: Path, cwd: Path | None = None) -> Located:
    (located,) = locate(parse_log(log), roots, DiskDocuments(), cwd)
    return located


def _locate_frame(path: str | Path, *roots: Path, cwd: Path | None = None, **frame: object) -> LocatedFrame:
    log = "Traceback (most recent call last):\n" + _frame(path, **frame) + "AttributeError: cost\n"  # type: ignore[arg-type]
    return _locate(log, *roots, cwd=cwd).frames[-1]


def _covered(frame: LocatedFrame) -> str:
    """Return the text of the file that the frame's range covers."""
    assert frame.path is not None
    assert frame.range is not None
    snapshot = DiskDocuments().read(frame.path)
    assert snapshot is not None
    assert frame.range.start.line == frame.range.end.line
    return snapshot.line(frame.range.start.line)[frame.range.start.character : frame.range.end.character]


@pytest.mark.parametrize(
    "printed",
    [
        pytest.param("{root}/shop/cart.py", id="absolute"),
        pytest.param("shop/cart.py", id="relative to the root"),
        pytest.param("./shop/cart.py", id="with a dot"),
        pytest.param("shop/../shop/cart.py", id="with two dots"),
        pytest.param("shop\\cart.py", id="relative on Windows"),
        pytest.param("/app/shop/cart.py", id="container"),
        pytest.param("/home/runner/work/shop/shop/shop/cart.py", id="CI"),
        pytest.param("C:\\Users\\me\\shop\\cart.py", id="Windows"),
        pytest.param("\\\\server\\share\\shop\\cart.py", id="Windows share"),
        pytest.param("../elsewhere/shop/cart.py", id="of another folder"),
        pytest.param("/mnt/c/Users/me/shop/shop/cart.py", id="Windows seen from WSL"),
        pytest.param("\\\\wsl.localhost\\Ubuntu\\home\\me\\shop\\cart.py", id="WSL seen from Windows"),
        pytest.param("C:\\Users\\Me\\SHOP\\Cart.py", id="Windows, which does not tell case"),
        pytest.param("file:///srv/app/shop/cart.py", id="URL of a file"),
        pytest.param("file:///srv/app/shop/%63art.py", id="characters written as in URLs"),
        pytest.param("http://localhost:8000/shop/cart.py?t=17", id="URL of a server"),
        pytest.param("webpack://shop/./shop/cart.py", id="bundled"),
        pytest.param("/@fs/home/me/shop/cart.py", id="served by Vite from the disk"),
    ],
)
def test_finds_the_file(root: Path, printed: str) -> None:
    """The file is found however the machine that failed spells its path."""
    frame = _locate_frame(printed.format(root=root), root)
    assert frame.path == root / "shop" / "cart.py"
    assert _covered(frame) == _LINE
    assert frame.note is None


def test_looks_in_the_folder_of_the_command_first(root: Path) -> None:
    """A relative path means the file below the folder where the command ran."""
    nested = _write(root / "service" / "shop" / "cart.py", _CART)
    assert _locate_frame("shop/cart.py", root, cwd=root / "service").path == nested


def test_finds_the_file_below_the_second_root(root: Path, tmp_path: Path) -> None:
    """Every root of the workspace counts."""
    other = _write(tmp_path / "other" / "tools" / "x.py", "a = 1\n")
    frame = _locate_frame("tools/x.py", root, tmp_path / "other", lineno=1, source="a = 1")
    assert frame.path == other


def test_walks_when_the_file_lies_deeper(root: Path) -> None:
    """The longest common end of the path decides between files of one name."""
    _write(root / "src" / "admin" / "models.py", "a = 1\n")
    wanted = _write(root / "src" / "orders" / "models.py", "a = 1\n")
    assert _locate_frame("/srv/release/orders/models.py", root, lineno=1, source="a = 1").path == wanted


def test_lets_the_text_decide_between_equal_paths(root: Path) -> None:
    """Of two files that match the path equally well, the one that reads as the log does is meant."""
    wanted = _write(root / "one" / "pkg" / "models.py", "a = 1\n")
    _write(root / "two" / "pkg" / "models.py", "b = 2\n")
    assert _locate_frame("/srv/pkg/models.py", root, lineno=1, source="a = 1").path == wanted


def test_never_guesses_between_equal_files(root: Path) -> None:
    """When path and text fit several files, none is taken and the user is told which."""
    _write(root / "one" / "pkg" / "models.py", "a = 1\n")
    _write(root / "two" / "pkg" / "models.py", "a = 1\n")
    frame = _locate_frame("/srv/pkg/models.py", root, lineno=1, source="a = 1")
    assert frame.path is None
    assert frame.note is not None
    assert "one/pkg/models.py" in frame.note
    assert "two/pkg/models.py" in frame.note


@pytest.mark.parametrize("folder", [".venv/lib", "node_modules/x", ".git", "__pycache__", "env3"])
def test_never_finds_installed_code(root: Path, folder: str) -> None:
    """The walk leaves out installed code, caches and virtual environments of any name."""
    _write(root / folder / "vendored" / "util.py", "a = 1\n")
    if folder == "env3":
        _write(root / folder / "pyvenv.cfg", "home = /usr\n")
    assert _locate_frame("/srv/vendored/util.py", root, lineno=1, source="a = 1").path is None


def test_installed_copies_do_not_compete(root: Path) -> None:
    """The user's file is found although an environment of any name holds a copy of it."""
    _write(root / "env3" / "pyvenv.cfg", "home = /usr\n")
    _write(root / "env3" / "tools" / "util.py", "a = 1\n")
    wanted = _write(root / "src" / "tools" / "util.py", "a = 1\n")
    assert _locate_frame("/srv/tools/util.py", root, lineno=1, source="a = 1").path == wanted


@pytest.mark.parametrize("outside", ["absolute", "by two dots", "by a link"])
def test_never_leaves_the_workspace(root: Path, tmp_path: Path, outside: str) -> None:
    """A path that leads out of the roots is not mapped, and the frame says so."""
    secret = _write(tmp_path / "secret" / "key.py", "a = 1\n")
    (root / "link").symlink_to(secret.parent)
    printed = {"absolute": str(secret), "by two dots": "../secret/key.py", "by a link": "link/key.py"}[outside]
    frame = _locate_frame(printed, root, lineno=1, source="a = 1")
    assert frame.path is None
    assert frame.note == "not in the workspace"


def test_keeps_the_roots_own_spelling(root: Path, tmp_path: Path) -> None:
    """Below a root that is a link, paths are the editor's, not those behind the link."""
    link = tmp_path / "link"
    link.symlink_to(root)
    assert _locate_frame(root / "shop" / "cart.py", link).path == link / "shop" / "cart.py"


def test_a_file_name_alone_needs_the_right_text(root: Path) -> None:
    """A file of the same name elsewhere is not taken for another project's."""
    assert _locate_frame("/srv/a/b/cart.py", root, source="something_else()").path is None
    assert _locate_frame("/srv/a/b/cart.py", root).path == root / "shop" / "cart.py"


@pytest.mark.parametrize(
    ("name", "declared"),
    [("Till.kt", "package com.acme.till\n"), ("Till.scala", "package com.acme\npackage till\n")],
)
def test_a_file_in_a_flat_folder_is_found_by_its_package(root: Path, name: str, declared: str) -> None:
    """Kotlin and Scala ask for no folders of packages; a file of the same name in another package is not taken."""
    till = _write(root / "src" / name, declared + "\nfun add() = 1\n")
    _write(root / "other" / name, "package com.acme.bank\n")
    log = (
        'Exception in thread "main" java.lang.IllegalStateException: x\n'
        f"\tat com.acme.till.Till.add({name}:3)\n\tat com.acme.shop.Till.main({name}:9)\n"
    )
    located = _locate(log, root)
    assert [frame.path for frame in located.frames] == [None, till]


def test_maps_the_underlined_part(root: Path) -> None:
    """Carets of the log become a range in the file's line, indentation counted in."""
    log = (
        "Traceback (most recent call last):\n"
        + _frame("shop/cart.py")
        + "               ^^^^^^^^^\n"
        + "AttributeError: cost\n"
    )
    frame = _locate(log, root).frames[0]
    assert _covered(frame) == "item.cost"
    assert frame.range is not None
    assert frame.range.start == Position(4, 15)


@pytest.mark.parametrize(
    ("text", "lineno", "covered", "note"),
    [
        pytest.param("# new\n" + _CART, 5, _LINE, "now line 6", id="moved down"),
        pytest.param(_CART.replace("sum", "max"), 5, _LINE.replace("sum", "max"), "reads differently", id="edited"),
        pytest.param(_CART + _CART, 3, "", "reads differently", id="moved and not unique"),
        pytest.param("import json\nx = 1\n", 5, "x = 1", "no line 5", id="too short now"),
        pytest.param("", 5, "", "no line 5", id="empty now"),
        pytest.param(_CART.replace("\n", "\r\n"), 5, _LINE, None, id="Windows line ends"),
        pytest.param(_CART.replace("    ", "\t"), 5, _LINE, None, id="indented otherwise"),
        pytest.param("\f" + _CART, 5, _LINE, None, id="form feed is no line end"),
    ],
)
def test_says_when_the_file_has_changed(root: Path, text: str, lineno: int, covered: str, note: str | None) -> None:
    """The range never leaves the file, and a place that is not exact says why."""
    _write(root / "shop" / "cart.py", text)
    frame = _locate_frame("shop/cart.py", root, lineno=lineno)
    assert _covered(frame) == covered
    assert (frame.note is None) if note is None else (frame.note is not None and note in frame.note)


def test_finds_a_test_known_by_name_only(root: Path) -> None:
    """A summary line without a traceback leads to the test's definition."""
    _write(root / "tests" / "test_cart.py", "import shop\n\n\ndef test_total():\n    assert 0\n")
    log = "==== short test summary info ====\nFAILED tests/test_cart.py::test_total - assert 0\n"
    crash = _locate(log, root).crash
    assert crash is not None
    assert _covered(crash) == "def test_total():"
    assert crash.note is not None


def _traceback(*frames: str, end: str) -> str:
    return "Traceback (most recent call last):\n" + "".join(frames) + end + "\n"


_EXPLICIT = "\nThe above exception was the direct cause of the following exception:\n\n"
_IMPLICIT = "\nDuring handling of the above exception, another exception occurred:\n\n"
_IN_CART = _frame("shop/cart.py")
_IN_MAIN = _frame("main.py", 3, "cart.total([1])", "<module>")
_IN_TEST = _frame("tests/test_cart.py", 2, "raise ConnectionError", "fake")
_IN_LIBRARY = _frame("/usr/lib/python3.12/json/decoder.py", 3, "raise")


@pytest.mark.parametrize(
    ("log", "crash"),
    [
        pytest.param(_traceback(_IN_MAIN, _IN_CART, end="KeyError: 1"), "cart.py", id="innermost frame"),
        pytest.param(_traceback(_IN_MAIN, _IN_CART, _IN_LIBRARY, end="KeyError: 1"), "cart.py", id="not the library"),
        pytest.param(_traceback(_IN_LIBRARY, end="KeyError: 1"), None, id="nothing of the user's"),
        pytest.param(
            _traceback(_IN_CART, end="KeyError: 1") + _EXPLICIT + _traceback(_IN_MAIN, end="OSError: 2"),
            "cart.py",
            id="explicit cause",
        ),
        pytest.param(
            _traceback(_IN_TEST, end="ConnectionError: on purpose")
            + _EXPLICIT
            + _traceback(_IN_CART, end="OSError: gave up"),
            "cart.py",
            id="explicit cause that a test makes",
        ),
        pytest.param(
            _traceback(_IN_LIBRARY, end="KeyError: 1") + _EXPLICIT + _traceback(_IN_MAIN, end="OSError: 2"),
            "main.py",
            id="explicit cause in a library",
        ),
        pytest.param(
            _traceback(_IN_CART, end="KeyError: 1") + _IMPLICIT + _traceback(_IN_MAIN, end="OSError: 2"),
            "main.py",
            id="implicit context",
        ),
        pytest.param(
            _traceback(_IN_CART, end="KeyError: 1") + _IMPLICIT + _traceback(_IN_LIBRARY, end="OSError: 2"),
            "cart.py",
            id="implicit context where the last exception is a library's",
        ),
        pytest.param(
            "  + Exception Group Traceback (most recent call last):\n"
            '  |   File "main.py", line 3, in <module>\n'
            "  | ExceptionGroup: two (2 sub-exceptions)\n"
            "  +-+---------------- 1 ----------------\n"
            "    | KeyError: 1\n"
            "    +---------------- 2 ----------------\n"
            "    | Traceback (most recent call last):\n"
            '    |   File "shop/cart.py", line 5, in total\n'
            "    | KeyError: 2\n"
            "    +------------------------------------\n",
            "cart.py",
            id="first member with a place",
        ),
        pytest.param(
            _traceback(_IN_MAIN, '  File "shop/cart.py", line 4\n    def total(items):\n', end="SyntaxError: invalid"),
            "cart.py",
            id="syntax error",
        ),
    ],
)
def test_picks_the_crash_site(root: Path, log: str, crash: str | None) -> None:
    """The crash is where the user's code was when the failure that counts was raised."""
    _write(root / "tests" / "test_cart.py", "def fake():\n    raise ConnectionError\n")
    located = _locate(log, root)
    assert (located.crash.path.name if located.crash is not None and located.crash.path else None) == crash
    if crash is not None:
        assert located.crash in located.frames


def test_code_of_an_environment_in_the_root_is_not_the_crash(root: Path) -> None:
    """An installed package below the root is not the user's code, whatever its folder is called."""
    _write(root / "env3" / "pyvenv.cfg", "home = /usr\n")
    installed = _write(root / "env3" / "tools" / "runner.py", "raise KeyError\n")
    log = _traceback(_IN_CART, _frame(installed, 1, "raise KeyError", "run"), end="KeyError")
    located = _locate(log, root)
    assert located.crash is not None
    assert located.crash.path == root / "shop" / "cart.py"
    assert [frame.frame.in_app for frame in located.frames] == [True, False]


def test_reads_open_buffers_through_the_document_source(root: Path) -> None:
    """Ranges speak of the text that the document source gives, not of the disk."""

    class OpenBuffers:
        def read(self, path: Path) -> TextSnapshot | None:
            return TextSnapshot(path, "# unsaved\n" + _CART, version=7)

    (located,) = locate(parse_log(_traceback(_IN_CART, end="KeyError: 1")), [root], OpenBuffers())
    assert located.crash is not None
    assert located.crash.range is not None
    assert located.crash.range.start == Position(5, 4)


@pytest.mark.parametrize("printed", ["shop/cart.py\0", "x" * 3_000, "/", "..", "shop", "//", "C:"])
def test_survives_any_path(root: Path, printed: str) -> None:
    """A path that no system accepts is not in the workspace."""
    assert _locate_frame(printed, root).path is None


def test_works_without_roots() -> None:
    """Without a workspace every frame stays unmapped."""
    assert _locate_frame("shop/cart.py").path is None


@pytest.mark.parametrize(
    ("name", "raw", "text"),
    [
        ("a.py", b"x = 'caf\xc3\xa9'\r\ny\r", "x = 'café'\r\ny\r"),
        ("a.py", b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("a.py", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        ("a.txt", b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        ("a.py", b"", ""),
        ("a.py", b"# coding: klingon\n", None),
        ("a.py", b"x = '\xe9'\n", None),
        ("a.bin", b"\x00\x01", None),
        ("a.py", b"#" * 5_000_001, None),
    ],
)
def test_reads_files_as_python_does(tmp_path: Path, name: str, raw: bytes, text: str | None) -> None:
    """Encoding and line ends are the file's own; what is no text is None."""
    (tmp_path / name).write_bytes(raw)
    snapshot = DiskDocuments().read(tmp_path / name)
    assert (snapshot.text if snapshot is not None else None) == text


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path), Path.as_posix])
def test_reads_only_files(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A folder, a link to itself and a missing file are no text."""
    make(tmp_path / "x.py")
    assert DiskDocuments().read(tmp_path / "x.py") is None


_JS = "export function total(items) {\n\treturn sum(items) / items.size; // \u00f6\n  return items.cost;\n}\n"


@pytest.mark.parametrize(
    ("lineno", "colno", "covered"),
    [
        pytest.param(1, 17, "total", id="a name"),
        pytest.param(1, 22, "(", id="a sign"),
        pytest.param(3, 16, "cost", id="a property"),
        pytest.param(3, 2, "return items.cost;", id="in the indentation"),
        pytest.param(3, 99, "return items.cost;", id="behind the end"),
        pytest.param(2, 9, "return sum(items) / items.size; // \u00f6", id="columns that tools count differently"),
    ],
)
def test_underlines_what_begins_at_the_column(root: Path, lineno: int, colno: int, covered: str) -> None:
    """Where the log shows no source but a column, what stands there is underlined, if it is certain."""
    _write(root / "src" / "cart.js", _JS)
    log = f"TypeError: x\n    at total (/app/src/cart.js:{lineno}:{colno})\n    at main (/app/main.js:1:1)\n"
    crash = _locate(log, root).crash
    assert crash is not None
    assert _covered(crash) == covered


@pytest.mark.parametrize(("name", "covered"), [("cart.go", "Println"), ("cart.c", "Println(x);")])
def test_distrusts_columns_behind_tabs_of_c_compilers(root: Path, name: str, covered: str) -> None:
    """C compilers count a tab as many columns, others as one."""
    _write(root / name, "\tPrintln(x);\n")
    frame = StackFrame(name, 1, colno=2)
    failure = Failure(FailureKind.EXCEPTION, "error", "x", (frame,), primary=True)
    (located,) = locate(ParsedLog((failure,)), [root], DiskDocuments())
    assert _covered(located.frames[0]) == covered


@pytest.mark.parametrize(
    "test",
    ["test_cart.py", "cart_test.go", "cart.test.ts", "cart.spec.jsx", "CartTest.java", "cart_spec.rb", "CartTests.cs"],
)
def test_knows_tests_by_the_names_of_their_files(root: Path, test: str) -> None:
    """An error that a test raises on purpose is not where code failed that wrapped it."""
    _write(root / "test" / test, "\n" * 9)
    _write(root / "src" / "cart.js", "\n" * 9)
    frames = [(StackFrame(path, 3),) for path in (f"test/{test}", "src/cart.js")]
    cause = Failure(FailureKind.EXCEPTION, "Reset", "x", frames[0])
    failure = Failure(
        FailureKind.EXCEPTION, "Failed", "x", frames[1], cause=cause, cause_is_explicit=True, primary=True
    )
    (located,) = locate(ParsedLog((failure,)), [root], DiskDocuments())
    assert located.crash is not None
    assert located.crash.path == root / "src" / "cart.js"

"""Frames in bundled code become places in what the bundle was made from.

``tests/data/sourcemaps`` was made by esbuild 0.28.2 (--bundle --minify --sourcemap) and fails when it is run.
"""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.model import Located
from qwen_lsp.workspace import DiskDocuments, locate

_DATA = Path(__file__).parents[2] / "data" / "sourcemaps"
_LOG = """\
TypeError: Cannot read properties of undefined (reading 'price')
    at /app/dist/main.js:1:50
    at Array.reduce (<anonymous>)
    at t (/app/dist/main.js:1:24)
    at Object.<anonymous> (/app/dist/main.js:1:90)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with the bundle, its map and its sources."""
    return shutil.copytree(_DATA, tmp_path / "shop")


def _locate(root: Path) -> Located:
    (located,) = locate(parse_log(_LOG), [root], DiskDocuments())
    return located


def test_finds_the_source_of_bundled_code(root: Path) -> None:
    """Each frame stands where its code was written, the crash at the name that could not be read."""
    located = _locate(root)
    places = [(frame.path and frame.path.relative_to(root).as_posix(), frame.range) for frame in located.frames]
    assert [(path, place and place.start.line + 1) for path, place in places] == [
        ("src/main.ts", 6),
        ("src/cart.ts", 7),
        (None, None),
        ("src/cart.ts", 7),
    ]
    assert located.crash is not None
    assert located.crash.range is not None
    line = (root / "src" / "cart.ts").read_text(encoding="utf-8").split("\n")[6]
    assert line[located.crash.range.start.character : located.crash.range.end.character] == "price"


def test_reads_a_map_inside_the_bundle(root: Path) -> None:
    """A map may stand in the bundle itself."""
    map_ = root / "dist" / "main.js.map"
    encoded = base64.b64encode(map_.read_bytes()).decode("ascii")
    map_.unlink()
    bundle = root / "dist" / "main.js"
    text = bundle.read_text(encoding="utf-8").replace("main.js.map", f"data:application/json;base64,{encoded}")
    bundle.write_text(text, encoding="utf-8")
    crash = _locate(root).crash
    assert crash is not None
    assert crash.path == root / "src" / "cart.ts"


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "[]",
        "{}",
        '{"version": 3, "sources": [], "mappings": "AAIO"}',
        '{"version": 3, "sources": ["x"], "mappings": "A!"}',
        '{"version": 3, "sources": ["../src/gone.ts"], "mappings": "AAIO"}',
        '{"version": 3, "sources": ["x"], "mappings": 7}',
        "[" * 100_000,
    ],
)
def test_shows_the_bundle_where_no_map_helps(root: Path, content: str | None) -> None:
    """Without a map that can be read, or without the source that it names, the frame stays in the bundle."""
    map_ = root / "dist" / "main.js.map"
    map_.unlink()
    if content is not None:
        map_.write_text(content, encoding="utf-8")
    crash = _locate(root).crash
    assert crash is not None
    assert crash.path == root / "dist" / "main.js"

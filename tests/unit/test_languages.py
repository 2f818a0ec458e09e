"""What is found in files of each language: definitions, imports, and the lines to rewrite."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.context.regions import MAX_REGION_LINES, import_span, span_around, span_of_broken
from qwen_lsp.syntax import is_test, language_of, parse
from qwen_lsp.syntax.languages import LANGUAGES
from qwen_lsp.text import TextSnapshot
from tests.failures import ROOT

JS = """\
import { readFile } from "node:fs";
const path = require("node:path");

export const LIMIT = 3;
export default class Cart extends Base {
  #items = [];
  total = () => this.#items.length;
  static of(items) {
    return items.map((item) => item.id);
  }
}
export async function load(name) {
  return await readFile(name);
}
const save = async (name) => {
  await load(name);
};
exports.remove = function (name) {};
describe("cart", () => {
  it("adds", async () => {
    assert.equal(1, 1);
  });
});
"""
TS = """\
import type { Row } from "./row.js";
interface Shape { area(): number }
type Id = string;
enum Kind { A, B }
@sealed
abstract class Base<T> implements Shape {
  constructor(private readonly rows: Row[]) {}
  abstract area(): number;
}
namespace Util { export function twice(n: number): number { return 2 * n; } }
"""
JAVA = """\
package shop;
import java.util.List;

@Deprecated
public class Cart {
    private static final int LIMIT = 3;
    public Cart() {}
    @Override
    public String toString() { return "cart"; }
    record Line(int price) {}
}
"""
GO = """\
package shop

import (
\t"fmt"
)

const Limit = 3

type Cart struct{ n int }

func (c *Cart) Add(n int) { c.n += n }

func main() { fmt.Println(Limit) }
"""
RUST = """\
mod util;
use crate::util::twice;

const LIMIT: usize = 3;
#[derive(Debug)]
struct Cart { n: usize }
impl Cart {
    fn add(&mut self, n: usize) { self.n += n; }
}
#[test]
fn adds() { assert_eq!(twice(1), 2); }
"""
CPP = """\
#include <vector>
#include "cart.h"

static const int LIMIT = 3;
struct Node { struct Node *next; };
template <typename T>
T twice(T n) { return n + n; }
int shop::Cart::add(int *n) { return *n; }
char *copy(const char *text) { return 0; }
"""
CSHARP = """\
using System;
namespace Shop;
public class Cart {
    private const int Limit = 3;
    public int Total { get; set; }
    public Cart(int n) { }
    public int Add(int n) { int Twice() { return 2 * n; } return Twice(); }
}
"""
RUBY = """\
require_relative "row"
LIMIT = 3
module Shop
  class Cart
    def add(row) = @rows << row
    def self.empty; end
  end
end
"""
PHP = """\
<?php
namespace Shop;
use Shop\\Row;

const LIMIT = 3;
final class Cart extends Base {
    private int $n = 0;
    public function add(int $n): void { $this->n += $n; }
}
function twice($n) { return 2 * $n; }
"""
SQL = """\
-- the schema; it has three tables
CREATE TABLE IF NOT EXISTS shop.orders (
  id INTEGER PRIMARY KEY,
  note TEXT DEFAULT 'a;b'
);
CREATE OR REPLACE VIEW "big orders" AS SELECT * FROM orders;
CREATE TRIGGER counted AFTER INSERT ON orders BEGIN
  UPDATE stats SET n = n + 1;
  DELETE FROM old;
END;
CREATE FUNCTION twice(n int) RETURNS int AS $$ BEGIN RETURN n + n; END; $$ LANGUAGE plpgsql;
SELECT 1;
"""


@pytest.mark.parametrize(
    ("name", "text", "imports", "found"),
    [
        (
            "a.js",
            JS,
            (0, 2),
            "path 1-2, LIMIT 3-4, #items 5-6, Cart 4-11, total 6-7, of 7-10, load 11-14, save 14-17, remove 17-18, "
            'describe("cart") 18-23, it("adds") 19-22',
        ),
        ("a.ts", TS, (0, 1), "Shape 1-2, Id 2-3, Kind 3-4, Base 4-9, constructor 6-7, Util 9-10, twice 9-10"),
        ("a.tsx", TS, (0, 1), "Shape 1-2, Id 2-3, Kind 3-4, Base 4-9, constructor 6-7, Util 9-10, twice 9-10"),
        ("Cart.java", JAVA, (1, 2), "LIMIT 5-6, Cart 3-11, Cart 6-7, toString 7-9, Line 9-10"),
        ("a.go", GO, (2, 5), "Limit 6-7, Cart 8-9, Add 10-11, main 12-13"),
        ("a.rs", RUST, (0, 2), "LIMIT 3-4, Cart 4-6, Cart 6-9, add 7-8, adds 9-11"),
        ("a.cpp", CPP, (0, 2), "LIMIT 3-4, Node 4-5, twice 5-7, add 7-8, copy 8-9"),
        ("a.c", "int add(int n) { return n; }\nstatic int *rows[3];\n", (0, 0), "rows 1-2, add 0-1"),
        ("a.cs", CSHARP, (0, 1), "Limit 3-4, Total 4-5, Cart 2-8, Cart 5-6, Add 6-7, Twice 6-7"),
        ("a.rb", RUBY, (0, 1), "LIMIT 1-2, Shop 2-8, Cart 3-7, add 4-5, empty 5-6"),
        ("a.php", PHP, (2, 3), "LIMIT 4-5, $n 6-7, Cart 5-9, add 7-8, twice 9-10"),
        ("a.sql", SQL, (0, 0), "orders 1-5, big orders 5-6, counted 6-10, twice 10-11,  11-12"),
    ],
)
def test_definitions_and_imports_are_found(name: str, text: str, imports: tuple[int, int], found: str) -> None:
    """With the lines that belong to them: export, decorators, attributes, templates."""
    path = Path("/w") / name
    language = language_of(path)
    assert language is not None
    tree = parse(language, text)
    assert tree.error_count == 0
    assert ", ".join(f"{one.name} {one.start_line}-{one.end_line}" for one in tree.definitions) == found
    assert import_span(TextSnapshot(path, text)) == imports


FILL = {"a.js": "f();\n", "a.ts": "f();\n", "a.sql": "SELECT 1;\n", "a.rb": "f()\n", "a.php": "f();\n"}


def _region(name: str, text: str, marked: str) -> str:
    """Return the region for the line that holds ``marked``, in a file that is not short."""
    path = Path("/w") / name
    filler = FILL.get(name, "// more\n") * 40
    snapshot = TextSnapshot(path, text + filler if name == "a.php" else filler + text)
    language = language_of(path)
    assert language is not None
    tree = parse(language, snapshot.text)
    line = next(i for i, one in enumerate(snapshot.lines) if marked in one)
    is_broken = tree.error_count > 0
    return snapshot.slice(*(span_of_broken if is_broken else span_around)(tree, snapshot, line))


@pytest.mark.parametrize(
    ("name", "text", "marked", "first", "last"),
    [
        ("a.js", JS, "await load", "const save", "};"),
        ("a.js", JS, "item.id", "  static of", "  }"),
        ("a.js", JS, "assert.equal", '  it("adds"', "  });"),
        ("a.ts", TS, "readonly rows", "  constructor", "  constructor"),
        ("Cart.java", JAVA, "public String", "    @Override", "    public String"),
        ("a.go", GO, "c.n +=", "func (c *Cart) Add", "func (c *Cart) Add"),
        ("a.rs", RUST, "assert_eq", "#[test]", "fn adds()"),
        ("a.cpp", CPP, "return n + n", "template", "T twice"),
        ("a.cs", CSHARP, "public Cart(", "    public Cart(", "    public Cart("),
        ("a.rb", RUBY, "@rows", "    def add", "    def add"),
        ("a.php", PHP, "$this->n", "    public function add", "    public function add"),
        ("a.sql", SQL, "note TEXT", "CREATE TABLE", ");"),
        ("a.sql", SQL, "DELETE FROM old", "CREATE TRIGGER", "END;"),
        ("a.sql", SQL, "the schema", "-- the schema", ");"),
    ],
)
def test_the_function_or_statement_around_a_fault_is_the_region(
    name: str, text: str, marked: str, first: str, last: str
) -> None:
    """Whole, so that the model can write it again."""
    lines = _region(name, text, marked).splitlines()
    assert lines[0].startswith(first)
    assert lines[-1].startswith(last)


@pytest.mark.parametrize(
    ("name", "text", "reported", "needed"),
    [
        (
            "a.js",
            "function f(a) {\n  if (a) {\n    return 1;\n}\n\nfunction g() {\n  return 2; // end\n}\n",
            "}",
            "if (a)",
        ),
        ("a.js", "function f(a) {\n  g(a, {\n    b: 1,\n  };\n  return 1;\n}\n", "};", "g(a, {"),
        ("a.js", "const f = (a) => {\n  const b = [a, 1;\n  return b;\n};\n", "const b", "return b"),
        ("a.js", "class A {\n  run(a) {\n    return a +;\n  }\n}\n", "a +;", "run(a)"),
        ("a.ts", "function f(a: number {\n  return a;\n}\n", "return a", "function f"),
        ("Cart.java", "class A {\n  int f(int a) {\n    return a\n  }\n}\n", "return a", "int f"),
        ("a.go", "func f(a int) int {\n\treturn a +\n}\n", "return a", "func f"),
        ("a.rs", "fn f(a: i32) -> i32 {\n    let b = (a + 1;\n    b\n}\n", "let b", "fn f"),
        ("a.rb", "def f(a)\n  if a\n    1\nend\n\ndef g\n  2 # end\nend\n", "end", "if a"),
        ("a.sql", "SELECT 1;\nSELECT a,\n  b c d\nFROM t;\nSELECT 2;\n", "b c d", "FROM t"),
    ],
)
def test_the_region_of_a_syntax_error_holds_the_mistake(name: str, text: str, reported: str, needed: str) -> None:
    """In languages with braces, too, whose parser often stops far below it."""
    assert needed in _region(name, text, reported)


PROGRAMS = [
    path for path in sorted(ROOT.rglob("*")) if path.suffix in {".js", ".mjs", ".ts", ".sql", ".java", ".go", ".rs"}
]


@pytest.mark.parametrize("path", PROGRAMS[::4], ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_line_has_a_region_that_holds_it(path: Path) -> None:
    """Also in a long file; a region is never much longer than what a model can write again."""
    filler = "SELECT 1;\n" if path.suffix == ".sql" else "// more\n"
    snapshot = TextSnapshot(path, filler * 40 + path.read_text(encoding="utf-8"))
    language = language_of(path)
    assert language is not None
    tree = parse(language, snapshot.text)
    for line in range(len(snapshot.lines)):
        start, end = (span_of_broken if tree.error_count else span_around)(tree, snapshot, line)
        assert start <= line < end
        assert end - start <= 2 * MAX_REGION_LINES


def test_a_brace_that_is_missing_is_looked_for_where_it_is_missing() -> None:
    """Although the parser only notices at the end of the file."""
    text = (
        "function f(a) {\n  if (a) {\n    return 1;\n}\n\n" + "function g() {\n  return 2;\n}\n" * 20 + "g(); // end\n"
    )
    assert "if (a)" in _region("a.js", text, "// end")


def test_every_grammar_loads_and_reads_nothing() -> None:
    """An empty file has a tree without definitions."""
    for language in LANGUAGES:
        assert parse(language, "").definitions == ()
        assert parse(language, "").error_count == 0


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("tests/test_a.py", True),
        ("conftest.py", True),
        ("src/a.test.ts", True),
        ("src/a.spec.js", True),
        ("test/a.mjs", True),
        ("__tests__/a.jsx", True),
        ("cart_test.go", True),
        ("CartTest.java", True),
        ("cart_spec.rb", True),
        ("tests/cart.rs", True),
        ("tests/helper.py", False),
        ("src/latest.ts", False),
        ("Contest.java", False),
    ],
)
def test_tests_are_known_by_their_names(path: str, *, is_one: bool) -> None:
    """As the test runners of each language find them."""
    assert is_test(Path("/w") / path) is is_one

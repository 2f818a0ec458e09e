"""Telling a fix from an error that is only hidden."""

from __future__ import annotations

import pytest

from qwen_lsp.fixes.hiding import dodges, hides_error, is_same_program
from qwen_lsp.syntax.languages import GO, JAVA, JAVASCRIPT, PYTHON, RUBY, RUST, SQL, TYPESCRIPT, Language

PLAIN = "def f(d, k):\n    return d[k]\n"
CAUGHT = "def f(d, k):\n    try:\n        return d[k]\n    except {}:\n        return None\n"
TEST = "def test_f():\n    assert f() == 1\n    assert f() == 1\n"
UNITTEST = "class T(TestCase):\n    def test_f(self):\n        self.assertEqual(f(), 1)\n"


@pytest.mark.parametrize(
    ("before", "after", "exception_type", "hides"),
    [
        (PLAIN, CAUGHT.format("KeyError"), "KeyError", True),
        (PLAIN, CAUGHT.format("(TypeError, KeyError) as error"), "KeyError", True),
        (PLAIN, CAUGHT.format("Exception"), "KeyError", True),
        (PLAIN, CAUGHT.format("BaseException"), "KeyError", True),
        (PLAIN, CAUGHT.replace(" {}", ""), "KeyError", True),
        (PLAIN, CAUGHT.format("LookupError"), "KeyError", True),
        (PLAIN, CAUGHT.format("OSError"), "FileNotFoundError", True),
        (PLAIN, CAUGHT.format("requests.HTTPError"), "requests.exceptions.HTTPError", True),
        (PLAIN, CAUGHT.replace("except {}", "except* KeyError"), "KeyError", True),
        (
            PLAIN,
            "import contextlib\ndef f(d, k):\n    with contextlib.suppress(KeyError):\n        return d[k]\n",
            "",
            True,
        ),
        (TEST, TEST.replace("    assert f() == 1\n", "", 1), "AssertionError", True),
        (TEST, "def test_f():\n    pass\n", "AssertionError", True),
        (UNITTEST, UNITTEST.replace("self.assertEqual(f(), 1)", "pass"), "AssertionError", True),
        (PLAIN, CAUGHT.format("TypeError"), "KeyError", False),
        (PLAIN, PLAIN.replace("d[k]", "d[k.lower()]"), "KeyError", False),
        (CAUGHT.format("KeyError"), CAUGHT.format("KeyError").replace("None", "0"), "KeyError", False),
        (CAUGHT.format("Exception"), CAUGHT.format("KeyError"), "KeyError", False),
        (TEST, TEST.replace("== 1", "== 2"), "AssertionError", False),
        (TEST, TEST + "    assert f() == 3\n", "AssertionError", False),
        (PLAIN, "def f(d, k:\n", "KeyError", False),
        ("def f(d, k:\n", CAUGHT.format("KeyError"), "KeyError", False),
        (PLAIN, PLAIN + "\0", "KeyError", False),
    ],
)
def test_a_fix_that_hides_the_error_is_recognised(before: str, after: str, exception_type: str, hides: bool) -> None:
    """New handlers for the reported exception (or one above it) and lost assertions hide; other changes do not."""
    assert hides_error(before, after, exception_type) is hides


JS = "function f(user) {\n  return user.name.first;\n}\n"
JS_TEST = "it('adds', () => {\n  expect(f(1)).toBe(2);\n  assert.equal(f(1), 2);\n});\n"
JAVA_CODE = "class A {\n  int f(String s) { return Integer.parseInt(s); }\n}\n"
SCHEMA = "CREATE TABLE t (a INT NOT NULL, b INT);\nINSERT INTO t VALUES (1, 2);\nSELECT a FROM t WHERE b IS NOT NULL;\n"


@pytest.mark.parametrize(
    ("language", "before", "after", "exception_type", "hides"),
    [
        (JAVASCRIPT, JS, JS.replace("user.name", "user?.name"), "TypeError", True),
        (JAVASCRIPT, JS, JS.replace("first", "first ?? ''"), "TypeError", True),
        (JAVASCRIPT, JS, JS.replace("user.name.first", "(user.name || {}).first"), "TypeError", True),
        (TYPESCRIPT, JS, JS.replace("user.name", "user?.name"), "TypeError", True),
        (JAVASCRIPT, JS, JS.replace("user.name", "user?.name"), "RangeError", False),
        (JAVASCRIPT, JS, JS.replace("name.first", "fullName.first"), "TypeError", False),
        (JAVASCRIPT, JS, JS.replace("first", "first || user.nick"), "TypeError", False),
        (JAVASCRIPT, JS, JS.replace("  return", "  try { return 1; } catch {}\n  return"), "TypeError", True),
        (JAVASCRIPT, "load(f);\n", "load(f).catch(() => {});\n", "Error", True),
        (JAVASCRIPT, JS_TEST, JS_TEST.replace("  expect(f(1)).toBe(2);\n", ""), "Error", True),
        (JAVASCRIPT, JS_TEST, JS_TEST.replace("  assert.equal(f(1), 2);\n", ""), "AssertionError", True),
        (JAVASCRIPT, JS_TEST, JS_TEST.replace("it(", "it.skip("), "AssertionError", True),
        (JAVASCRIPT, JS_TEST, JS_TEST.replace("toBe(2)", "toEqual(2)"), "AssertionError", False),
        (JAVA, JAVA_CODE, JAVA_CODE.replace("return", "try { return 1; } catch (Exception e) {} return"), "X", True),
        (JAVA, JAVA_CODE, JAVA_CODE.replace("(s)", "(s.trim())"), "NumberFormatException", False),
        (GO, "package a\nfunc f() { g() }\n", "package a\nfunc f() { defer func() { recover() }(); g() }\n", "", True),
        (RUST, "fn f() -> i32 { g().unwrap() }\n", "fn f() -> i32 { g().unwrap_or_default() }\n", "", True),
        (RUBY, "def f\n  g\nend\n", "def f\n  g\nrescue StandardError\n  nil\nend\n", "", True),
        (SQL, SCHEMA, SCHEMA.replace("INSERT", "INSERT OR IGNORE"), "", True),
        (SQL, SCHEMA, SCHEMA.replace("2);", "2) ON CONFLICT DO NOTHING;"), "", True),
        (SQL, SCHEMA, SCHEMA.replace(" NOT NULL,", ","), "", True),
        (SQL, SCHEMA, SCHEMA.replace("INSERT INTO t VALUES (1, 2);\n", ""), "", True),
        (SQL, SCHEMA, SCHEMA.replace(" WHERE b IS NOT NULL", ""), "", False),
        (SQL, SCHEMA, SCHEMA.replace("SELECT a", "SELECT t.a"), "", False),
        (SQL, "SELECT a;\nFROM t;\n", "SELECT a\nFROM t;\n", "", False),
    ],
)
def test_hiding_is_recognised_in_other_languages(
    language: Language, before: str, after: str, exception_type: str, *, hides: bool
) -> None:
    """By handlers, safe access, defaults, lost assertions and constraints, ignored conflicts."""
    assert before != after
    assert hides_error(before, after, exception_type, language) is hides


@pytest.mark.parametrize(
    ("language", "before", "after", "is_same"),
    [
        (JAVASCRIPT, "f(1); // one\n", "// two\nf(\n  1);\n", True),
        (JAVASCRIPT, "f(1);\n", "f(2);\n", False),
        (JAVASCRIPT, "f('a // b');\n", "f('a');\n", False),
        (SQL, "SELECT 1; -- one\n", "SELECT\n  1;\n", True),
        (SQL, "SELECT '-- a';\n", "SELECT '-- b';\n", False),
    ],
)
def test_comments_and_layout_do_not_make_another_program(
    language: Language, before: str, after: str, *, is_same: bool
) -> None:
    """What looks like a comment in a string is none."""
    assert is_same_program(before, after, language) is is_same


OVERLAP = "def overlaps(a, b):\n    return a.start < b.end and b.start < a.end  # {}\n"


@pytest.mark.parametrize(
    ("language", "before", "after", "may"),
    [
        (PYTHON, OVERLAP, OVERLAP.replace(" and b.start < a.end", ""), True),
        (PYTHON, "def f(x):\n    return g(x)\n", "def f(x):\n    return None  # not g(x)\n", True),
        (SQL, "SELECT t.a + t.b FROM t;", "SELECT t.a + 0 FROM t;", True),
        (JAVASCRIPT, "go(a.b.c);\n", "go(a.b);\n", True),
        (JAVASCRIPT, 'feed.on("x", this.add);\n', "this.feed = feed;\n", True),
        (PYTHON, "def f(x):\n    return g(x)\n", "def f(x):\n    if x:\n        return g(x)\n", True),
        (PYTHON, 'wait_s = float(section["time_out"])\n', 'wait_s = float(section.get("timeout", 30))\n', True),
        (PYTHON, 'wait_s = float(section["time_out"])\n', 'wait_s = float(section["timeout"])\n', False),
        (JAVA, "int a = prices.get(code);\n", "int a = prices.getOrDefault(code, 0);\n", True),
        (JAVASCRIPT, "export function byLevel(x) {}\n", "export function countLevels(x) {}\n", True),
        (PYTHON, "from a import Order\nOrder()\n", "from a import Order\nclass Order: ...\nOrder()\n", True),
        (SQL, "CREATE TABLE a (b INT);", "CREATE TABLE c (b INT);", False),
        (PYTHON, OVERLAP, OVERLAP.replace("b.start <", "b.begin <"), False),
        (PYTHON, OVERLAP, OVERLAP.replace("<", "<="), False),
        (PYTHON, OVERLAP, OVERLAP.replace("a.start", "min(a.start, b.start)"), False),
        (PYTHON, OVERLAP, OVERLAP.replace("# {}", "# a and b"), False),
        (PYTHON, "def f(x:\n    return g(x)\n", "def f(x):\n    return 1\n", False),
    ],
)
def test_a_fix_that_may_dodge_the_failure_is_recognised(language: Language, before: str, after: str, may: bool) -> None:
    """It does less, decides more, has a value for missing ones, or defines other things.

    Not where something takes a name's place, and not where the code did not parse.
    """
    assert dodges(before, after, language) is may

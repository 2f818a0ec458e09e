"""What compilers and parsers say about a fix, and that they never refuse what may be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.fixes import apply_edits, check_rewrite
from qwen_lsp.fixes.compiling.tools import run_tool
from qwen_lsp.model import CheckedFix, Failure, FailureKind, Region, RegionRewrite, RejectedFix, Rung
from qwen_lsp.text import TextSnapshot

ERROR = Failure(FailureKind.EXCEPTION, "Error", "bad", ())
SYNTAX = Failure(FailureKind.SYNTAX_ERROR, "SyntaxError", "bad", ())
NODE = pytest.mark.skipif(run_tool("node", ["--version"], "") is None, reason="node is not installed")


class OneFile:
    """A workspace of one file."""

    def __init__(self, snapshot: TextSnapshot) -> None:
        self._snapshot = snapshot

    def read(self, path: Path) -> TextSnapshot | None:  # noqa: ARG002 - the protocol's name
        """Return the file."""
        return self._snapshot


def _rewritten(
    name: str, text: str, span: tuple[int, int], code: str, failure: Failure = ERROR
) -> tuple[CheckedFix | RejectedFix, str]:
    """Return the outcome of ``code`` for lines ``span`` of the file, and the file with the fix in it."""
    snapshot = TextSnapshot(Path("/w") / name, text)
    region = Region("R1", snapshot.path, None, *span, snapshot.slice(*span), "here")
    outcome = check_rewrite(RegionRewrite("R1", code), [region], failure, "Fix: it", OneFile(snapshot))
    return outcome, apply_edits(snapshot, outcome.edits) if isinstance(outcome, CheckedFix) else text


def _judged(name: str, before: str, after: str, failure: Failure = ERROR) -> Rung | str:
    """Return the rung that turning ``before`` into ``after`` earns, or the reason why it is refused."""
    outcome, _ = _rewritten(name, before, (0, before.count("\n")), after, failure)
    return outcome.rung if isinstance(outcome, CheckedFix) else outcome.reason


@NODE
@pytest.mark.parametrize(
    ("name", "before", "after", "rung"),
    [
        ("a.js", "f(1);\n", "f(2);\n", Rung.COMPILES),
        ("a.js", "import f from 'f';\nf(1);\n", "import f from 'f';\nf(2);\n", Rung.COMPILES),
        ("a.mjs", "f(1);\n", "await f(1);\n", Rung.COMPILES),
        ("a.cjs", "f(1);\n", "f(2);\n", Rung.COMPILES),
        ("a.js", "f(1;\n", "f(1);\n", Rung.COMPILES),
        ("a.jsx", "f(<b/>);\n", "f(<i/>);\n", Rung.PARSES),
        ("a.ts", "let a: number = 1;\n", "let a: number = 2;\n", Rung.PARSES),
        ("a.js", "f(1);\n", "let a = 1; let a = 2;\n", "already been declared"),
        ("a.js", "require('f');\n", "return 1;\nimport f from 'f';\n", "does not compile"),
        ("a.cjs", "f(1);\n", "await f(1);\n", "does not compile"),
        ("a.js", "f(1;\n", "f(1\n", "does not compile"),
        ("a.ts", "let a: number = 1;\n", "let a: = 2;\n", "does not parse"),
    ],
)
def test_javascript_is_compiled_by_node(name: str, before: str, after: str, rung: Rung | str) -> None:
    """A script stays a script and a module a module; what node cannot read is parsed only."""
    judged = _judged(name, before, after, SYNTAX)
    assert judged is rung if isinstance(rung, Rung) else rung in str(judged)


SQLITE = Failure(FailureKind.EXCEPTION, "sqlite3.OperationalError", "no such column: b", ())


@pytest.mark.parametrize(
    ("before", "after", "failure", "rung"),
    [
        ("SELECT b FROM t;\n", "SELECT a FROM t;\n", ERROR, Rung.PARSES),
        ("SELECT b FROM t;\n", "SELECT a FROM t;\n", SQLITE, Rung.PARSES),
        ("SELECT 1;\n", "SELECT a::int FROM t WHERE b ~* 'x' LIMIT 5;\n", ERROR, Rung.PARSES),
        ("SELECT 1;\n", "SELECT TOP 5 [a] FROM [t];\n", ERROR, Rung.PARSES),
        ("SELECT 1;\n", "SELECT `a` FROM `t` LIMIT 1, 2;\n", ERROR, Rung.PARSES),
        ("SELECT 1;\n", "SELECT a FROM t WHERE ROWNUM < 5 AND b = :b;\n", ERROR, Rung.PARSES),
        ("SELECT 1;\n", "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2;\n", SQLITE, Rung.PARSES),
        ("SELECT 1;\n", "SELECT * FROM {{ ref('a') }} WHER;\n", ERROR, Rung.APPLIES),
        ("SELECT 1;\n", "VACUUM FULL VERBOSE t;\n", ERROR, Rung.APPLIES),
        ("SELECT 1;\n", "SELECT a FROM (SELECT b;\n", ERROR, "does not parse"),
        ("SELECT 1;\n", "SELECT a FROM t WHERE;\n", SQLITE, "does not parse"),
        ("SELECT a FROM t GROUP;\n", "SELECT a, FROM WHERE t GROUP;\n", SYNTAX, "does not parse"),
        ("SELECT a FROM t ODD WORDS HERE 1;\n", "SELECT b FROM t ODD WORDS HERE 1;\n", ERROR, Rung.APPLIES),
    ],
)
def test_sql_is_refused_only_where_no_dialect_reads_it(
    before: str, after: str, failure: Failure, rung: Rung | str
) -> None:
    """The dialect is not known; a statement that could not be read before may stay as odd as it was."""
    judged = _judged("a.sql", before, after, failure)
    assert judged is rung if isinstance(rung, Rung) else rung in str(judged)


def test_a_name_that_the_fix_makes_undefined_is_refused() -> None:
    """Names that were undefined before are not the fix's doing."""
    before = "import os\n\n\ndef f(a):\n    return os.path.join(a, b)\n"
    assert "Undefined name `c`" in str(_judged("a.py", before, before.replace("(a, b)", "(c, b)")))
    assert _judged("a.py", before, before.replace("(a, b)", "(a, 'x', b)")) is Rung.COMPILES
    assert _judged("a.py", before, before.replace("(a, b)", "(a, 'x')")) is Rung.COMPILES


def test_a_tool_that_is_missing_slow_or_broken_judges_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fix is then offered with the rung that it has without it."""
    before, after = "f(1);\n", "f(2);\n"
    monkeypatch.setattr("qwen_lsp.fixes.compiling.tools.sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _judged("a.mjs", before + "// a\n", after + "// a\n") is Rung.PARSES
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho oops >&2\nexit 3\n", encoding="utf-8")
    node.chmod(0o755)
    assert _judged("a.mjs", before + "// b\n", after + "// b\n") is Rung.PARSES
    node.write_text("#!/bin/sh\nwhile :; do :; done\n", encoding="utf-8")
    monkeypatch.setattr("qwen_lsp.fixes.compiling.tools._LIMIT_S", 0.2)
    assert _judged("a.mjs", before + "// c\n", after + "// c\n") is Rung.PARSES


CART = """\
import { tax } from "./tax.js";

// Prices are in cents.
export class Cart {
  constructor(rows) {
    this.rows = rows;
  }

  total() {
    // the sum
    return this.rows.reduce((sum, row) => sum + row.prize, 0);
  }

  count() {
    return this.rows.length;
  }
}
"""
TOTAL = (8, 12)
FIXED_LINE = "    return this.rows.reduce((sum, row) => sum + row.price, 0);\n"
METHOD = "  total() {\n    // the sum\n" + FIXED_LINE + "  }\n"


@NODE
@pytest.mark.parametrize(
    "code",
    [
        METHOD,
        METHOD.replace("    // the sum\n", ""),
        METHOD.replace("\n  ", "\n").removeprefix("  "),
        "export class Cart {\n  constructor(rows) {\n    this.rows = rows;\n  }\n\n" + METHOD + "}\n",
        CART.replace("prize", "price"),
        CART.replace("prize", "price").replace("// Prices are in cents.\n", ""),
    ],
    ids=["method", "no-comment", "no-indent", "class", "file", "file-no-comment"],
)
def test_a_reply_in_javascript_is_fitted_into_its_region(code: str) -> None:
    """Whatever it repeats or leaves out, just the mistake is edited and comments stay."""
    outcome, after = _rewritten("cart.js", CART, TOTAL, code)
    assert isinstance(outcome, CheckedFix), outcome
    assert outcome.rung is Rung.COMPILES
    assert after == CART.replace("prize", "price")


@NODE
def test_an_import_goes_to_the_imports() -> None:
    """The region is a method, where none may stand."""
    snapshot = TextSnapshot(Path("/w/cart.js"), CART)
    regions = [
        Region(f"R{number}", snapshot.path, None, *span, snapshot.slice(*span), "here")
        for number, span in enumerate([TOTAL, (0, 1)], start=1)
    ]
    code = 'import { sum } from "./sum.js";\n\n  total() {\n    return sum(this.rows);\n  }\n'
    outcome = check_rewrite(RegionRewrite("R1", code), regions, ERROR, "Fix: it", OneFile(snapshot))
    assert isinstance(outcome, CheckedFix), outcome
    after = apply_edits(snapshot, outcome.edits)
    assert after.startswith('import { tax } from "./tax.js";\nimport { sum } from "./sum.js";\n\n')


@pytest.mark.parametrize(
    "elided",
    [
        "// ... rest of the method",
        "/* ... */",
        "    // existing code",
        "    ...",
        "    {/* ... */}",
    ],
)
def test_a_placeholder_is_no_code(elided: str) -> None:
    """In the comments of other languages, too."""
    outcome, _ = _rewritten("cart.js", CART, (3, 17), f"export class Cart {{\n{elided}\n}}\n")
    assert isinstance(outcome, RejectedFix)
    assert elided.strip() in outcome.reason


def test_spread_is_no_placeholder() -> None:
    """Three dots before a name are JavaScript."""
    before = "const a = {\n  x: 1,\n  y: 2,\n  z: 3,\n};\n"
    outcome, _ = _rewritten("a.jsx", before, (0, 5), "const a = {\n  ...defaults,\n  z: 3,\n};\n")
    assert isinstance(outcome, CheckedFix)

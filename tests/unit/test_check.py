"""What a model's rewrite must pass before it is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from qwen_lsp.fixes import apply_edits, check_rewrite
from qwen_lsp.model import CheckedFix, Failure, FailureKind, Region, RegionRewrite, RejectedFix, Rung
from qwen_lsp.text import TextSnapshot

PATH = Path("/w/shop.py")
SHOP = '''\
"""A shop."""

import os


def total(prices):
    result = 0
    for price in prices:
        result += price
    return result


def report(carts):
    return [total(cart) for cart in carts]
'''
TOTAL, REPORT = (5, 10), (12, 14)
ERROR = Failure(FailureKind.EXCEPTION, "TypeError", "bad", ())
FIXED_TOTAL = "def total(prices):\n    return sum(prices)\n"


class Buffer:
    """An open document that can change."""

    def __init__(self, text: str, version: int | None = 1, path: Path = PATH) -> None:
        self.snapshot: TextSnapshot | None = TextSnapshot(path, text, version)

    def read(self, path: Path) -> TextSnapshot | None:  # noqa: ARG002 - the protocol's name
        """Return the document, whichever is asked for."""
        return self.snapshot


def _regions(snapshot: TextSnapshot, *spans: tuple[int, int]) -> list[Region]:
    return [
        Region(f"R{number}", snapshot.path, snapshot.version, *span, snapshot.slice(*span), "here")
        for number, span in enumerate(spans, start=1)
    ]


def _check(
    text: str, span: tuple[int, int], code: str, *others: tuple[int, int], failure: Failure = ERROR, path: Path = PATH
) -> tuple[CheckedFix | RejectedFix, str]:
    """Return the outcome of ``code`` for the region ``span`` of ``text``, and the text with the fix in it."""
    buffer = Buffer(text, path=path)
    assert buffer.snapshot is not None
    outcome = check_rewrite(
        RegionRewrite("R1", code), _regions(buffer.snapshot, span, *others), failure, "Fix: it", buffer
    )
    return outcome, apply_edits(buffer.snapshot, outcome.edits) if isinstance(outcome, CheckedFix) else text


def test_a_good_fix_is_offered_with_the_rung_it_has_earned() -> None:
    """Edits carry the version of the document that they were made for."""
    outcome, after = _check(SHOP, TOTAL, FIXED_TOTAL)
    assert isinstance(outcome, CheckedFix)
    assert (outcome.title, outcome.rung, outcome.hides_error) == ("Fix: it (compiles)", Rung.COMPILES, False)
    assert {edit.version for edit in outcome.edits} == {1}
    assert after == SHOP[: SHOP.index("def total")] + FIXED_TOTAL + SHOP[SHOP.index("\n\ndef report") :]


def test_a_fix_that_hides_the_error_says_so_first() -> None:
    """The title is what the user reads."""
    body = "        return [total(cart) for cart in carts]\n"
    code = f"def report(carts):\n    try:\n{body}    except TypeError:\n        return []\n"
    outcome, _ = _check(SHOP, REPORT, code)
    assert isinstance(outcome, CheckedFix)
    assert outcome.hides_error
    assert outcome.title == "Hides the error: Fix: it (compiles)"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (SHOP[SHOP.index("def total") : SHOP.index("\n\ndef report")], "same"),
        ("# a comment\n" + SHOP[SHOP.index("def total") : SHOP.index("\n\ndef report")], "same"),
        ("def total(prices):\n    return sum(prices\n", "line 7"),
        ("def total(prices)\n    return sum(prices)\n", "line 6"),
        ("def total(prices):\n    return sum(prices)\n  return 1\n", "line 8"),
        ("def total(prices):\n    return sum(prices)\n    '''\n", "compile"),
        ("result += price\n", "leaves out total"),
        ("def total(prices):\n    result = 0\n    # ... rest stays the same\n    return result + 1\n", "..."),
        ("def total(prices):\n    return \0\n", "compile"),
        ("break\n" + FIXED_TOTAL, "break"),
    ],
)  # fmt: skip
def test_a_useless_rewrite_is_sent_back_with_the_reason(code: str, reason: str) -> None:
    """The reason is words that the model can mend its reply by; a line is counted in the new text."""
    outcome, _ = _check(SHOP, TOTAL, code)
    assert isinstance(outcome, RejectedFix)
    assert outcome.can_be_mended
    assert reason in outcome.reason


@pytest.mark.parametrize(
    "change",
    [
        TextSnapshot(PATH, SHOP, 2),
        TextSnapshot(PATH, SHOP, None),
        TextSnapshot(PATH, SHOP.replace("result = 0", "result = 1"), 1),
        TextSnapshot(PATH, "\n" + SHOP, 1),
        TextSnapshot(PATH, "", 1),
        None,
    ],
    ids=["version", "closed", "text", "moved", "emptied", "gone"],
)
def test_a_file_that_changed_meanwhile_gets_no_fix(change: TextSnapshot | None) -> None:
    """No place is guessed, and asking the model again would not help."""
    buffer = Buffer(SHOP)
    assert buffer.snapshot is not None
    regions = _regions(buffer.snapshot, TOTAL)
    buffer.snapshot = change
    outcome = check_rewrite(RegionRewrite("R1", FIXED_TOTAL), regions, ERROR, "Fix", buffer)
    assert isinstance(outcome, RejectedFix)
    assert not outcome.can_be_mended
    assert "changed" in outcome.reason


def test_a_file_read_from_disk_that_changed_elsewhere_is_still_fixed() -> None:
    """Without versions the text of the region decides."""
    buffer = Buffer(SHOP, version=None)
    assert buffer.snapshot is not None
    regions = _regions(buffer.snapshot, TOTAL)
    buffer.snapshot = TextSnapshot(PATH, SHOP + "\n\nreport([])\n")
    outcome = check_rewrite(RegionRewrite("R1", FIXED_TOTAL), regions, ERROR, "Fix", buffer)
    assert isinstance(outcome, CheckedFix)


def test_an_unknown_region_is_rejected() -> None:
    """Only what was sent may be edited."""
    outcome = check_rewrite(
        RegionRewrite("R9", "x\n"), _regions(TextSnapshot(PATH, SHOP), TOTAL), ERROR, "", Buffer(SHOP)
    )
    assert isinstance(outcome, RejectedFix)


MATHS = "import math\n\n\n" + FIXED_TOTAL.replace("sum", "math.fsum")


@pytest.mark.parametrize(
    ("import_line", "expected"),
    [
        ("import os\n", "import os\nimport math\n"),
        ("import math\n", "import math\n"),
        ("import os; import sys  # both\n", "import os; import sys  # both\nimport math\n"),
    ],
)
def test_a_missing_import_is_added_to_the_imports(import_line: str, expected: str) -> None:
    """It is added once, and only where it is missing."""
    text = SHOP.replace("import os\n", import_line)
    _, after = _check(text, TOTAL, MATHS, (2, 3))
    assert after[: after.index("def total")] == SHOP[: SHOP.index("def total")].replace("import os\n", expected)
    assert "math.fsum" in after


def test_an_import_within_a_function_is_of_no_use_elsewhere() -> None:
    """The same words at another indentation are another import."""
    text = SHOP.replace("    return [", "    import math\n    return [")
    _, after = _check(text, TOTAL, MATHS, (2, 3))
    assert "import os\nimport math\n" in after


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_an_added_import_has_the_files_line_ending(ending: str) -> None:
    """No file gets mixed endings from a fix."""
    outcome, after = _check(SHOP.replace("\n", ending), TOTAL, MATHS, (2, 3))
    assert isinstance(outcome, CheckedFix)
    assert after.replace(ending, "").count("\n") + after.replace(ending, "").count("\r") == 0
    assert f"import os{ending}import math{ending}" in after


def test_imports_have_a_place_also_in_a_file_without_any() -> None:
    """They are not lost: the fix would compile and then fail with a NameError."""
    text = "# shop\n" * 40 + FIXED_TOTAL
    outcome, after = _check(text, (40, 42), MATHS)
    assert isinstance(outcome, CheckedFix)
    assert after.index("import math") < after.index("def total")


def test_an_import_that_must_stand_first_spoils_the_fix() -> None:
    """``from __future__`` below another import does not compile, though it parses."""
    outcome, _ = _check(SHOP, TOTAL, "from __future__ import annotations\n" + FIXED_TOTAL, (2, 3))
    assert isinstance(outcome, RejectedFix)


BROKEN_BELOW = SHOP + "\n\ndef broken(:\n    pass\n"
NEWER = SHOP.replace("import os\n", "type Price = int\n")


@pytest.mark.parametrize(
    ("text", "code", "rung"),
    [
        (BROKEN_BELOW, FIXED_TOTAL, Rung.APPLIES),
        (BROKEN_BELOW, "def total(prices):\n    return sum(prices\n", None),
        (BROKEN_BELOW, "def total(prices)\n    return sum(prices)\n", None),
    ],
)
def test_a_file_that_is_broken_elsewhere_is_judged_by_the_region(text: str, code: str, rung: Rung | None) -> None:
    """A fix may leave another mistake in the file, but not add one."""
    outcome, _ = _check(text, TOTAL, code)
    assert (outcome.rung if isinstance(outcome, CheckedFix) else None) == rung


@pytest.mark.skipif("sys.version_info >= (3, 12)", reason="this Python knows the newer syntax")
@pytest.mark.parametrize(
    ("code", "rung"),
    [(FIXED_TOTAL, Rung.PARSES), ("def total(prices):\n    return sum(prices\n", None)],
)
def test_code_for_a_newer_python_is_judged_by_the_grammar(code: str, rung: Rung | None) -> None:
    """The server's Python is not that of the project."""
    outcome, _ = _check(NEWER, TOTAL, code)
    assert (outcome.rung if isinstance(outcome, CheckedFix) else None) == rung


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (
            "def f(a, b):\n    return a\n\n\nprint(f(a=1, 2))\n",
            "def f(a, b):\n    return a + b\n\n\nprint(f(a=1, 2))\n",
        ),
        ("x = 1\nreturn x\n", "x = 2\nreturn x\n"),
        ("a = [1, 2\nprint(a)\n", "a = [1, 2\nprint(a, a)\n"),
        ("def f():\n    yield = 1\n", "def f():\n    yield = 2\n"),
    ],
)
def test_a_syntax_error_that_is_still_there_is_not_mended(before: str, code: str) -> None:
    """The log says that it is one, however newer Pythons may read it."""
    message = ""
    try:
        compile(before, "x", "exec")
    except SyntaxError as error:
        message = error.msg
    failure = Failure(FailureKind.SYNTAX_ERROR, "SyntaxError", message, ())
    outcome, _ = _check(before, (0, before.count("\n")), code, failure=failure)
    assert isinstance(outcome, RejectedFix), outcome


def test_a_mended_syntax_error_compiles() -> None:
    """Also where the region was cut without a syntax tree."""
    text = SHOP.replace("for price in prices:", "for price in prices")
    failure = Failure(FailureKind.SYNTAX_ERROR, "SyntaxError", "expected ':'", ())
    outcome, after = _check(text, TOTAL, SHOP[SHOP.index("def total") : SHOP.index("\n\ndef report")], failure=failure)
    assert isinstance(outcome, CheckedFix)
    assert (outcome.rung, after) == (Rung.COMPILES, SHOP)


def test_a_rename_of_a_misspelt_method_is_a_fix() -> None:
    """Nothing is left out by it."""
    outcome, _ = _check(
        "class A:\n    def __int__(self):\n        self.a = 1\n", (1, 3), "def __init__(self):\n    self.a = 1\n"
    )
    assert isinstance(outcome, CheckedFix)


def test_a_file_of_another_language_only_applies() -> None:
    """Nothing is claimed that was not checked."""
    outcome, _ = _check("a\nb\n", (0, 2), "a\nc\n", path=Path("/w/notes.txt"))
    assert isinstance(outcome, CheckedFix)
    assert outcome.rung is Rung.APPLIES

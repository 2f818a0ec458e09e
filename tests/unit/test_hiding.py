"""Telling a fix from an error that is only hidden."""

from __future__ import annotations

import pytest

from qwen_lsp.fixes.hiding import hides_error

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

"""Logs that begin or end in the middle."""

from __future__ import annotations

import pytest

from qwen_lsp.logparse import parse_log

from .rendering import render


def check(log: str, expected: str) -> None:
    """Compare what is read from ``log`` with ``expected``, both without their first line end."""
    assert render(parse_log(log.removeprefix("\n"))) == expected.removeprefix("\n").rstrip("\n")


def test_reads_a_traceback_whose_head_is_cut_off() -> None:
    """Frames without a header count, from the first whole one on."""
    check(
        """
    run(sys.argv)
  File "/app/cart.py", line 7, in run
    return items["cost"]
KeyError: 'cost'
""",
        """
* KeyError: "'cost'"
      /app/cart.py:7 in run | return items["cost"]
""",
    )


def test_reads_a_traceback_whose_end_is_cut_off() -> None:
    """Without the exception's line the frames are kept and the user is asked for the rest."""
    check(
        """
Traceback (most recent call last):
  File "/app/cart.py", line 7, in run
    return items["cost"]
""",
        """
* unknown error: 'the log ends before the line that names the exception'
      /app/cart.py:7 in run | return items["cost"]
! A traceback ends before the line that names the exception; paste the log to its end for a better answer.
""",
    )


@pytest.mark.parametrize("next_line", ["done", "Some other output", "make: *** [x] Error 1 is no exception"])
def test_takes_no_other_output_for_the_exception(next_line: str) -> None:
    """What follows a cut-off traceback is not read as its exception's message."""
    log = f'Traceback (most recent call last):\n  File "/app/cart.py", line 7, in run\n\n{next_line}\n'
    assert parse_log(log).failures[0].exception_type == "unknown error"


def test_reads_one_test_copied_out_of_a_pytest_report() -> None:
    """A test's block without any heading is enough."""
    check(
        """
    def total(items):
>       return sum(price(item) for item in items)

src/mod.py:6: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

    def price(item):
>       return item["cost"] * 2
E       KeyError: 'cost'

src/mod.py:2: KeyError
""",  # noqa: W291 - pytest prints the blanks
        """
* KeyError: "'cost'"
      src/mod.py:6 in total | return sum(price(item) for item in items)
      src/mod.py:2 in price | return item["cost"] * 2
""",
    )


def test_reads_a_test_on_windows() -> None:
    """Drive letters and backslashes are part of a path; the standard library is known there, too."""
    check(
        r"""
________________________________ test_total _________________________________
C:\Python312\Lib\json\decoder.py:353: in raw_decode
    obj, end = self.scan_once(s, idx)
C:\work\shop\test_cart.py:5: in test_total
    assert total([]) == 2
E   assert 0 == 2
""",
        r"""
* AssertionError: 'assert 0 == 2' (assertion) [C:\work\shop\test_cart.py::test_total]
    - C:\Python312\Lib\json\decoder.py:353 in raw_decode | obj, end = self.scan_once(s, idx)
      C:\work\shop\test_cart.py:5 in test_total | assert total([]) == 2
""",
    )


def test_reads_a_syntax_error_known_by_its_message_only() -> None:
    """``str()`` of a syntax error names file and line, which is a frame."""
    check(
        """
Traceback (most recent call last):
SyntaxError: '(' was never closed (cart.py, line 3)
""",
        """
* SyntaxError: "'(' was never closed (cart.py, line 3)" (syntax-error)
      cart.py:3
""",
    )


def test_reads_a_message_with_blank_lines_inside_a_chain() -> None:
    """What stands between an exception and the sentence of its chain is its message."""
    check(
        """
Traceback (most recent call last):
  File "/app/a.py", line 1, in f
    g()
ValueError: two

parts

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 3, in f
    h()
KeyError: 1
""",
        """
* KeyError: '1'
      /app/a.py:3 in f | h()
    while handling ValueError: 'two\\n\\nparts'
                       /app/a.py:1 in f | g()
""",
    )

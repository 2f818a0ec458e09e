"""Finds what Ruby and its tools report anywhere in a log."""

from __future__ import annotations

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.ruby import bundler, minitest, rspec, rubocop, stacks
from qwen_lsp.logparse.scanning import Readers, scan
from qwen_lsp.logparse.sighting import Reading

_MISSING_GEM = ("Could not find gem '", "Could not find compatible versions", "Bundler could not find compatible")
_LOCKED_GEM = (" in any of the sources", " in locally installed gems")

MARKS: Marks = (
    *(Mark(f":in {quote}", r"(?<=[0-9]:in .)") for quote in "`'"),
    Mark(": syntax error", r"(?<=[0-9]: syntax error)(?:s? found|, )"),
    *(f"Failure/Error:{end}" for end in (" ", "\n")),
    *(Mark(f") {what}:", r"[\t ]*(?:\n|\Z)") for what in ("Failure", "Error")),
    *(Mark(f"\n{what}:", r"\n[A-Z][\w:]{0,300}#[^\n]{1,600}:\n") for what in ("Failure", "Error")),
    "=\nFailure: ",
    "=\nError: ",
    *(f"\n{text}" for text in _MISSING_GEM),
    *_LOCKED_GEM,
    stacks.TEMPLATE_ERROR,
    "\n[!] There was an error ",
    *(Mark(f": {letter}: ", rf"(?<=[0-9]: {letter}: )[\[A-Z]") for letter in rubocop.LETTERS),
)


def read_ruby(lines: list[str]) -> Reading:
    """Return every failure of Ruby code that ``lines``, free of terminal noise, report."""
    readers: Readers = (
        ("Traceback (most recent call last):", stacks.read_oldest_first),
        ("Failure/Error:", rspec.read_example),
        (") Failure:", minitest.read_minitest),
        (") Error:", minitest.read_minitest),
        ("Failure: ", minitest.read_test_unit),
        ("Error: ", minitest.read_test_unit),
        ("Failure:", minitest.read_minitest),
        ("Error:", minitest.read_minitest),
        (stacks.TEMPLATE_ERROR, stacks.read_template),
        (":in `", stacks.read_backtrace),
        (":in '", stacks.read_backtrace),
        (": syntax error", stacks.read_syntax_error),
        *((text, bundler.read_missing_gem) for text in (*_MISSING_GEM, *_LOCKED_GEM)),
        *((f": {letter}: ", rubocop.read_offense) for letter in rubocop.LETTERS),
        ("[!] There was an error ", bundler.read_gemfile),
    )
    return scan(lines, readers)

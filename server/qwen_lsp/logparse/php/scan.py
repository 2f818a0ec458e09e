"""Finds what PHP, PHPUnit and Monolog report anywhere in a log."""

from __future__ import annotations

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.php import analysers
from qwen_lsp.logparse.php.errors import FATAL, WARNINGS, PhpErrors
from qwen_lsp.logparse.php.monolog import read_logged
from qwen_lsp.logparse.php.phpunit import PhpUnit, read_testdox
from qwen_lsp.logparse.scanning import Readers, scan
from qwen_lsp.logparse.sighting import Reading

_SEVERITIES = (*FATAL, *WARNINGS)

MARKS: Marks = (
    *(f"PHP {severity}:" for severity in _SEVERITIES),
    *(f"<b>{severity}</b>:" for severity in _SEVERITIES),
    *(Mark(f"\n{severity}: ", r"Uncaught |[^\n]{1,3000} on line [0-9]") for severity in _SEVERITIES),
    Mark("There w", r"(?:as|ere) [0-9]+ [a-zA-Z ]{1,60}:\n"),
    *(Mark(f"\n{digit}", r"[0-9]{0,5}\) [\w\\]{1,400}::\w") for digit in range(1, 10)),
    "\n \u2718 ",
    "[object] (",
    Mark("\n  Line   ", r"[^\n]{1,1000}\n -{3}"),
    *(Mark(f"\n{severity}: ", r"[A-Z]\w{2,80} - [^\n:]{1,1000}:[0-9]+:[0-9]+ - ") for severity in ("ERROR", "INFO")),
    Mark(f"  {analysers.ARROW} ", " *[0-9]{1,6}(?:\u2595|\u258e)"),
    Mark("\nIn ", r"[\w.-]{1,200}\.php line [0-9]"),
    Mark(" FAILED  ", r"\S[^\n]{1,600}\n  "),
)


def read_php(lines: list[str]) -> Reading:
    """Return every failure of PHP code that ``lines``, free of terminal noise, report."""
    errors, phpunit = PhpErrors(), PhpUnit()
    readers: Readers = (
        *((f"{severity}", errors.read) for severity in _SEVERITIES),
        ("There w", phpunit.follow),
        ("::", phpunit.read),
        (" \u2718 ", read_testdox),
        ("[object] (", read_logged),
        (analysers.TABLE, analysers.read_table),
        (analysers.PSALM, analysers.read_psalm),
        (analysers.PEST, analysers.read_pest),
        (analysers.ARROW, analysers.read_collision),
        (".php line ", analysers.read_symfony),
    )
    return scan(lines, readers)

"""What the interpreter says before any code of the program runs: modules and files that it cannot find.

Source of the formats: CPython Lib/runpy.py (``_get_module_details``), Modules/main.c (``pymain_run_file_obj``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_PROGRAM = r"(?P<program>(?:[A-Za-z]:)?[^\s:]*?(?:[Pp]ython|pypy)[0-9.]*(?:\.exe)?): "
_NO_MODULE = re.compile(
    _PROGRAM + r"(?:Error while finding module specification for '[\w.]+' \(ModuleNotFoundError: )?"
    r"(?P<message>No module named '?(?P<module>[\w.-]+)'?)(?:\)|(?P<more>;? .*))?$"
)
_NO_FILE = re.compile(_PROGRAM + r"can't open file '(?P<path>[^'\n]+)': (?P<message>\[Errno [0-9]+\] .*)$")


def read_line(lines: Sequence[str], index: int) -> Found | None:
    """Return what a line of the interpreter's says; the interpreter is its only frame, which is nobody's own code."""
    line = lines[index].rstrip()
    if match := _NO_MODULE.match(line):
        message = f"No module named '{match['module']}'{match['more'] or ''}"
        exception_type = "ModuleNotFoundError"
    elif match := _NO_FILE.match(line):
        message = f"{match['message']}: '{match['path']}'"
        exception_type = "FileNotFoundError"
    else:
        return None
    frame = StackFrame(path=match["program"], lineno=None, in_app=False)
    failure = Failure(FailureKind.EXCEPTION, exception_type, message, (frame,))
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)


READERS: Readers = (
    (": No module named ", read_line),
    ("ModuleNotFoundError: No module", read_line),
    (": can't open file ", read_line),
)
MARKS: Marks = (
    Mark(": No module named ", r"[^'\s]"),
    Mark(": Error while finding module specification for ", "'"),
    Mark(": can't open file ", "'"),
)

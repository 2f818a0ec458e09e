"""Finds what .NET, Mono and their tools report anywhere in a log."""

from __future__ import annotations

from qwen_lsp.logparse.dotnet import testing
from qwen_lsp.logparse.dotnet.exceptions import UNHANDLED, Exceptions
from qwen_lsp.logparse.dotnet.frames import LINE_WORDS, UNITY_MARK
from qwen_lsp.logparse.dotnet.msbuild import MsBuild
from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import Readers, scan
from qwen_lsp.logparse.sighting import Reading

MARKS: Marks = (
    *UNHANDLED,
    *(Mark(f":{word} ", r"[0-9]") for word in LINE_WORDS),
    Mark(" [0x", r"[0-9a-f]{1,8}\] in "),
    Mark(UNITY_MARK, r"[^()\n]{1,500}\.cs:[0-9]"),
    "--- End of inner exception stack trace ---",
    Mark(": error ", r"[A-Z]{2,12}[0-9]{0,6} ?: "),
    *(f"\n  {testing.MESSAGE_MARK}{end}" for end in ("\n", "\r")),
    *(Mark(f") {what} : ", r"\S") for what in ("Test Failure", "Test Error", "Failed", "Error", "Invalid")),
)


def read_dotnet(lines: list[str]) -> Reading:
    """Return every failure of .NET code that ``lines``, free of terminal noise, report."""
    exceptions, msbuild = Exceptions(), MsBuild()
    readers: Readers = (
        *((mark, exceptions.read_unhandled) for mark in UNHANDLED),
        (testing.MESSAGE_MARK, testing.read_vstest),
        (" : ", testing.read_nunit),
        (": error ", msbuild.read),
        *((f":{word} ", exceptions.read_printed) for word in LINE_WORDS),
        ("] in ", exceptions.read_printed),
        (UNITY_MARK, exceptions.read_printed),
    )
    return scan(lines, readers)

"""Finds what tools that read descriptions report anywhere in a log."""

from __future__ import annotations

from qwen_lsp.logparse.configuration import builds, infrastructure
from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import scan
from qwen_lsp.logparse.sighting import Reading

MARKS: Marks = (
    "\u2502 Error: ",
    Mark("\n  on ", r"[^\n]{1,500}\.tf(?:vars|test\.hcl|\.json)? line [0-9]"),
    "\nERROR: failed to solve: ",
    "\nERROR: failed to build: ",
    "\nThe error appears to ",
    "FAILED! => {",
    "UNREACHABLE! => {",
    Mark("[emerg] ", r"[^\n]{1,1000} in /[^\n]{1,400}:[0-9]"),
    Mark("[crit] ", r"[^\n]{1,1000} in /[^\n]{1,400}:[0-9]"),
    Mark("template: ", r"[\w./-]{1,400}:[0-9]{1,9}(?::[0-9]{1,9})?: "),
    Mark('\n\tFile "', r'[^"\n]{1,1000}", line [0-9]{1,9}, column '),
    Mark("\nERROR: /", r"[^\s:]{0,1000}(?:BUILD|BUILD\.bazel|WORKSPACE|MODULE\.bazel|\.bzl):[0-9]"),
    Mark('\nFile "', r'[^"\n]{1,1000}", lines? [0-9-]{1,20}, characters [0-9]'),
    Mark("--> ", r" ?[^\n:]{1,500}\.(?:sol|prisma|vy|move|nr|cairo):[0-9]"),
    Mark(": [error] ", r"(?<=[0-9]: \[error\] )"),
    "TOML parse error at line ",
    Mark(" (Line: ", r"[0-9]{1,9}, Col: [0-9]{1,9}\): "),
    "\nerror: error parsing ",
)


def read_configuration(lines: list[str]) -> Reading:
    """Return every failure of a description that ``lines``, free of terminal noise, report."""
    return scan(lines, (*infrastructure.readers(), *builds.READERS))

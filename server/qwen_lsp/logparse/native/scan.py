"""Finds what native compilers, linkers, sanitizers, debuggers and test runners report anywhere in a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.native import aborts, cmake, compilers, debuggers, linkers, sanitizers, testing
from qwen_lsp.logparse.scanning import Readers, first_counts, scan
from qwen_lsp.logparse.sighting import Reading, Sighting

_SYMBOLS = ("undefined reference to ", "multiple definition of ")
_HEAP_CHECKS = ("(): ", "double free or corruption", "corrupted ", "*** stack smashing", "*** buffer overflow")
_ABORT_LINES = 10

MARKS: Marks = (
    *(Mark(piece, rf"(?<=[0-9]{piece})") for piece in compilers.PIECES),
    *(Mark(f"{severity}:", rf"(?<=[0-9]\): {severity}:)") for severity in ("error", "fatal error")),
    *(
        Mark(f"{severity} ", rf"(?<=[0-9]\): {severity} )[A-Z]{{1,4}}[0-9]{{3,5}}: ")
        for severity in ("error", "fatal error")
    ),
    *(f"{symbol}{quote}" for symbol in _SYMBOLS for quote in "`'\u2018"),
    *(f"ld: {words}" for words in ("cannot find ", "error: ")),
    "ld.lld: error: ",
    "\nUndefined symbols for architecture ",
    Mark(" error LNK", "[0-9]{4}: "),
    "Sanitizer: ",
    "libFuzzer: ",
    Mark(": runtime error: ", r"(?<=[0-9]: runtime error: )"),
    *(Mark(f"{mark}    {word} 0x", "[0-9A-F]") for mark in ("==", "**") for word in ("at", "by")),
    Mark(" signal SIG", r"[A-Z0-9]{2,10}, "),
    *(Mark("\n#0  ", pattern) for pattern in (r"0x[0-9a-f]{1,16} in ", r"[^\n]{1,500}? \([^\n]{0,2000}? at ")),
    " stop reason = ",
    "Assertion `",
    "Assertion '",
    "Assertion failed: ",
    "terminate called after throwing an instance of '",
    "uncaught exception of type ",
    *(f"\n{piece}" for piece in _HEAP_CHECKS[1:]),
    *(f"\n{name}(): " for name in ("free", "malloc", "realloc", "munmap_chunk", "malloc_consolidate")),
    "\nFortran runtime error: ",
    Mark("\nError: ", r"[^\n]{0,2000}? at \([0-9]\)"),
    "\nFatal Error: ",
    "\nCMake Error",
    'error: in "',
    ": Failure\n",
    ": FAILED:\n",
    Mark(": ERROR: ", r"(?<=[0-9]: ERROR: )"),
    Mark("): ERROR: ", r"(?<=[0-9]\): ERROR: )"),
)


def read_native(lines: list[str]) -> Reading:
    """Return every failure of native code that ``lines``, free of terminal noise, report."""
    known = compilers.Compilers()
    gnu = linkers.GnuLinkers()
    google = testing.GoogleTest()
    readers: Readers = (
        *((symbol, gnu.read) for symbol in _SYMBOLS),
        ('error: in "', testing.read_boost),
        *((piece, known.read) for piece in compilers.PIECES),
        ("): error", compilers.read_in_parentheses),
        ("): fatal error", compilers.read_in_parentheses),
        (") : error", compilers.read_in_parentheses),
        (") : fatal error", compilers.read_in_parentheses),
        ("Error: ", compilers.read_fortran),
        ("cannot find ", linkers.read_missing_library),
        ("ld: error: ", linkers.read_lld),
        ("ld.lld: error: ", linkers.read_lld),
        ("Undefined symbols for architecture ", linkers.read_apple),
        ("error LNK", linkers.read_microsoft),
        ("Sanitizer: ", sanitizers.read_report),
        ("libFuzzer: ", sanitizers.read_report),
        (": runtime error: ", sanitizers.read_undefined),
        *((f"{mark}    {word} 0x", sanitizers.read_valgrind) for mark in ("==", "**") for word in ("at", "by")),
        (" signal SIG", debuggers.read_gdb_signal),
        ("#0 ", debuggers.read_gdb_backtrace),
        (" stop reason = ", debuggers.read_lldb),
        ("Assertion ", aborts.read_assertion),
        ("terminate called after throwing", aborts.read_terminate),
        ("uncaught exception of type ", aborts.read_terminate),
        *((piece, aborts.read_heap_check) for piece in _HEAP_CHECKS),
        ("Fortran runtime error: ", aborts.read_fortran_runtime),
        ("CMake Error", cmake.read_cmake),
        ("[ RUN      ] ", google.follow),
        ("[       OK ] ", google.end),
        ("[  FAILED  ] ", google.end),
        (": Failure", google.read),
        (": FAILED:", testing.read_catch),
        ("ERROR: ", testing.read_doctest),
    )
    return Reading(first_counts(_without_echoes(scan(lines, readers).sightings)))


def _without_echoes(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Return ``sightings`` so that a program that gave up is one failure.

    A debugger's SIGABRT gives its stack to the assertion or the uncaught exception above it.
    """
    kept: list[Sighting] = []
    for sighting in sightings:
        failure = sighting.failure
        above = kept[-1] if kept else None
        if (
            above is not None
            and failure.exception_type == "SIGABRT"
            and sighting.line_index - above.line_index <= _ABORT_LINES
            and len(above.failure.frames) < 2
        ):
            frames = failure.frames or above.failure.frames
            kept[-1] = replace(above, failure=replace(above.failure, frames=frames, language=failure.language))
        else:
            kept.append(sighting)
    return kept

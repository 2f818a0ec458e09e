"""The marks of the families: they miss no failure, and ordinary output has few of them."""

from __future__ import annotations

from typing import Any

import pytest

from qwen_lsp.logparse import parse_log
from qwen_lsp.logparse.family import Family
from qwen_lsp.logparse.noise import clean
from qwen_lsp.logparse.registry import FAMILIES
from qwen_lsp.logparse.windows import MarkFinder

from .cases import LogCase, describe, load_cases

# What stands before every line of a whole log does not stand before some of it.
_OF_WHOLE_LOGS = frozenset(
    {
        "javascript/docker-compose-node",
        "noise/compose-one-line",
        "noise/docker-compose-times",
        "noise/jenkins-clock-go-vet",
        "noise/jenkins-clock-node",
        "noise/jenkins-clock-playwright",
        "noise/journalctl-one-line",
        "noise/quoted-go-vet",
        "noise/quoted-in-a-mail",
        "noise/quoted-twice-pytest",
    }
)
_CASES = [
    case
    for case in load_cases()
    # A terminal breaks the lines of a whole log, too.
    if case.expected["failures"] and case.id not in _OF_WHOLE_LOGS and not case.id.startswith("wrapped/")
]
_ORDINARY = (
    "#12 [builder 4/9] RUN pip install --no-cache-dir -r requirements.txt",
    "Collecting requests>=2.31 (from -r requirements.txt (line 3))",
    "  Downloading requests-2.32.3-py3-none-any.whl (64 kB)",
    "Successfully installed certifi-2024.7.4 requests-2.32.3 urllib3-2.2.2",
    "tests/unit/test_cart.py::test_total[3-items] PASSED                      [ 41%]",
    "tests/unit/test_cart.py ...........s..                                    [ 67%]",
    "npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory.",
    "added 1342 packages, and audited 1343 packages in 38s",
    " \u2713 src/lib/price.test.ts (12 tests) 41ms",
    "   Compiling serde v1.0.204",
    "ok      example.com/shop/cart   0.412s  coverage: 81.2% of statements",
    "[INFO] --- maven-compiler-plugin:3.11.0:compile (default-compile) @ shop ---",
    "[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.31 s -- in shop.CartTest",
    "> Task :app:compileKotlin UP-TO-DATE",
    "[ 71%] Building CXX object src/CMakeFiles/shop.dir/cart.cpp.o",
    "Step 7/12 : COPY --from=builder /app/dist ./dist",
    "Get:4 http://deb.debian.org/debian bookworm/main amd64 libpq5 amd64 15.7-0 [189 kB]",
    "2024-05-01 10:00:03,118 INFO shop.web request id=481 method=GET path=/cart status=200 ms=12",
    '10.0.0.7 - - [01/May/2024:10:00:03 +0000] "GET /cart HTTP/1.1" 200 512 "-" "curl/8.5.0"',
    "asset main.3f2a.js 214 KiB [emitted] [immutable] [minimized] (name: main)",
    "remote: Resolving deltas: 100% (211/211), completed with 84 local objects.",
    "Uploading artifacts to coordinator... ok  id=4711 responseStatus=201 Created",
    "",
)
_FILLER_LINES = 500
"""More than a family reads above a mark."""


def _filler(count: int) -> str:
    return "".join(f"{line} {number}\n" for number, line in zip(range(count), _ORDINARY * count, strict=False))


def _failures(log: str) -> list[dict[str, Any]]:
    failures: list[dict[str, Any]] = describe(parse_log(log))["failures"]
    return failures


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.id)
def test_finds_a_failure_in_the_middle_of_a_long_log(case: LogCase) -> None:
    """What is read of a failure does not depend on the ordinary lines around it, of which few are read."""
    filler = _filler(_FILLER_LINES)
    before, after = filler + "\n\n", "\n\n" + filler
    assert _failures(before + case.log + after) == case.expected["failures"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_reads_little_of_ordinary_output(family: Family) -> None:
    """No line of an ordinary build log has a mark: such a log costs a family nothing."""
    finder = MarkFinder([family])
    marked = {line for text in clean(_filler(100)).texts for piece in text for _, line in finder.find(piece)}
    assert not [_ORDINARY[line % len(_ORDINARY)] for line in sorted(marked)]

"""What the test runners print around an exception: whose test it ended.

Source of the formats: maven-surefire-plugin's TestSetStats and DefaultReporterFactory; JUnit 4's TextListener; JUnit
5's MutableTestExecutionSummary; Gradle's TestExceptionFormatter (short and full); TestNG's TextReporter; ScalaTest's
reporter for the standard output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.jvm.frames import language_of, plain
from qwen_lsp.logparse.jvm.throwables import make_failure, read_header, read_throwable
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

HEADING_MARKS = ("<<< ", " FAILED", "FAILED: ")
JUNIT5_START = "    => "
SCALATEST_MARK = "*** FAILED ***"
_SUREFIRE = re.compile(r"Time elapsed: [0-9.,]{1,20} s(?:ec)?\s{1,4}<<< (?:FAILURE|ERROR)!")
_JUNIT4 = re.compile(r"[0-9]{1,6}\) (?P<name>[^\s()][^()\n]{0,300}\([\w.$]{1,300}\))\s*$")
_GRADLE_END, _GRADLE_STEP = " FAILED", " > "
_TESTNG = re.compile(r"FAILED(?: CONFIGURATION)?: (?P<name>[\w$.@]{1,300})(?:\(.*\))?\s*$")
_JUNIT5_SOURCE = re.compile(
    r" {4}MethodSource \[className = '(?P<owner>[^']{1,300})', methodName = '(?P<method>[^']{1,300})'"
)
_GRADLE_SHORT = re.compile(
    r" {4,12}(?P<cause>Caused by: )?(?P<type>[\w$.]{1,300}?)(?:: (?P<message>.*?))?"
    r"(?: at (?P<file>[\w$-]{1,200}\.\w{1,10}):(?P<lineno>[0-9]{1,9}))?\s*$"
)
_SUMMARY = re.compile(
    r"\[ERROR\] {2,3}(?P<owner>[\w$.]{1,300}?)\.(?P<method>[\w$]{1,200})(?:\([^)\n]{0,200}\))?(?:\[[0-9]{1,6}\])?"
    r":(?P<lineno>[0-9]{1,9})(?:->[\w$.:>-]{1,300})? ?(?:\u00bb |» )?(?P<message>.*)$"
)
_SCALATEST = re.compile(r"\s*- (?P<name>\S.{0,300}?) \*\*\* FAILED \*\*\*(?: \([^)\n]{1,60}\))?\s*$")
_SCALATEST_PLACE = re.compile(r"(?P<message>.*?) ?\((?P<file>[\w$-]{1,200}\.scala):(?P<lineno>[0-9]{1,9})\)\s*$")
_MAX_LINES = 20


def read_heading(line: str) -> str | None:
    """Return the test that ``line`` says has failed, its exception being printed below; else None."""
    text = plain(line).rstrip()
    if (elapsed := _SUREFIRE.search(text)) is not None:
        name = text[: elapsed.start()].rstrip(" -")
        return None if not name or name.startswith("Tests run") else name
    if text.endswith(_GRADLE_END) and _GRADLE_STEP in text[1:] and text[0] not in "> ":
        return text.removesuffix(_GRADLE_END).rstrip()
    match = _JUNIT4.match(text) or _TESTNG.match(text)
    return match["name"].strip() if match else None


def read_short(lines: Sequence[str], index: int, test_id: str, folder: Folder) -> int:
    """Take the exceptions that Gradle names without their stacks below ``index``; return the index after them."""
    chain: list[Failure] = []
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and (match := _GRADLE_SHORT.match(lines[end])):
        header = read_header(match["type"])
        if header is None or bool(chain) != (match["cause"] is not None):
            break
        frames: tuple[StackFrame, ...] = ()
        if match["file"]:
            frames = (StackFrame(path=match["file"], lineno=int(match["lineno"])),)
        chain.append(make_failure(match["type"], (match["message"] or "").rstrip(), frames))
        end += 1
    if not chain or (end < len(lines) and lines[end].strip() and lines[end].startswith("     ")):
        # The full form: the stack is read as any other.
        return index
    failure = chain[-1]
    for outer in chain[-2::-1]:
        failure = replace(outer, cause=failure, cause_is_explicit=True)
    folder.add(replace(failure, test_id=test_id), Weight.TEST, index)
    return end


def read_junit5(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take the failure that the console launcher of JUnit 5 prints at ``index``; return the index after it."""
    source = _JUNIT5_SOURCE.match(lines[index - 1]) if index else None
    header = read_header(lines[index].removeprefix(JUNIT5_START))
    if header is None or not lines[index].startswith(JUNIT5_START):
        return index
    failure, end = read_throwable(lines, index, header, needs_at=False, indent=len(JUNIT5_START))
    test_id = f"{source['owner']}.{source['method']}" if source else lines[index - 1].strip() or None
    folder.add(replace(failure, test_id=test_id), Weight.TEST, index)
    return end


def read_summary(line: str) -> Failure | None:
    """Return the failing test in a line of Surefire's summary: its class, method, line and message."""
    match = _SUMMARY.match(line)
    if match is None:
        return None
    owner = match["owner"].partition("$")[0]
    frame = StackFrame(path=f"{owner.replace('.', '/')}.java", lineno=int(match["lineno"]))
    test_id = f"{match['owner']}.{match['method']}"
    return Failure(
        FailureKind.ASSERTION, "FAILURE", match["message"].strip(), (frame,), test_id=test_id, language="java"
    )


def read_scalatest(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take the failing test of ScalaTest at ``index``; return the index after it, or ``index`` for none."""
    match = _SCALATEST.match(plain(lines[index]))
    if match is None:
        return index
    message: list[str] = []
    for end in range(index + 1, min(len(lines), index + _MAX_LINES)):
        text = plain(lines[end]).strip()
        if not text or text.startswith("- "):
            break
        place = _SCALATEST_PLACE.match(text)
        message.append(place["message"] if place else text)
        if place:
            frame = StackFrame(path=place["file"], lineno=int(place["lineno"]))
            failure = Failure(
                FailureKind.ASSERTION,
                "FAILED",
                "\n".join(message),
                (frame,),
                test_id=match["name"],
                language=language_of(frame.path) or "scala",
            )
            folder.add(failure, Weight.TEST, index)
            return end + 1
    return index

"""What the linters of Java and Kotlin report: ktlint, detekt, Checkstyle by itself and through Gradle, SpotBugs.

Source of the formats: ktlint's PlainReporter.kt, and ktlint-gradle's; detekt's LiteFindingsReport.kt; Checkstyle's
AuditEventDefaultFormatter.java; spotbugs-maven-plugin's SpotBugsViolationCheckMojo.groovy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.jvm.frames import language_of, make_frame
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

SPOTBUGS_MARK = ":[line"
_PATH = r"(?P<path>(?:[A-Za-z]:)?[^\s:\[][^:\n]{0,1000}?\.(?:java|kts?))"
_KTLINT = re.compile(
    rf"{_PATH}:(?P<lineno>[0-9]{{1,9}}):(?P<colno>[0-9]{{1,9}})(?P<colon>:?) (?P<message>\S.*?)"
    r"(?: \((?P<rule>[a-z][\w-]{0,60}(?::[\w-]{1,60})?)\)| \[(?P<name>[A-Z]\w{1,80})\])?$"
)
_CHECKSTYLE = re.compile(
    rf"(?:\[ant:checkstyle\] )?\[(?P<level>ERROR|WARN)\] {_PATH}:(?P<lineno>[0-9]{{1,9}})"
    r"(?::(?P<colno>[0-9]{1,9}))?: (?P<message>\S.*) \[(?P<rule>[A-Za-z]\w{1,80})\]$"
)
_SPOTBUGS = re.compile(
    r"\[ERROR\] (?:High|Medium|Low): (?P<message>\S.*) \[(?P<owner>[\w$.]{1,300})\] (?:At|In) "
    r"(?P<file>[\w$-]{1,200}\.\w{1,10}):\[lines? (?P<lineno>[0-9]{1,9})(?:-[0-9]{1,9})?\] "
    r"(?P<rule>[A-Z][A-Z0-9_]{1,100})$"
)
_TASK = re.compile(r"> Task :\S{0,200}[kK]tlint\S{0,200} FAILED")
_TASK_LINES = 200


def read_finding(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take what a linter says at ``lines[index]`` into ``folder``; return the index after it, or ``index`` for none."""
    line = lines[index].rstrip()
    if match := _SPOTBUGS.match(line):
        package = match["owner"].rpartition(".")[0].replace(".", "/")
        path = f"{package}/{match['file']}" if package else match["file"]
        return _add(folder, index, match["rule"], match["message"], make_frame(path, int(match["lineno"]), 0))
    if match := _CHECKSTYLE.match(line):
        frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"] or 0))
        return _add(folder, index, match["rule"], match["message"], frame, is_warning=match["level"] == "WARN")
    match = _KTLINT.match(line)
    # Without the name of a rule, "Cart.kt:17:24 words" may be of any tool.
    if match is None or not (match["rule"] or match["name"] or (not match["colon"] and _is_of_ktlint(lines, index))):
        return index
    frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"]))
    return _add(folder, index, match["rule"] or match["name"] or "ktlint", match["message"], frame)


def _is_of_ktlint(lines: Sequence[str], index: int) -> bool:
    above = lines[max(0, index - _TASK_LINES) : index]
    task = next((line for line in reversed(above) if line.startswith("> Task ")), "")
    return _TASK.match(task) is not None


def _add(folder: Folder, index: int, rule: str, message: str, frame: StackFrame, *, is_warning: bool = False) -> int:
    language = language_of(frame.path) or "java"
    severity = Severity.WARNING if is_warning else Severity.ERROR
    failure = Failure(FailureKind.EXCEPTION, rule, message, (frame,), severity=severity, language=language)
    folder.add(failure, Weight.IGNORED if is_warning else Weight.TEST, index)
    return index + 1

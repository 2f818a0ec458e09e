"""Why a build did not run: what Maven, Gradle and the virtual machine itself say when no code is at fault.

Source of the formats: Maven's DefaultExceptionHandler and CLIReportingUtils; Gradle's BuildExceptionReporter; OpenJDK's
launcher (``launcher.properties``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.jvm.compilers import is_maven
from qwen_lsp.logparse.jvm.frames import JAVA, make_frame, plain
from qwen_lsp.logparse.jvm.throwables import make_failure, read_header
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

MAVEN_STARTS = ("[ERROR] Failed to execute goal ", "[FATAL] ", "[ERROR] Malformed POM ")
GRADLE_START = "* What went wrong:"
LAUNCHER_STARTS = (
    "Error: Could not find or load main class ",
    "Error: Main method ",
    "Error: Unable to ",
    "Error: LinkageError ",
    "Error: Invalid or corrupt jarfile ",
)
_HELP = re.compile(r" -> \[Help [0-9]{1,3}\]\s*$")
_POM_PLACE = re.compile(
    r"@ (?:(?P<path>\S.{0,500}?\.xml), )?line (?P<lineno>[0-9]{1,9})(?:, column (?P<colno>[0-9]{1,9}))?\s*$"
)
_POM = re.compile(r"POM (?P<path>\S.{0,500}?\.xml):")
_GRADLE_PLACE = re.compile(
    r"(?:Build|Settings|Initialization script|Script|Initscript) (?:file )?'(?P<path>[^'\n]{1,500})'"
    r"(?: line: (?P<lineno>[0-9]{1,9}))?"
)
_MAX_LINES = 20


def read_maven(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take the reason for which Maven ended at ``lines[index]``; return the index after it."""
    level, _, first = lines[index].partition("] ")
    message = [_HELP.sub("", first).rstrip()]
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and not _HELP.search(lines[end - 1]):
        if level == "[FATAL" or not lines[end].startswith("[ERROR] ") or not plain(lines[end]).strip():
            break
        if is_maven(lines[end]):
            break
        message.append(_HELP.sub("", plain(lines[end])).rstrip())
        end += 1
    text = "\n".join(message)
    place = _POM_PLACE.search(text)
    frames: tuple[StackFrame, ...] = ()
    if place is not None:
        pom = _POM.search(text)
        path = place["path"] or (pom["path"] if pom else "pom.xml")
        frames = (make_frame(path, int(place["lineno"]), int(place["colno"] or 0)),)
    failure = Failure(FailureKind.EXCEPTION, "BUILD FAILURE", text, frames, language=JAVA)
    # Compilers and tests say more, above.
    folder.add(failure, Weight.UNCAUGHT if frames else Weight.CONSEQUENCE, index)
    return end


def read_gradle(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take what Gradle says went wrong below ``lines[index]``; return the index after it."""
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].startswith(("* ", "=====", "BUILD FAILED")):
        end += 1
    message = "\n".join(line.rstrip() for line in lines[index + 1 : end]).strip()
    if not message:
        return index
    # "* Where:" and its line stand right above.
    above = next((line for line in reversed(lines[max(0, index - 3) : index]) if line.strip()), "")
    place = _GRADLE_PLACE.match(above)
    frames = (make_frame(place["path"], int(place["lineno"] or 0)),) if place else ()
    failure = Failure(FailureKind.EXCEPTION, "BUILD FAILED", message, frames, language="groovy" if place else JAVA)
    folder.add(failure, Weight.UNCAUGHT if place else Weight.CONSEQUENCE, index)
    return end


def read_launcher(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take the reason for which the virtual machine did not run a class; return the index after it."""
    message = [lines[index].removeprefix("Error: ").rstrip()]
    cause: Failure | None = None
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and lines[end].startswith(("Caused by: ", "   ")):
        header = read_header(lines[end].removeprefix("Caused by: "))
        if lines[end].startswith("Caused by: ") and header is not None:
            cause = make_failure(header.exception_type, header.message, ())
        else:
            message.append(lines[end].strip())
        end += 1
    failure = Failure(FailureKind.EXCEPTION, "Error", "\n".join(message), (), language=JAVA)
    folder.add(replace(failure, cause=cause, cause_is_explicit=cause is not None), Weight.UNCAUGHT, index)
    return end

"""What javac, kotlinc and scalac refuse or warn of, also through Maven, Gradle and sbt.

Source of the formats: OpenJDK's com.sun.tools.javac.util.BasicDiagnosticFormatter and compiler.properties; Kotlin's
MessageRenderer (PLAIN_RELATIVE_PATHS, GRADLE_STYLE, MAVEN_STYLE); Scala 2's ConsoleReporter; Scala 3's
MessageRendering; maven-compiler-plugin's CompilationFailureException.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qwen_lsp.logparse.jvm.frames import JAVA, language_of, make_frame, plain, with_source
from qwen_lsp.logparse.sighting import Folder, Weight
from qwen_lsp.model import Failure, FailureKind, Severity, StackFrame

COMPILE_ERROR = "compile error"
MARKS = (".java:", ".kt:", ".kts:", ".scala:", ".sc:")
SCALA3_START = "-- "
_ENDS = r"\.(?:java|kts?|scala|sc)"
# javac also speaks German, Japanese and Chinese.
_ERRORS = "error|Fehler|エラー|错误|錯誤"
_PATH = rf"(?P<path>(?:[A-Za-z]:)?[^\s:\[][^:\n]{{0,1000}}?{_ENDS})"
# Gradle's plain console leaves the name of the task in the line, ":compileJava/home/user/Cart.java".
_CONSOLE = re.compile(
    rf"(?::[\w:-]{{1,80}}(?=/))?{_PATH}:(?P<lineno>[0-9]{{1,9}}):(?:(?P<colno>[0-9]{{1,9}}):)? "
    rf"(?P<level>{_ERRORS}|warning|Warnung|警告): (?P<message>.*)$"
)
_SBT = re.compile(
    rf"\[(?P<level>error|warn)\] {_PATH}:(?P<lineno>[0-9]{{1,9}}):(?P<colno>[0-9]{{1,9}}): (?P<message>.*)$"
)
_MAVEN = re.compile(
    rf"\[(?P<level>ERROR|WARNING)\] {_PATH}:(?: \(| ?\[)(?P<lineno>[0-9]{{1,9}}),\s?(?P<colno>[0-9]{{1,9}})[\])]:? "
    r"(?P<message>.*)$"
)
# "(whitespace) WhitespaceAround: message", of maven-checkstyle-plugin's CheckstyleViolationCheckMojo.
_CHECKSTYLE = re.compile(r"\([a-z]\w{1,40}\) (?P<rule>[A-Z]\w{1,80}): (?P<message>\S.*)$")
_GRADLE = re.compile(
    rf"(?P<level>[ew]): (?:file://)?{_PATH}:(?P<lineno>[0-9]{{1,9}}):(?P<colno>[0-9]{{1,9}}):? (?P<message>.*)$"
    rf"|(?P<old_level>[ew]): (?P<old_path>[^\s:\[][^\n]{{0,1000}}?{_ENDS}): "
    r"\((?P<old_lineno>[0-9]{1,9}), (?P<old_colno>[0-9]{1,9})\): (?P<old_message>.*)$"
)
_SCALA3 = re.compile(
    rf"-- (?:\[(?P<code>E[0-9]{{1,5}})\] )?(?P<message>[A-Z][\w -]{{0,80}}?)?(?P<level>Error|Warning): {_PATH}"
    r":(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9})(?: -*)?$"
)
_SCALA3_ROW = re.compile(r"\s*(?:[0-9]{1,9} )?\|(?P<text>.*)$")
_CARET = re.compile(r"\s*(?P<caret>\^+)\s*$")
_TOKEN = re.compile(r'\.?\w+|"[^"\n]*"?')
_DETAIL = re.compile(r"(?: {2}|\t)\s*\S|(?:where|  )\s")
_SYNTAX = re.compile(
    r".*(?:(?<!was )(?<!: )\bexpected(?:$| but .* found)|reached end of file|unclosed"
    r"|illegal (?:start|character)|not a statement|[Ss]yntax error|[Ee]xpecting |orphaned|without 'try')"
)
_LINES_BEFORE_CARET = 15
_MAX_DETAILS = 30
_CAUSE_NAMES = frozenset({"error", "Fehler", "エラー", "错误", "錯誤", "ERROR", "e", "Error"})


def read_console(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take the diagnostic at ``lines[index]`` into ``folder``; return the index after it, or ``index`` for none."""
    raw = lines[index]
    maven = _MAVEN.match(raw)
    if maven is not None:
        return _read_maven(lines, index, maven, folder)
    match = _CONSOLE.match(plain(raw)) or _SBT.match(raw)
    if match is None:
        return index
    message = [match["message"].rstrip()]
    colno = int(match["colno"] or 0)
    frame = make_frame(match["path"], int(match["lineno"]), colno)
    end = index + 1
    caret_index, caret = _find_caret(lines, index)
    if caret is not None and caret_index > index + 1:
        source = plain(lines[caret_index - 1])
        start = caret.start("caret")
        stop = caret.end("caret")
        if stop - start == 1 and (token := _TOKEN.match(source, start)) is not None:
            stop = token.end()
        frame = with_source(make_frame(match["path"], int(match["lineno"]), colno or start + 1), source, start, stop)
        message += [plain(line).strip() for line in lines[index + 1 : caret_index - 1]]
        end = caret_index + 1
    details, end = _read_details(lines, end)
    _add(folder, match["level"], COMPILE_ERROR, [*message, *details], frame, index)
    return end


def _find_caret(lines: Sequence[str], index: int) -> tuple[int, re.Match[str] | None]:
    """Return the line below ``index`` that holds nothing but a caret."""
    for number in range(index + 1, min(len(lines), index + _LINES_BEFORE_CARET)):
        text = plain(lines[number])
        if caret := _CARET.match(text):
            return number, caret
        if not text.strip() or _CONSOLE.match(text) or _SBT.match(lines[number]):
            break
    return index, None


def _read_details(lines: Sequence[str], start: int) -> tuple[list[str], int]:
    """Return the indented lines at ``start`` that go on with a message ("symbol: ..."), and the index after them."""
    end = start
    while end < min(len(lines), start + _MAX_DETAILS):
        text = plain(lines[end])
        if not text.startswith("  ") or not text.strip() or _CARET.match(text):
            break
        end += 1
    return [plain(line).strip() for line in lines[start:end]], end


def is_maven(line: str) -> bool:
    """Return whether ``line`` holds a diagnostic as Maven prints them."""
    return _MAVEN.match(line) is not None


def _read_maven(lines: Sequence[str], index: int, match: re.Match[str], folder: Folder) -> int:
    details, end = _read_details(lines, index + 1)
    frame = make_frame(match["path"], int(match["lineno"]), int(match["colno"]))
    checked = _CHECKSTYLE.match(match["message"])
    name, message = (checked["rule"], checked["message"]) if checked else (COMPILE_ERROR, match["message"])
    _add(folder, match["level"], name, [message.rstrip(), *details], frame, index)
    return end


def read_gradle(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take what Kotlin's compiler says through Gradle; return as `read_console` does."""
    match = _GRADLE.match(lines[index])
    if match is None:
        return index
    old = "old_" if match["level"] is None else ""
    frame = make_frame(match[f"{old}path"], int(match[f"{old}lineno"]), int(match[f"{old}colno"]))
    _add(folder, match[f"{old}level"], COMPILE_ERROR, [match[f"{old}message"].rstrip()], frame, index)
    return index + 1


def read_scala3(lines: Sequence[str], index: int, folder: Folder) -> int:
    """Take a diagnostic of Scala 3, drawn with a margin; return as `read_console` does."""
    match = _SCALA3.match(plain(lines[index]))
    if match is None:
        return index
    lineno = int(match["lineno"])
    frame = make_frame(match["path"], lineno, int(match["colno"]))
    message: list[str] = []
    source = ""
    end = index + 1
    while end < min(len(lines), index + _MAX_DETAILS) and (row := _SCALA3_ROW.match(plain(lines[end]))):
        text = row["text"]
        if plain(lines[end]).lstrip().startswith(f"{lineno} |"):
            source = text
        elif (caret := _CARET.match(text)) and source:
            frame = with_source(frame, source, caret.start("caret"), caret.end("caret"))
        elif text.strip():
            message.append(text.strip())
        end += 1
    title = (match["message"] or "").strip()
    _add(folder, match["level"], match["code"] or COMPILE_ERROR, message or [title], frame, index)
    return end


def _add(folder: Folder, level: str, name: str, message: Sequence[str], frame: StackFrame, index: int) -> None:
    is_error = level in _CAUSE_NAMES
    is_syntax = is_error and _SYNTAX.match(message[0]) is not None
    failure = Failure(
        FailureKind.SYNTAX_ERROR if is_syntax else FailureKind.EXCEPTION,
        name if is_error or name != COMPILE_ERROR else "compile warning",
        "\n".join(line for line in message if line),
        (frame,),
        severity=Severity.ERROR if is_error else Severity.WARNING,
        language=language_of(frame.path) or JAVA,
    )
    folder.add(failure, Weight.TEST if is_error else Weight.IGNORED, index)

"""Frames of the JVM's stacks.

Source of the format: ``java.lang.StackTraceElement.toString`` (OpenJDK), with what Logback and Log4j put behind it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from qwen_lsp.model import CaretSpan, StackFrame

JAVA = "java"
_LANGUAGES = {
    ".java": JAVA,
    ".kt": "kotlin",
    ".kts": "kotlin",
    ".scala": "scala",
    ".sc": "scala",
    ".groovy": "groovy",
    ".gradle": "groovy",
    ".clj": "clojure",
    ".cljc": "clojure",
}
# What Maven, sbt and Ant put before each line.
_TOOL_PREFIX = re.compile(
    r"(?:\[(?:ERROR|WARNING|INFO|error|warn|info)\] ?| {2,12}\[(?:javac|java|junit|kotlinc|scalac|exec)\] )"
)
# Android's logcat, in its formats "brief" and "threadtime".
_LOGCAT = re.compile(
    r"(?:[0-9-]{5,10} [0-9:.]{8,18} {1,8}[0-9]{1,7} {1,8}[0-9]{1,7} )?[A-Z][ /](?:AndroidRuntime|System\.err) {0,20}"
    r"(?:\( {0,6}[0-9]{1,7}\))?: "
)
_LOGCAT_TAGS = ("AndroidRuntime", "System.err")
# "app//com.acme.Cart$Item.price(Cart.java:12)". A method of Kotlin or Scala may have blanks in its name.
_FRAME = re.compile(
    r"(?P<call>[^\s(][^(\n]{0,600}+)\((?P<place>Native Method|Unknown Source(?::[0-9]{1,9})?|<[\w ]{1,40}>"
    r"|(?P<file>[\w$ .-]{1,200}?\.[A-Za-z]\w{0,10}|SourceFile|Unknown Source)(?::(?P<lineno>-?[0-9]{1,9}))?)\)"
    r"(?: ?~?\[[^\]\n]{0,300}\])?\s*$"
)
# Hidden classes of lambdas carry an address: "Cart$$Lambda$14/0x0000000800066840".
_ADDRESS = re.compile(r"/(?:0x)?[0-9a-f]{4,20}(?=\.)")
_FOREIGN_MODULE = re.compile(r"(?:java|jdk|oracle|kotlin|scala)\.[\w.]{1,80}(?:@[^/]{1,60})?/")
_FOREIGN = tuple(
    f"{package}."
    for package in (
        *(
            "java",
            "javax",
            "jakarta",
            "jdk",
            "sun",
            "com.sun",
            "oracle",
            "javafx",
            "android",
            "androidx",
            "com.android",
            "dalvik",
        ),
        *("kotlin", "kotlinx", "scala", "dotty", "groovy", "clojure", "akka", "cats", "zio", "play"),
        *(
            "org.junit",
            "junit",
            "org.testng",
            "org.opentest4j",
            "org.assertj",
            "org.hamcrest",
            "org.mockito",
            "net.bytebuddy",
        ),
        *("org.scalatest", "munit", "org.specs2", "io.kotest", "io.mockk", "com.intellij", "org.jetbrains"),
        *(
            "org.apache",
            "org.codehaus",
            "org.gradle",
            "worker.org.gradle",
            "org.eclipse",
            "sbt",
            "xsbt",
            "com.google.common",
        ),
        *(
            "org.springframework",
            "org.hibernate",
            "com.fasterxml",
            "io.netty",
            "reactor",
            "io.projectreactor",
            "io.micrometer",
        ),
        *(
            "org.slf4j",
            "ch.qos.logback",
            "io.undertow",
            "org.jboss",
            "io.quarkus",
            "io.micronaut",
            "io.vertx",
            "com.zaxxer",
        ),
        *(
            "org.postgresql",
            "com.mysql",
            "org.mariadb",
            "org.h2",
            "okhttp3",
            "okio",
            "retrofit2",
            "org.aspectj",
            "io.reactivex",
        ),
    )
)


def plain(line: str) -> str:
    """Return ``line`` without what a build tool or Android's log puts before it."""
    if "[" in line[:13]:
        match = _TOOL_PREFIX.match(line)
    elif any(tag in line[:60] for tag in _LOGCAT_TAGS):
        match = _LOGCAT.match(line)
    else:
        return line
    return line[match.end() :] if match else line


# Stacks of one program have most of their frames in common.
@lru_cache(maxsize=1_000)
def read_frame(text: str, *, needs_at: bool = True) -> StackFrame | None:
    """Return the frame that ``text``, free of indentation, holds; JUnit's console prints none of the words "at"."""
    if text.startswith("at "):
        text = text[3:]
    elif needs_at:
        return None
    match = _FRAME.match(text)
    if match is None:
        return None
    printed = match["call"].removesuffix(" ")
    if printed != match["call"] and not (match["place"] == "Native Method" or language_of(match["file"] or "")):
        # V8 prints a blank there, and so does Maven for its own stacks (Plexus Classworlds).
        return None
    module, _, call = _ADDRESS.sub("", printed).rpartition("/")
    owner, dot, _ = call.rpartition(".")
    if not dot:
        return None
    is_foreign = call.startswith(_FOREIGN) or _FOREIGN_MODULE.match(f"{module}/") is not None
    if match["file"] is None:
        return StackFrame(path=match["place"], lineno=None, function=call, in_app=False)
    package = owner.rpartition(".")[0]
    lineno = int(match["lineno"] or 0)
    # A frame has a file's name; its folder follows from the package, which is where compilers look for it.
    path = f"{package.replace('.', '/')}/{match['file']}" if package else match["file"]
    is_known = language_of(match["file"]) is not None or "." in match["file"]
    return StackFrame(
        path=path, lineno=lineno if lineno > 0 else None, function=call, in_app=is_known and not is_foreign
    )


def language_of(path: str) -> str | None:
    """Return the language of the file at ``path`` by the end of its name; None for another."""
    return _LANGUAGES.get(path[path.rfind(".") :]) if "." in path else None


def make_frame(path: str, lineno: int, colno: int | None = None) -> StackFrame:
    """Return the frame of a place in a file; ``lineno`` and ``colno`` are 1-based, 0 counts as unknown."""
    return StackFrame(path=path, lineno=lineno or None, colno=colno or None)


def with_source(frame: StackFrame, line: str, start: int, end: int) -> StackFrame:
    """Return ``frame`` with the source ``line``, of which ``start`` to ``end`` (0-based, exclusive) are underlined."""
    source = line.strip()
    shift = len(line) - len(line.lstrip())
    first, last = max(start - shift, 0), min(end - shift, len(source))
    is_shown = first < last and not source[first:last].isspace()
    return replace(frame, source_line=source or None, caret=CaretSpan(first, last) if is_shown else None)

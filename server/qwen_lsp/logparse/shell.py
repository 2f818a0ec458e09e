"""Finds what bash, dash, zsh, ksh, fish and bats report anywhere in a log.

Source of the formats: bash's error.c (``parser_error``, ``report_error``) and its catalogues po/*.po; dash's error.c
(``exvwarning2``); zsh's Src/utils.c (``zerrmsg``); ksh93's lib/libast ``errorf``; fish's parser.cpp; bats-core's
libexec/bats-core/bats-exec-test.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse import powershell, shellcheck
from qwen_lsp.logparse.family import Mark, Marks
from qwen_lsp.logparse.scanning import Found, Readers, first_counts, scan
from qwen_lsp.logparse.sighting import Reading, Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

LANGUAGE = "bash"
_WORDS = ("line", "Zeile", "ligne", "línea", "linha", "riga", "linia", "řádek", "rad", "строка", "行")
_BASH = re.compile(
    rf"(?P<path>[^\s:][^:]{{0,500}}): (?:{'|'.join(_WORDS)}) ?(?P<lineno>[0-9]{{1,9}}): +(?P<message>\S.*)$"
)
_DASH = re.compile(r"(?P<path>[^\s:][^:]{0,500}): (?P<lineno>[0-9]{1,9}): (?P<message>\S.*)$")
_ZSH = re.compile(r"(?P<path>[^\s:][^:\s]{0,500})(?::[A-Za-z_][\w-]{0,60})?:(?P<lineno>[0-9]{1,9}): (?P<message>\S.*)$")
_KSH = re.compile(r"(?P<path>[^\s:\[]{1,500})\[(?P<lineno>[0-9]{1,9})\]: (?P<message>\S.*)$")
_KSH_SYNTAX = re.compile(r"(?P<path>[^\s:]{1,500}): (?P<message>syntax error at line (?P<lineno>[0-9]{1,9}): .*)$")
_FISH = re.compile(r"(?P<path>\S{1,500}) \(line (?P<lineno>[0-9]{1,9})\): *$")
_NO_PLACE = re.compile(
    r"-?(?:/\S{0,100}/)?(?:ba|da|z|k|a)?sh: (?:[0-9]{1,4}: )?"
    r"(?P<message>(?:\S{1,200}: (?:command not found|not found|Permission denied)|command not found: \S{1,200}))$"
)
_SHELL = re.compile(r"-?(?:.*/)?(?:ba|da|z|k|a|fi)?sh(?:\.exe)?$|^environment$|^main$|^-c$|^/dev/fd/|^<")
_SHELL_FILE = re.compile(r"\.(?:sh|bash|zsh|ksh|bats|command|bashrc|zshrc|profile|bash_profile|fish|envrc)$")
_PLAIN_FILE = re.compile(r"(?:^|/)[\w-]{1,100}$")
_FOREIGN = re.compile(r"^/usr/(?:bin|sbin|lib|libexec|share)/|^/etc/|^/(?:bin|sbin)/")
# What shells say, without which "path: line 3: words" is anybody's. bash says some of it in the user's language.
_KNOWN = re.compile(
    r"(?:^|: )(?:command )?not found(?:: |$)|unbound variable$|parameter (?:not set|null or not set)"
    r"|(?:^|: )(?i:syntax error)|unexpected (?:EOF|end of file|token|operator)|ambiguous redirect"
    r"|bad (?:substitution|array subscript|interpreter)|too many arguments$|missing `\]'|not a valid identifier"
    r"|(?:unary|binary|conditional|integer|argument) (?:operator |expression )?expected"
    r"|readonly variable|is read only|divi(?:sion|de) by (?:0|zero)|value too great for base"
    r"|numeric argument required|No such file or directory|no such file or directory|Permission denied|cannot execute"
    r"|[Cc]annot (?:open|create|overwrite)|can't (?:cd to|open|shift)|Is a directory$|Text file busy|Exec format error"
    r"|Argument list too long|error token is|^`.*'$|Illegal number|invalid option|parse error|command not found: "
    r"|Kommando nicht gefunden|commande introuvable|orden no encontrada|comando n(?:ão encontrado|on trovato)"
    r"|команда не найдена|未找到命令|コマンドが見つかりません|ist nicht gesetzt|variable sans liaison"
    r"|variable sin asignar"
)
_KILLED = re.compile(
    r"[0-9]{1,8} (?P<signal>Segmentation fault|Aborted|Bus error|Killed|Illegal instruction|Floating point exception"
    r"|Terminated)\b"
)
_TYPES = (
    (
        "command not found",
        re.compile(
            r"(?:^|: )(?:command )?not found\b|Kommando nicht gefunden|commande introuvable|orden no encontrada"
            r"|comando n(?:ão encontrado|on trovato)|команда не найдена|未找到命令|コマンドが見つかりません"
        ),
    ),
    ("unbound variable", re.compile(r"unbound variable|not set$|nicht gesetzt|sans liaison|sin asignar")),
    (
        "syntax error",
        re.compile(r"(?i)^syntax error|^syntaxfehler|^erreur de syntaxe|unexpected (?:EOF|end of file)|parse error"),
    ),
)
_ONLY_SHELLS = re.compile(r": (?:not found|parameter not set)$|Syntax error: ")
_MAX_CHARACTERS = 500
_MAX_BATS_PLACES = 20
_ECHO = re.compile(r"`(?P<source>.*)'$")
_BATS_PLACE = re.compile(
    r"[#\s]*\(?(?:from function `(?P<function>[^']{1,200})' )?in (?:test )?file (?P<path>.{1,500}), "
    r"line (?P<lineno>[0-9]{1,9})[,)]?$"
)
_BATS_FAILED = re.compile(r"[#\s]*`(?P<source>.*)' failed(?P<status> with status [0-9]{1,4})?$")
_BATS_NAME = re.compile(r"(?:not ok [0-9]{1,6} (?:- )?| \u2717 )(?P<test>\S.*?)(?: in [0-9]{1,9}(?:ms|sec))?$")

# What a line of a shell other than bash holds; bash says in which line.
_OTHERS = (
    *("command not found", ": not found", "parameter not set", "parameter null", "parse error", "yntax error"),
    *("arithmetic expression", "division by zero", "divide by zero", "ad substitution", "[: "),
    *(": can't ", ": cannot ", "ermission denied", "o such file or directory"),
)
_AFTER_PLACE = (": [: ", ": arithmetic expression", ": division by zero", ": can't ", ": cannot ", ": Syntax error: ")
_AFTER_BRACKET = r"(?<=[0-9]\]: )(?:\S{1,200}: )?(?:not found|syntax error|\[: |parameter not set|cannot )"

MARKS: Marks = (
    *(Mark(f": {word} ", r"[0-9]{1,9}: ") for word in _WORDS),
    *(
        f": {words}"
        for words in ("not found", "command not found", "parameter not set", "parse error", "parameter null")
    ),
    *(Mark(text, rf"(?<=[0-9]{re.escape(text)})") for text in _AFTER_PLACE),
    *(Mark(f": {letter}ad substitution", r"") for letter in "bB"),
    Mark("]: ", _AFTER_BRACKET),
    ": syntax error at line ",
    "fish: Unknown command",
    "in test file ",
    *shellcheck.MARKS,
    *powershell.MARKS,
)


def read_shell(lines: list[str]) -> Reading:
    """Return every failure of shell scripts that ``lines``, free of terminal noise, report."""
    readers: Readers = (
        *shellcheck.READERS,
        *powershell.READERS,
        ("in test file ", _read_bats),
        *((f": {word} ", _read_bash) for word in _WORDS),
        ("fish: Unknown command", _read_fish),
        *((text, _read_other) for text in _OTHERS),
    )
    return Reading(first_counts(scan(lines, readers).sightings))


def _read_bash(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "deploy.sh: line 4: kubctl: command not found"."""
    line = lines[index].lstrip("# ").rstrip()
    match = _BASH.match(line) if len(line) <= _MAX_CHARACTERS else None
    if match is None or not _is_shell(match["path"], match["message"]):
        return None
    end = index + 1
    failure, weight = _failure(match["path"], match["lineno"], match["message"])
    # bash repeats the line that it cannot read: "syntax.sh: line 3: `fi'".
    again = _BASH.match(lines[end].rstrip()) if end < len(lines) and failure.kind is FailureKind.SYNTAX_ERROR else None
    if again and again["lineno"] == match["lineno"] and (echo := _ECHO.match(again["message"])):
        source = echo["source"].strip() or None
        failure = replace(failure, frames=tuple(replace(frame, source_line=source) for frame in failure.frames))
        end += 1
    return Found.one(failure, weight, index, end)


def _read_other(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of a shell other than bash, or of one without a script."""
    line = lines[index].rstrip()
    if len(line) > _MAX_CHARACTERS or _KNOWN.search(line) is None:
        return None
    if match := _NO_PLACE.match(line):
        return Found.one(*_failure("sh", "0", match["message"]), index, index + 1)
    for pattern in (_DASH, _KSH, _KSH_SYNTAX, _ZSH):
        match = pattern.match(line)
        if match and (
            _SHELL_FILE.search(match["path"]) or _SHELL.match(match["path"]) or _is_plain(match["path"], line)
        ):
            return Found.one(*_failure(match["path"], match["lineno"], match["message"]), index, index + 1)
    return None


def _is_plain(path: str, line: str) -> bool:
    """Return whether ``path`` is a script without an ending: then only what no other program says counts."""
    return "/" in path and _PLAIN_FILE.search(path) is not None and _ONLY_SHELLS.search(line) is not None


def _is_shell(path: str, message: str) -> bool:
    if _SHELL_FILE.search(path):
        return True
    if _KILLED.match(message) is None and _KNOWN.search(message) is None:
        return False
    return bool(_SHELL.match(path) or _PLAIN_FILE.search(path))


def _failure(path: str, lineno: str, message: str) -> tuple[Failure, Weight]:
    """Return the failure at ``path``; a shell that was given commands instead of a file has no place."""
    killed = _KILLED.match(message)
    exception_type = killed["signal"] if killed else _type_of(message)
    is_script = _SHELL.match(path) is None
    frame = StackFrame(path, int(lineno) or None, in_app=_FOREIGN.search(path) is None)
    failure = Failure(
        kind=FailureKind.SYNTAX_ERROR if exception_type == "syntax error" else FailureKind.EXCEPTION,
        exception_type=exception_type,
        message=message,
        frames=(frame,) if is_script else (),
        language=LANGUAGE,
    )
    # A program that a signal ended has its own report, if there is one.
    return failure, Weight.CONSEQUENCE if killed else Weight.UNCAUGHT


def _type_of(message: str) -> str:
    return next((name for name, says in _TYPES if says.search(message)), "error")


def _read_fish(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "fish: Unknown command: kubctl" with place and source below it."""
    message = lines[index].partition("fish: ")[2].strip()
    frames: tuple[StackFrame, ...] = ()
    end = index + 1
    if end < len(lines) and (match := _FISH.match(lines[end])):
        source = lines[end + 1].strip() if end + 1 < len(lines) else ""
        frames = (StackFrame(match["path"], int(match["lineno"]) or None, source_line=source or None),)
        end += 2
    failure = Failure(FailureKind.EXCEPTION, "command not found", message, frames, language="fish")
    return Found.one(failure, Weight.UNCAUGHT, index, end)


def _read_bats(lines: Sequence[str], index: int) -> Found | None:
    """Return the failing test of bats that "(in test file test/shop.bats, line 5)" places."""
    match = _BATS_PLACE.match(lines[index])
    if match is None:
        return None
    failed = _BATS_FAILED.match(lines[index + 1]) if index + 1 < len(lines) else None
    if failed is None:
        return None
    places = [match]
    start = index
    while start > max(index - _MAX_BATS_PLACES, 0) and (above := _BATS_PLACE.match(lines[start - 1])):
        places.append(above)
        start -= 1
    named = _BATS_NAME.match(lines[start - 1]) if start else None
    frames = tuple(StackFrame(one["path"], int(one["lineno"]) or None, None, one["function"]) for one in places)
    frames = (*frames[:-1], replace(frames[-1], source_line=failed["source"].strip() or None))
    failure = Failure(
        kind=FailureKind.ASSERTION,
        exception_type="Failure",
        message=f"`{failed['source']}' failed{failed['status'] or ''}",
        frames=frames,
        test_id=named["test"] if named else None,
        language=LANGUAGE,
    )
    return Found.one(failure, Weight.TEST, start, index + 2)

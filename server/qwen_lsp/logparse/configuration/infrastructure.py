"""What Terraform, Docker's BuildKit, Ansible, yamllint, nginx and templates of Go and Helm refuse.

Source of the formats: Terraform's internal/command/format/diagnostic.go (``Diagnostic``, ``DiagnosticPlain``); buildx
util/progress and solver/errdefs/source.go (``Source.Print``); ansible-core's lib/ansible/errors (``AnsibleError``) and
plugins/callback/default.py; yamllint/cli.py (``Format.parsable``); nginx's src/core/ngx_conf_file.c
(``ngx_conf_log_error``); Go's text/template/exec.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from qwen_lsp.logparse.places import number, with_source
from qwen_lsp.logparse.scanning import Found, Readers
from qwen_lsp.logparse.sighting import Weight
from qwen_lsp.model import Failure, FailureKind, StackFrame

_TERRAFORM = re.compile(r"(?P<bar>\u2502 )?Error: (?P<message>\S.*)$")
_ON = re.compile(
    r"  on (?P<path>\S.{0,500}?\.tf(?:vars|test\.hcl|\.json)?) line (?P<lineno>[0-9]{1,9})(?:, in (?P<block>.*))?:$"
)
_NUMBERED = re.compile(r" {2,8}(?P<lineno>[0-9]{1,9}): ?(?P<text>.*)$")
_DOCKERFILE = re.compile(r"(?P<path>\S{0,400}[Dd]ockerfile\S{0,100}):(?P<lineno>[0-9]{1,9})$")
_DOCKER_RULE = "-" * 20
_DOCKER_SOURCE = re.compile(r" {0,8}[0-9]{1,9} \| >>> (?P<text>.*)$")
_SOLVE = re.compile(r"ERROR: failed to (?:solve|build): (?P<message>\S.*)$")
_PARSE_PLACE = re.compile(r"(?:failed to read dockerfile: )?dockerfile parse error on line [0-9]{1,9}: ")
_COMMAND = re.compile(r'process "(?P<command>.*)" did not complete successfully: ')
_APPEARS = re.compile(
    r"The error appears to (?:be|have been) in '(?P<path>[^'\n]{1,500})': "
    r"line (?P<lineno>[0-9]{1,9}), column (?P<colno>[0-9]{1,9})"
)
_FATAL = re.compile(r"fatal: \[[^\]\n]{1,200}\]: (?P<type>FAILED|UNREACHABLE)! => (?P<details>\{.*)$")
_FAILED = re.compile(r" (?:unreachable|failed)=[1-9]")
_MAX_HOSTS = 1_000
_TASK = re.compile(r"(?:TASK|RUNNING HANDLER) \[(?P<task>.{1,300})\] \*{3}")
_NGINX = re.compile(
    r"(?:.{0,60} )?\[(?P<type>emerg|crit)\] (?P<rest>\S.*) in (?P<path>/\S{1,400}):(?P<lineno>[0-9]{1,9})$"
)
_NGINX_PROCESS = re.compile(r"[0-9]{1,9}#[0-9]{1,9}: ")
_TEMPLATE = re.compile(
    r"(?:.{0,200}: )?template: (?P<path>[\w./-]{1,400}):(?P<lineno>[0-9]{1,9})(?::(?P<colno>[0-9]{1,9}))?: "
    r"(?P<message>\S.*)$"
)
# "The workflow is not valid. .github/workflows/ci.yml (Line: 14, Col: 9): Unexpected value 'stepz'".
_WORKFLOW = re.compile(
    r"(?:.{0,60} )?(?P<path>\.github/\S{1,300}) \(Line: (?P<lineno>[0-9]{1,9}), Col: (?P<colno>[0-9]{1,9})\): "
    r"(?P<message>\S.*)$"
)
_MANIFEST = re.compile(
    r"error: error parsing (?P<path>\S{1,500}): .{0,60}yaml: line (?P<lineno>[0-9]{1,9}): (?P<message>\S.*)$"
)
_YAMLLINT = re.compile(
    r"(?P<path>[^\s:][^:]{0,1000}\.ya?ml):(?P<lineno>[0-9]{1,9}):(?P<colno>[0-9]{1,9}): \[error\] (?P<message>\S.*?) "
    r"\((?P<rule>[a-z][\w-]{1,40})\)$"
)
_MAX_LINES = 40


def read_terraform(lines: Sequence[str], index: int) -> Found | None:
    """Return the error of "Error: message", a place and its source, each behind a bar or none behind one."""
    match = _TERRAFORM.match(lines[index].rstrip())
    if match is None:
        return None
    bar = match["bar"] or ""
    block = [lines[index]]
    for line in lines[index + 1 : index + _MAX_LINES]:
        if (bar and not line.startswith(bar.strip())) or _TERRAFORM.match(line):
            break
        block.append(line.removeprefix(bar.strip()).removeprefix(bar and " ").rstrip())
    at = next((number for number, line in enumerate(block) if _ON.match(line)), None)
    # Without bars an error's end cannot be seen, and "Error: " is anybody's: the place stands right below.
    if (at is None and not bar) or (at is not None and not bar and at > 2):
        return None
    frames: tuple[StackFrame, ...] = ()
    message = [match["message"].strip()]
    details = block[1:]
    if at is not None and (place := _ON.match(block[at])) is not None:
        frame = StackFrame(place["path"], number(place["lineno"]), function=place["block"])
        details = block[at + 1 :]
        while details and (numbered := _NUMBERED.match(details[0])):
            if number(numbered["lineno"]) == frame.lineno:
                frame = with_source(frame, numbered["text"])
            details = details[1:]
        frames = (frame,)
    if bar:
        message += [line.strip() for line in details if line.strip("\u2575 ")]
    failure = _failure("Error", "\n".join(message), frames, "terraform")
    return Found.one(failure, Weight.TEST, index, index + len(block))


def read_dockerfile(lines: Sequence[str], index: int) -> Found | None:
    """Return why the step of "Dockerfile:7", whose source stands between two rules, was not built."""
    match = _DOCKERFILE.match(lines[index].strip())
    if match is None or index + 1 >= len(lines) or not lines[index + 1].startswith(_DOCKER_RULE):
        return None
    frame = StackFrame(match["path"], number(match["lineno"]))
    end = index + 2
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].startswith("ERROR: "):
        if (source := _DOCKER_SOURCE.match(lines[end])) and frame.source_line is None:
            frame = with_source(frame, source["text"])
        end += 1
    solved = _SOLVE.match(lines[end].rstrip()) if end < len(lines) else None
    if solved is None:
        return None
    message = _PARSE_PLACE.sub("", solved["message"])
    is_syntax = message != solved["message"]
    failure = _failure("docker build", message, (frame,), "dockerfile")
    if is_syntax:
        failure = replace(failure, kind=FailureKind.SYNTAX_ERROR)
    # What the command of a step printed says more.
    weight = Weight.CONSEQUENCE if _COMMAND.match(message) else Weight.UNCAUGHT
    return Found.one(failure, weight, index, end + 1)


def read_ansible_place(lines: Sequence[str], index: int) -> Found | None:
    """Return the error whose place "The error appears to be in" names; what it is stands above."""
    match = _APPEARS.match(lines[index])
    if match is None:
        return None
    start = index - 1
    while start > max(0, index - _MAX_LINES) and not lines[start].startswith(("ERROR! ", "[ERROR]: ")):
        start -= 1
    if not lines[start].startswith(("ERROR! ", "[ERROR]: ")):
        return None
    message = [lines[start].partition(" ")[2].strip(), *(line.strip() for line in lines[start + 1 : index])]
    frame = StackFrame(match["path"], number(match["lineno"]), number(match["colno"]))
    end = index + 1
    while end < min(len(lines), index + _MAX_LINES) and not lines[end].rstrip().endswith("^ here"):
        end += 1
    if end < len(lines) and lines[end].rstrip().endswith("^ here"):
        frame = with_source(frame, lines[end - 1], lines[end].partition("here")[0])
        end += 1
    else:
        end = index + 1
    text = "\n".join(line for line in message if line)
    failure = _failure("ansible", text, (frame,), "yaml")
    if "Syntax Error" in text:
        failure = replace(failure, kind=FailureKind.SYNTAX_ERROR)
    return Found.one(failure, Weight.UNCAUGHT, start, end)


class Playbooks:
    """Reads the tasks that failed; whether a play failed stands in its recap, for it may have rescued them."""

    def __init__(self) -> None:
        self._recap: tuple[int, bool] | None = None
        """Where the next recap stands, and whether it counts failures; beyond the end where there is none."""

    def read(self, lines: Sequence[str], index: int) -> Found | None:
        """Return the failure of a task on a host; one that the playbook ignores or rescues is none."""
        match = _FATAL.match(lines[index].rstrip())
        if match is None or (index + 1 < len(lines) and lines[index + 1].startswith("...ignoring")):
            return None
        if self._recap is None or self._recap[0] < index:
            self._recap = _next_recap(lines, index)
        if not self._recap[1]:
            return None
        try:
            details = json.loads(match["details"])
        except (ValueError, RecursionError):
            details = {}
        said = details.get("msg") if isinstance(details, dict) else None
        message = said if isinstance(said, str) and said.strip() else match["details"]
        above = lines[max(0, index - _MAX_LINES) : index]
        task = next((found["task"] for line in reversed(above) if (found := _TASK.match(line))), None)
        failure = replace(_failure(match["type"], message, (), "yaml"), test_id=task)
        return Found.one(failure, Weight.UNCAUGHT, index, index + 1)


def _next_recap(lines: Sequence[str], index: int) -> tuple[int, bool]:
    """Return where the first recap from ``index`` on stands, and whether it counts a failure; a missing one does."""
    start = index
    while start < len(lines) and not lines[start].startswith("PLAY RECAP "):
        start += 1
    hosts = [line for line in lines[start + 1 : start + 1 + _MAX_HOSTS] if " failed=" in line]
    return start, not hosts or any(_FAILED.search(line) for line in hosts)


def read_nginx(lines: Sequence[str], index: int) -> Found | None:
    """Return what nginx refuses in its configuration."""
    match = _NGINX.match(lines[index].rstrip())
    if match is None:
        return None
    frame = StackFrame(match["path"], number(match["lineno"]))
    failure = _failure(match["type"], _NGINX_PROCESS.sub("", match["rest"]), (frame,), "nginx")
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)


def read_template(lines: Sequence[str], index: int) -> Found | None:
    """Return what a template of Go, as Helm uses them, could not fill in."""
    match = _TEMPLATE.match(lines[index].rstrip())
    if match is None:
        return None
    # text/template counts columns from 0.
    colno = int(match["colno"]) + 1 if match["colno"] else None
    frame = StackFrame(match["path"], number(match["lineno"]), colno)
    failure = _failure("template", match["message"], (frame,), "text")
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)


def read_yamllint(lines: Sequence[str], index: int) -> Found | None:
    """Return what yamllint finds, in its parsable format."""
    match = _YAMLLINT.match(lines[index].rstrip())
    if match is None:
        return None
    frame = StackFrame(match["path"], number(match["lineno"]), number(match["colno"]))
    failure = _failure(match["rule"], match["message"], (frame,), "yaml")
    if match["rule"] == "syntax":
        failure = replace(failure, kind=FailureKind.SYNTAX_ERROR)
    return Found.one(failure, Weight.TEST, index, index + 1)


def read_workflow(lines: Sequence[str], index: int) -> Found | None:
    """Return what GitHub refuses in a workflow, or kubectl in a manifest."""
    match = _WORKFLOW.match(lines[index].rstrip()) or _MANIFEST.match(lines[index].rstrip())
    if match is None:
        return None
    colno = number(match.groupdict().get("colno") or "")
    frame = StackFrame(match["path"], number(match["lineno"]), colno)
    failure = replace(_failure("error", match["message"], (frame,), "yaml"), kind=FailureKind.SYNTAX_ERROR)
    return Found.one(failure, Weight.UNCAUGHT, index, index + 1)


def _failure(exception_type: str, message: str, frames: tuple[StackFrame, ...], language: str) -> Failure:
    return Failure(FailureKind.EXCEPTION, exception_type, message, frames, language=language)


def readers() -> Readers:
    """Return the readers for one log."""
    return (
        ("Error: ", read_terraform),
        ("ockerfile", read_dockerfile),
        ("The error appears to ", read_ansible_place),
        ("! => {", Playbooks().read),
        ("[emerg] ", read_nginx),
        ("[crit] ", read_nginx),
        ("template: ", read_template),
        (": [error] ", read_yamllint),
        (" (Line: ", read_workflow),
        ("error: error parsing ", read_workflow),
    )

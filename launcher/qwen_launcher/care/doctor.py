"""All checks in order of cause, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qwen_launcher.care import checks_installed, checks_machine, checks_running
from qwen_launcher.care.findings import Check, Finding, Result, Situation, Status, fail
from qwen_launcher.errors import LauncherError
from qwen_launcher.planning import plan
from qwen_launcher.versions import FILE, read_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qwen_launcher.folders import Folders
    from qwen_launcher.hardware import Hardware

CHECKS = (
    Check("versions", checks_machine.versions),
    Check("clock", checks_machine.clock),
    Check("disk space", checks_machine.disk),
    Check("memory", checks_machine.memory),
    Check("processor", checks_machine.processor),
    Check("GPU", checks_machine.gpu),
    Check("preset", checks_machine.preset, ("memory", "processor", "GPU")),
    Check("folders", checks_installed.folders),
    Check("socket path", checks_running.socket_path),
    Check("loopback", checks_running.loopback),
    Check("Python", checks_machine.python),
    Check("pip", checks_machine.pip, ("clock", "Python")),
    Check("engine", checks_installed.engine, ("disk space", "folders", "Python", "pip")),
    Check("model", checks_installed.model, ("disk space", "folders", "engine", "pip")),
    Check("caches", checks_installed.caches),
    Check("locks", checks_running.locks),
    Check("state files", checks_running.state_files, ("folders",)),
    Check("supervisor", checks_running.supervisor, ("disk space", "folders", "socket path", "engine", "model")),
    Check("backend", checks_running.backend, ("memory", "loopback", "engine", "model", "supervisor")),
    Check("last log", checks_running.last_log, ("disk space", "memory", "GPU", "engine", "model")),
)
"""A cause stands before what it explains, so the first trouble in the list is the first to be mended."""


def situation_of(folders: Folders, hardware: Hardware, *, full: bool) -> Situation:
    """Return what the checks look at; the preset is that of the version that would be served."""
    try:
        preset, _model = plan(read_versions(folders.data / FILE).served, hardware, folders)
        return Situation(folders, hardware, preset, None, full)
    except LauncherError as error:
        return Situation(folders, hardware, None, str(error), full)


def examine(situation: Situation, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """Return the finding of each check, in order; a check that fails itself is a finding too."""
    findings: dict[str, Finding] = {}
    for check in checks:
        result = _run(check, situation)
        in_trouble = [name for name in check.causes if name in findings and findings[name].status is not Status.OK]
        follows_from = tuple(in_trouble) if result.status is not Status.OK else ()
        findings[check.name] = Finding(check.name, result.status, result.finding, result.remedy, follows_from)
    return list(findings.values())


def _run(check: Check, situation: Situation) -> Result:
    try:
        return check.run(situation)
    except LauncherError as error:
        what, _, remedy = str(error).rpartition("; ")
        return fail(what or remedy, remedy)
    except Exception as error:  # noqa: BLE001 - the doctor must examine the rest of a broken machine too
        return fail(
            f"the check itself failed: {type(error).__name__}: {error}",
            "attach the report (`qwen-launcher doctor --report FILE`) to a bug report",
        )


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Return whether nothing keeps the backend from working; warnings do not."""
    return all(finding.status is not Status.FAIL for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """Return in a sentence or two what is wrong and what to do first."""
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    warned = [finding for finding in findings if finding.status is Status.WARN]
    if not failed and not warned:
        return "Nothing is wrong."
    first = _root(failed[0] if failed else warned[0], findings)
    counts = [f"{len(failed)} wrong"] * bool(failed) + [f"{len(warned)} to look at"] * bool(warned)
    names = ", ".join(finding.name for finding in (failed or warned))
    return f"{' and '.join(counts)} ({names}). First: {first.name}: {first.finding}. What to do: {first.remedy}."


def _root(finding: Finding, findings: Sequence[Finding]) -> Finding:
    """Return the trouble at the bottom of `finding`: its first cause's first cause, and so on."""
    by_name = {other.name: other for other in findings}
    while finding.follows_from:
        finding = by_name[finding.follows_from[0]]
    return finding

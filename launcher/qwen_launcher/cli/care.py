"""Commands that look after an installation: doctor, logs, gc."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_launcher import hardware
from qwen_launcher.care import doctor, garbage, logs, report
from qwen_launcher.care.findings import Status
from qwen_launcher.cli.terminal import positive
from qwen_launcher.errors import LauncherError
from qwen_launcher.progress import megabytes

if TYPE_CHECKING:
    import argparse

    from qwen_launcher.care.findings import Finding
    from qwen_launcher.care.garbage import Garbage
    from qwen_launcher.cli.terminal import Commands, Terminal

MARKS = {Status.OK: "ok  ", Status.WARN: "WARN", Status.FAIL: "FAIL"}


class NotConfirmedError(LauncherError):
    """Nobody can be asked, so nothing is removed."""


def add(commands: Commands) -> None:
    """Add the commands of this group."""
    check = commands.add_parser("doctor", help="check machine and installation; exit code 1: something is wrong")
    check.add_argument("--json", action="store_true", help="machine-readable")
    check.add_argument("--report", type=Path, metavar="FILE", help="write all of it and the logs, with secrets masked")
    check.add_argument("--full", action="store_true", help="also hash the model and ask pip's index (takes time)")
    check.set_defaults(run=_doctor)
    show = commands.add_parser("logs", help="print the engine's log")
    which = show.add_mutually_exclusive_group()
    which.add_argument("-f", "--follow", action="store_true", help="go on with what is added, until Ctrl-C")
    which.add_argument("--previous", action="store_true", help="the log of the start before")
    show.add_argument("-n", "--lines", type=positive, metavar="LINES", help="only the last ones; default: all")
    show.set_defaults(run=_logs)
    collect = commands.add_parser("gc", help="remove engines, models, downloads and caches that are of no more use")
    collect.add_argument("--yes", action="store_true", help="do not ask")
    collect.add_argument("--dry-run", action="store_true", help="only show what would be removed")
    collect.set_defaults(run=_gc)


def _doctor(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.report is not None:
        report.check_free(options.report)
    # The check of the state files says what its reader would log, and says it once.
    logging.getLogger("qwen_launcher.state").setLevel(logging.CRITICAL)
    terminal.progress.update("examining")
    situation = doctor.situation_of(terminal.folders, hardware.detect(), full=options.full)
    findings = doctor.examine(situation)
    if options.report is not None:
        report.write(options.report, report.compose(situation, findings, os.environ))
    terminal.progress.clear()
    healthy = doctor.is_healthy(findings)
    if options.json:
        described = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": healthy, "summary": doctor.summary(findings), "findings": described}, indent=2))
    else:
        for finding in findings:
            _print(finding)
        print(f"\n{doctor.summary(findings)}")
    if options.report is not None:
        print(f"report: {options.report} (secrets are masked; read it before you give it to others)", file=sys.stderr)
    return 0 if healthy else 1


def _print(finding: Finding) -> None:
    print(f"{MARKS[finding.status]} {finding.name}: {finding.finding}")
    if finding.remedy:
        print(f"       what to do: {finding.remedy}")
    if finding.follows_from:
        print(f"       may follow from: {', '.join(finding.follows_from)}")


def _logs(options: argparse.Namespace, terminal: Terminal) -> int:
    folders = terminal.folders
    try:
        if options.follow:
            logs.follow(folders.log, options.lines, _emit, lambda: _tell_missing(folders.log))
        else:
            logs.show(folders.previous_log if options.previous else folders.log, options.lines, _emit)
    except BrokenPipeError:
        # `logs | head`: the reader has enough. Python would complain when it closes the pipe at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        if not options.follow:
            raise
    return 0


def _emit(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _tell_missing(log: Path) -> None:
    print(f"qwen-launcher: there is no log at {log} yet; waiting for an engine to start", file=sys.stderr, flush=True)


def _gc(options: argparse.Namespace, terminal: Terminal) -> int:
    folders = terminal.folders
    if not folders.data.is_dir() and not folders.cache.is_dir():
        print("nothing to remove: nothing is installed")
        return 0
    folders.make()
    preset = doctor.situation_of(folders, hardware.detect(), full=False).preset
    with garbage.only_one(folders):
        found = garbage.find(folders, preset)
        removable = [item for item in found if item.kept_because is None]
        for item in found:
            stays = f" - stays: {item.kept_because}" if item.kept_because else ""
            print(f"{megabytes(item.size_bytes):>8}  {item.path}\n          {item.why}{stays}")
        total = megabytes(sum(item.size_bytes for item in removable))
        if not removable:
            print("nothing to remove")
            return 0
        if options.dry_run:
            print(f"{total} can be freed; nothing was removed")
            return 0
        if not options.yes and not _is_confirmed(total):
            print("nothing was removed")
            return 0
        return _remove(removable, terminal)


def _is_confirmed(total: str) -> bool:
    if not sys.stdin.isatty():
        raise NotConfirmedError("nobody can be asked here, so nothing was removed; give --yes, or --dry-run to look")
    try:
        return input(f"Remove this ({total})? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _remove(items: list[Garbage], terminal: Terminal) -> int:
    freed, failed = 0, False
    for item in items:
        terminal.progress.update(f"removing {item.path}")
        try:
            garbage.remove(item, terminal.folders)
            freed += item.size_bytes
        except garbage.InUseError as error:
            terminal.progress.clear()
            print(error)
        except OSError as error:
            terminal.progress.clear()
            print(f"{error.filename or item.path} cannot be removed: {error.strerror}; check its permissions")
            failed = True
    terminal.progress.clear()
    print(f"freed {megabytes(freed)}")
    return 1 if failed else 0

"""``qwen-lsp run``: a command in the user's terminal, and the diagnosis when it fails."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from qwen_lsp.cli.common import UnusableFolderError, fail, folders, resolved_settings
from qwen_lsp.cli.diagnose import diagnose_log
from qwen_lsp.cli.terminal import Finished, run_through
from qwen_lsp.messages import say
from qwen_lsp.rerun import Command
from qwen_lsp.settings import Settings

if TYPE_CHECKING:
    from qwen_lsp.cli.watching import Watcher

# POSIX.1-2017, XCU 2.8.2.
CANNOT_EXECUTE, NOT_FOUND = 126, 127


def run(options: argparse.Namespace) -> int:
    """Run the command of ``options``, diagnose its output if it fails, and return the command's own exit code."""
    try:
        cwd, root = folders(options)
    except UnusableFolderError as error:
        return fail(str(error))
    settings = resolved_settings()
    watcher = _watcher(root) if options.watch else None
    while True:
        try:
            with watcher.during_run() if watcher is not None else contextlib.nullcontext():
                finished = run_through(options.program)
        except OSError as error:
            fail(f"{options.program[0]} cannot be started ({error.strerror})")
            return NOT_FOUND if isinstance(error, FileNotFoundError) else CANNOT_EXECUTE
        if finished.was_interrupted:
            return finished.exit_code
        try:
            if watcher is None:
                asyncio.run(_diagnose(finished, options, settings, cwd, root))
                return finished.exit_code
            changed = watcher.missed or asyncio.run(
                _diagnose_until_change(finished, options, settings, cwd, root, watcher)
            )
            # Sets the next run apart from what stands there, too.
            name = os.path.relpath(changed, root)
            print(say("qwen-lsp: {file} has changed, running again", file=name), file=sys.stderr)
        except KeyboardInterrupt:
            if watcher is not None:
                raise
            return finished.exit_code  # the user did not wait for the diagnosis
        except OSError as error:
            fail(f"{error.filename or 'the output'} cannot be written ({error.strerror})")
            return finished.exit_code


async def _diagnose(finished: Finished, options: argparse.Namespace, settings: Settings, cwd: Path, root: Path) -> None:
    if finished.returncode != 0:
        with _report(options) as out:
            if options.format == "text":
                print(file=out)  # apart from what the command has printed
            command = Command(tuple(options.program), cwd)
            await diagnose_log(finished.output, command, options, settings, cwd, root, out)


async def _diagnose_until_change(
    finished: Finished, options: argparse.Namespace, settings: Settings, cwd: Path, root: Path, watcher: Watcher
) -> str:
    """Diagnose, and return the path of a file of the workspace when it has changed, also in the middle of it."""
    changed = asyncio.ensure_future(watcher.next_change())
    diagnosing = asyncio.ensure_future(_diagnose(finished, options, settings, cwd, root))
    await asyncio.wait({changed, diagnosing}, return_when=asyncio.FIRST_COMPLETED)
    if changed.done():
        diagnosing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await diagnosing
    else:
        await diagnosing
        print(say("qwen-lsp: waiting for a change below {folder}; Ctrl-C ends", folder=root), file=sys.stderr)
    return await changed


def _watcher(root: Path) -> Watcher:
    from qwen_lsp.cli.watching import Watcher  # not for those who do not watch

    return Watcher(root)


@contextmanager
def _report(options: argparse.Namespace) -> Iterator[TextIO]:
    """Yield where the diagnosis goes: stdout is the command's."""
    if options.output is None:
        yield sys.stderr
    else:
        with options.output.open("w", encoding="utf-8") as file:
            yield file

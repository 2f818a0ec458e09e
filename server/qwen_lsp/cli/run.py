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
from typing import TextIO

from qwen_lsp.cli.common import UnusableFolderError, fail, folders, resolved_settings
from qwen_lsp.cli.diagnose import diagnose_log
from qwen_lsp.cli.terminal import Finished, run_through
from qwen_lsp.messages import say
from qwen_lsp.rerun import Command
from qwen_lsp.settings import Settings

# POSIX.1-2017, XCU 2.8.2.
CANNOT_EXECUTE, NOT_FOUND = 126, 127

_DEBOUNCE_MS = 300


def run(options: argparse.Namespace) -> int:
    """Run the command of ``options``, diagnose its output if it fails, and return the command's own exit code."""
    try:
        cwd, root = folders(options)
    except UnusableFolderError as error:
        return fail(str(error))
    settings = resolved_settings()
    while True:
        try:
            finished = run_through(options.program)
        except OSError as error:
            fail(f"{options.program[0]} cannot be started ({error.strerror})")
            return NOT_FOUND if isinstance(error, FileNotFoundError) else CANNOT_EXECUTE
        if finished.was_interrupted:
            return finished.exit_code
        try:
            if not options.watch:
                asyncio.run(_diagnose(finished, options, settings, cwd, root))
                return finished.exit_code
            changed = asyncio.run(_diagnose_until_change(finished, options, settings, cwd, root))
            # Sets the next run apart from what stands there, too.
            name = os.path.relpath(changed, root)
            print(say("qwen-lsp: {file} has changed, running again", file=name), file=sys.stderr)
        except KeyboardInterrupt:
            if options.watch:
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
    finished: Finished, options: argparse.Namespace, settings: Settings, cwd: Path, root: Path
) -> str:
    """Diagnose, and return the path of a file of the workspace when it has changed, also in the middle of it."""
    import watchfiles  # not for those who do not watch

    changes = watchfiles.awatch(root, debounce=_DEBOUNCE_MS)
    changed = asyncio.ensure_future(anext(changes))
    diagnosing = asyncio.ensure_future(_diagnose(finished, options, settings, cwd, root))
    await asyncio.wait({changed, diagnosing}, return_when=asyncio.FIRST_COMPLETED)
    if changed.done():
        diagnosing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await diagnosing
    else:
        await diagnosing
        print(say("qwen-lsp: waiting for a change below {folder}; Ctrl-C ends", folder=root), file=sys.stderr)
    _, path = min(await changed)
    return path


@contextmanager
def _report(options: argparse.Namespace) -> Iterator[TextIO]:
    """Yield where the diagnosis goes: stdout is the command's."""
    if options.output is None:
        yield sys.stderr
    else:
        with options.output.open("w", encoding="utf-8") as file:
            yield file

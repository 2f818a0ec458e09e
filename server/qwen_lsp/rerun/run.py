"""Run the failed command again, with limits, and say how it went."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.rerun.command import Command, environment
from qwen_lsp.rerun.inside import NOT_POSSIBLE
from qwen_lsp.rerun.sandbox import CannotRerunError, sandbox

_KEPT_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a rerun may take, in seconds."""

    wall_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the command ended; ``output`` is the last megabyte of stdout and stderr as they came.

    ``exit_code`` is None where the time ran out.
    """

    exit_code: int | None
    output: str
    is_isolated: bool

    @property
    def passes(self) -> bool:
        """Whether the command succeeded."""
        return self.exit_code == 0


async def rerun(
    command: Command, roots: Sequence[Path], changes: Mapping[Path, bytes], limits: Limits | None = None
) -> Outcome:
    """Return how ``command`` ends in a copy of the workspace in which the files of ``changes`` are as given.

    Cancelling ends the command and everything it started.

    Raises:
        CannotRerunError: no copy can be made or the copy's shell cannot be started; says why.
    """
    if os.name != "posix":
        message = "programs are rerun on Linux and macOS only"
        raise CannotRerunError(message)
    with contextlib.ExitStack() as stack:
        box = await asyncio.to_thread(stack.enter_context, sandbox(command, roots, changes))
        # A task of its own: cancelled within it, asyncio would end the command but not what that had started by then.
        starting = asyncio.create_task(_start(box.argv, environment(roots, os.environ)))
        try:
            async with asyncio.timeout((limits or Limits()).wall_s):
                process = await asyncio.shield(starting)
                output = await _tail(process.stdout)
                exit_code = await process.wait()
        except TimeoutError:
            return Outcome(None, "", box.is_isolated)
        except OSError as error:
            message = f"{box.argv[0]} cannot be started ({error.strerror})"
            raise CannotRerunError(message) from error
        finally:
            await asyncio.shield(_end(starting))
        if exit_code == NOT_POSSIBLE:
            message = f"the copy of the workspace cannot be set up ({output.strip()[-300:]})"
            raise CannotRerunError(message)
        return Outcome(exit_code, output, box.is_isolated)


async def _start(argv: Sequence[str], environ: Mapping[str, str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environ,
        start_new_session=True,
    )


async def _end(starting: asyncio.Task[Process]) -> None:
    """End the process and its group, once it has been started."""
    with contextlib.suppress(OSError):
        process = await starting
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _tail(stream: asyncio.StreamReader | None) -> str:
    """Return the end of what ``stream`` gives, once it is closed."""
    kept = b""
    while stream is not None and (piece := await stream.read(_PIECE_BYTES)):
        kept = (kept + piece)[-_KEPT_BYTES:]
    return kept.decode("utf-8", "replace")

"""One engine, from its start to its end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from qwen_launcher.enginelog import WRAPPER, explain_failure, read_tail, stage_of
from qwen_launcher.errors import WHAT_TO_DO, BackendStartError
from qwen_launcher.health import generates, served_context
from qwen_launcher.process import end, spawn
from qwen_launcher.state import BACKEND, STARTING, BackendState, is_alive, read_state, write_state
from qwen_launcher.supervisor.snapshot import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_launcher.command import LaunchConfig
    from qwen_launcher.engine import Engine
    from qwen_launcher.folders import Folders

POLL_INTERVAL_S = 0.5
LOG_LINES_SHOWN = 15


class EngineRun:
    """An engine that this supervisor started, or that an earlier one left behind and this one adopted."""

    def __init__(self, state: BackendState, folders: Folders, guard: asyncio.subprocess.Process | None) -> None:
        self.state = state
        self._folders = folders
        self._guard = guard
        """None for an adopted engine: only a parent is told how its child ended."""

    @classmethod
    async def launch(cls, config: LaunchConfig, engine: Engine, folders: Folders) -> EngineRun:
        """Start an engine; it is not ready yet.

        Raises:
            BackendStartError: its program cannot be run.
        """
        state, guard = await spawn(config, engine, folders)
        write_state(folders.run / STARTING, state)
        return cls(state, folders, guard)

    async def wait_until_ready(self, on_stage: Callable[[Phase, str, int | None], None], timeout_s: float) -> None:
        """Wait until the engine has generated a token and is known to everybody by its state file.

        Ready means: its process is alive, its port answers for the right model, and a token came out.

        Raises:
            BackendStartError: the engine ended or was not ready after `timeout_s`; its log's reason is in the message.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            if self.has_ended():
                raise BackendStartError(await self.explain_end("while starting"))
            context = await asyncio.to_thread(served_context, self.state)
            if context is not None and await asyncio.to_thread(generates, self.state):
                break
            if time.monotonic() > deadline:
                raise BackendStartError(self._explain(f"the engine was not ready after {timeout_s:.0f} s", None))
            text = read_tail(self._folders.log)
            if WRAPPER.search(text):
                # Its processes may take a minute to end; what there is to say is in the log.
                raise BackendStartError(self._explain(f"the engine (process {self.state.pid}) gave up", None))
            stage = stage_of(text)
            on_stage(Phase(stage.state), stage.detail, stage.percent)
            await asyncio.sleep(POLL_INTERVAL_S)
        self.state = replace(self.state, max_model_len=context)
        write_state(self._folders.run / BACKEND, self.state)
        (self._folders.run / STARTING).unlink(missing_ok=True)

    def has_ended(self) -> bool:
        """Return whether the engine's first process is gone."""
        return (self._guard is not None and self._guard.returncode is not None) or not is_alive(self.state)

    async def wait_for_end(self) -> None:
        """Return when the engine's first process is gone."""
        while not self.has_ended():  # noqa: ASYNC110 - the end of an adopted process is no event to us
            await asyncio.sleep(POLL_INTERVAL_S)

    async def explain_end(self, when: str) -> str:
        """Return for people why the engine, which has ended, did so; `when` is part of the sentence."""
        exit_code = None
        if self._guard is not None:
            code = await self._guard.wait()
            exit_code = 128 - code if code > 128 else code
        ending = "" if exit_code is None else f" (exit code {exit_code})"
        return self._explain(f"the engine (process {self.state.pid}) ended {when}{ending}", exit_code)

    def _explain(self, what: str, exit_code: int | None) -> str:
        text = read_tail(self._folders.log)
        failure = explain_failure(text, exit_code)
        last = "\n".join(f"  {line}" for line in text.splitlines()[-LOG_LINES_SHOWN:])
        log = self._folders.log
        return f"{what}: {failure.why}\n{WHAT_TO_DO} {failure.remedy}\nThe last lines of {log}:\n{last}"

    async def end(self) -> None:
        """End all of the engine's processes and remove its state files.

        Raises:
            BackendStartError: some survive even SIGKILL.
        """
        await asyncio.to_thread(end, self.state)
        if self._guard is not None:
            await self._guard.wait()
        for name in (BACKEND, STARTING):
            (self._folders.run / name).unlink(missing_ok=True)


def clean_up(folders: Folders) -> bool:
    """End what is left of earlier backends and remove their state; return whether anything ran.

    That is: an engine that was not ready when its supervisor was killed, one that answers no more, and children of a
    killed API server.
    """
    ended = False
    for name in (STARTING, BACKEND):
        path = folders.run / name
        state = read_state(path)
        if state is not None:
            ended = end(state) or ended
        path.unlink(missing_ok=True)
    folders.api_key.unlink(missing_ok=True)
    return ended

"""Makes ready what a start needs: engine, model, port. Downloads run in a process of their own that can be ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from qwen_launcher.engine import Engine, find_engine
from qwen_launcher.errors import WHAT_TO_DO, LauncherError
from qwen_launcher.hardware import detect
from qwen_launcher.planning import installed_engine, launch_config, plan
from qwen_launcher.process import check_port
from qwen_launcher.supervisor.snapshot import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_launcher.command import LaunchConfig
    from qwen_launcher.folders import Folders
    from qwen_launcher.versions import Version

MAX_LINE_BYTES = 1 << 20


async def prepare(
    version: Version, folders: Folders, on_stage: Callable[[Phase, str, int | None], None], *, download: bool
) -> tuple[LaunchConfig, Engine]:
    """Return the configuration that serves `version`, and its engine; `download` allows to fetch what is missing.

    Raises:
        LauncherError: this machine cannot serve it, something is missing and cannot be had, or the port is taken.
    """
    await asyncio.to_thread(folders.make)
    hardware = await asyncio.to_thread(detect)
    preset, model = plan(version, hardware, folders)
    engine = installed_engine(preset, model, folders)
    if engine is None:
        if not download:
            raise LauncherError(
                f"{model.served_name} and its engine are not installed\n"
                f"{WHAT_TO_DO} run `qwen-launcher start`, which downloads and starts them"
            )
        await _pull(version, on_stage)
        # Of a hub model only the engine: that fetches the model itself when it starts.
        engine = find_engine(preset.engine, folders.engines)
    if engine is None:
        raise LauncherError(f"{folders.engines} lost the engine; run `qwen-launcher pull`")
    if version.port is not None:
        check_port(version.port)
    return launch_config(version, preset, model, engine, hardware, folders), engine


async def _pull(version: Version, on_stage: Callable[[Phase, str, int | None], None]) -> None:
    arguments = ["pull", "--json", *([version.model] if version.model else [])]
    if version.engine is not None:
        arguments += ["--engine", version.engine]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "qwen_launcher", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        limit=MAX_LINE_BYTES,
    )
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for
    error = "`qwen-launcher pull` ended without a word"
    try:
        async for line in process.stdout:
            message = json.loads(line)
            if "error" in message:
                error = message["error"]
            else:
                on_stage(Phase(message["state"]), message["detail"], message["percent"])
        code = await process.wait()
    finally:
        # Also when this start is cancelled: pip and the converter are in its process group.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    if code != 0:
        raise LauncherError(error)

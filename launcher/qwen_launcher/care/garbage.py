"""What takes space and is of no more use, and how it is removed."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from qwen_launcher.care.usage import PathUse, live_states, lock_holder, size_bytes, user_of, uses_of
from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE, CUDA_ENGINE
from qwen_launcher.engine import MARKER
from qwen_launcher.errors import LauncherError
from qwen_launcher.locks import file_lock
from qwen_launcher.models import is_installed
from qwen_launcher.versions import FILE as VERSIONS
from qwen_launcher.versions import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qwen_launcher.folders import Folders
    from qwen_launcher.presets import Preset

BUILDS = (CPU_ENGINE, CUDA_ENGINE)
REMOVING = ".removing-"
COMPILED_SUFFIXES = (".so", ".cpp")


class InUseError(LauncherError):
    """Somebody uses or makes it at this moment; nothing was removed."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Something that can go. `lock` is what its maker holds; `kept_because` says why it must stay for now."""

    path: Path
    why: str
    size_bytes: int
    lock: Path | None = None
    kept_because: str | None = None


def subfolders(root: Path) -> list[Path]:
    """Return the visible folders in `root` (also links to folders), in order of name."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def find(folders: Folders, preset: Preset | None) -> list[Garbage]:
    """Return all that can go, with what must stay for now marked; nothing is changed.

    `preset` tells which model this machine uses.
    """
    uses = uses_of(folders.data, folders.cache)
    candidates = [*_engines(folders), *_models(folders, preset), *_left_half_removed(folders), *_logs(folders)]
    judged = [_judge(item, folders, uses) for item in candidates]
    gone = {item.path.name for item in judged if item.path.parent == folders.engines and item.kept_because is None}
    return judged + [_judge(item, folders, uses) for item in _compiled(folders, gone)]


def _item(path: Path, why: str, lock: Path | None = None) -> Garbage:
    return Garbage(path, why, size_bytes(path), lock)


def _engines(folders: Folders) -> Iterator[Garbage]:
    current = {build.folder_name for build in BUILDS} | named_versions(folders)
    for folder in subfolders(folders.engines):
        lock = folders.engines / f"{folder.name}.lock"
        if not (folder / MARKER).is_file():
            yield _item(folder, "an engine whose installation was interrupted", lock)
        elif folder.name not in current:
            yield _item(folder, "an engine of another version than the present one", lock)


def _models(folders: Folders, preset: Preset | None) -> Iterator[Garbage]:
    models = folders.models
    wanted = named_versions(folders) | ({preset.model} if preset is not None else set())
    for folder in subfolders(models):
        lock = models / f"{folder.name}.lock"
        if folder.name not in CATALOGUE:
            if folder.name not in wanted:
                yield _item(folder, "a model that this version does not know", lock)
        elif not is_installed(CATALOGUE[folder.name], models):
            yield _item(folder, "a model made by another version, which would be made anew", lock)
        elif folder.name not in wanted:
            yield _item(folder, "a model that this machine does not use by default", lock)
    for folder in sorted(models.glob(".*.unfinished")):
        name = folder.name.removeprefix(".").removesuffix(".unfinished")
        yield _item(folder, "a conversion that was interrupted", models / f"{name}.lock")
    downloads = models / ".download"
    for folder in subfolders(downloads):
        yield _item(folder, "a download that was interrupted", models / f"{folder.name}.lock")


def _left_half_removed(folders: Folders) -> Iterator[Garbage]:
    for root in _roots(folders):
        for path in sorted(root.glob(f"{REMOVING}*")):
            yield _item(path, "a removal that was interrupted")


def _roots(folders: Folders) -> tuple[Path, ...]:
    compiled = folders.compile_cache / "torch_compile_cache"
    downloads = folders.models / ".download"
    return folders.engines, folders.models, downloads, compiled, compiled / "torch_aot_compile", folders.run


def _logs(folders: Folders) -> Iterator[Garbage]:
    for path in sorted(folders.run.glob("*.log.*")):
        yield _item(path, "the log of an earlier start")


def _compiled(folders: Folders, gone: set[str]) -> Iterator[Garbage]:
    """Yield what was compiled for engines that are not there, or are in `gone`.

    Compiled code names the engine's folder, whose headers and libraries it was made with; what names none is kept.
    """
    present = {folder.name for folder in subfolders(folders.engines)} - gone
    root = folders.compile_cache / "torch_compile_cache"
    engine = re.compile(re.escape(os.fsencode(folders.engines)) + rb"/([\w.+-]+)/")
    for entry in [path for path in subfolders(root) if path.name != "torch_aot_compile"] + subfolders(
        root / "torch_aot_compile"
    ):
        named = _engines_named_in(entry, engine)
        if named and not named & present:
            yield _item(entry, f"compiled for {', '.join(sorted(named))}, which is not installed")


def _engines_named_in(entry: Path, engine: re.Pattern[bytes]) -> set[str]:
    for folder, _folders, files in os.walk(entry):
        for name in files:
            if name.endswith(COMPILED_SUFFIXES):
                with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123 - os.walk gives strings
                    named = {os.fsdecode(found) for found in engine.findall(file.read())}
                if named:
                    # One file is enough: an entry is made by one engine.
                    return named
    return set()


def named_versions(folders: Folders) -> set[str]:
    """Return the names of the models and of the engines' folders that the stable and the latest version use.

    Raises:
        InUseError: the file is there and cannot be read, so nobody knows what is in use.
    """
    path = folders.data / VERSIONS
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
        versions = [Version.from_json(one) for one in (loaded["stable"], loaded["latest"]) if one is not None]
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        # `read_versions` would answer with the defaults, and what is in use would go.
        raise InUseError(
            f"{path} cannot be read ({error}), so what is in use is not known; repair or remove it"
        ) from error
    models = {Path(version.model).name for version in versions if version.model}
    engines = {f"{build.name}-{version.engine}" for version in versions if version.engine for build in BUILDS}
    return models | engines


def _judge(item: Garbage, folders: Folders, uses: list[PathUse]) -> Garbage:
    """Return `item`, marked when somebody uses it or makes it."""
    because = None
    holder = lock_holder(item.lock) if item.lock is not None else None
    pid = user_of(item.path, uses)
    if holder is not None:
        because = f"process {holder} is making it"
    elif pid is not None:
        because = f"process {pid} uses it"
    elif item.path.parent == folders.models and item.path.name in {state.model for state in live_states(folders)}:
        because = "the running backend serves it"
    return replace(item, kept_because=because)


def remove(item: Garbage, folders: Folders) -> None:
    """Remove `item`, all or nothing: it is renamed first, so that being killed leaves nothing that looks whole.

    Raises:
        InUseError: it came into use since it was found; it is untouched.
        OSError: it cannot be renamed (then it is untouched) or not all of it deleted (the rest is found next time).
    """
    with _held(item.lock):
        # The lock is ours by now, so it says nothing about others.
        judged = _judge(replace(item, lock=None), folders, uses_of(folders.data, folders.cache))
        if judged.kept_because is not None:
            raise InUseError(f"{item.path} stays: {judged.kept_because}")
        doomed = item.path
        if not doomed.name.startswith(REMOVING):
            doomed = item.path.with_name(f"{REMOVING}{item.path.name.lstrip('.')}-{secrets.token_hex(4)}")
            item.path.rename(doomed)
    if doomed.is_dir() and not doomed.is_symlink():
        shutil.rmtree(doomed)
    else:
        doomed.unlink()


@contextmanager
def _held(lock: Path | None) -> Iterator[None]:
    """Hold `lock`, if there is one to hold, or raise at once when somebody has it."""
    if lock is None:
        yield
        return

    def refuse() -> NoReturn:
        raise InUseError(f"{lock.with_suffix('')} stays: another process is making it")

    with file_lock(lock, refuse):
        yield


@contextmanager
def only_one(folders: Folders) -> Iterator[None]:
    """Keep a second collector out.

    Raises:
        InUseError: one runs already.
    """

    def refuse() -> NoReturn:
        raise InUseError("another `qwen-launcher gc` is running; run it again when that has ended")

    with file_lock(folders.data / "gc.lock", refuse):
        yield

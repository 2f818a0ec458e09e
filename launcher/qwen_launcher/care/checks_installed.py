"""What is installed: the folders, the engine, the models, the caches."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from qwen_launcher.care import garbage
from qwen_launcher.care.findings import Result, Situation, combine, fail, ok, warn
from qwen_launcher.care.usage import lock_holder, size_bytes
from qwen_launcher.catalogue import CATALOGUE
from qwen_launcher.engine import find_engine
from qwen_launcher.models import RECORD, is_installed
from qwen_launcher.progress import megabytes
from qwen_launcher.state import BACKEND, STARTING

if TYPE_CHECKING:
    from qwen_launcher.catalogue import CatalogueModel

SHOWN_PACKAGES = ("torch", "transformers", "compressed-tensors", "gguf", "openai")
COPY_BYTES = 1 << 20
PRIVATE_FILES = ("api_key", "control.sock", BACKEND, STARTING)
REINSTALL = "run `qwen-launcher pull`"


def folders(situation: Situation) -> Result:
    """Folders that can be written, and secrets that only their owner can read."""
    places = situation.folders
    results = []
    for name, folder in (("data", places.data), ("cache", places.cache), ("run", places.run)):
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        if not existing.is_dir():
            results.append(fail(f"{existing} is no folder", f"move {existing} away"))
        elif not os.access(existing, os.W_OK | os.X_OK):
            results.append(fail(f"{existing} ({name}) cannot be written", f"give yourself access to {existing}"))
        else:
            results.append(ok(f"{name}: {folder}" + ("" if folder.exists() else " (not made yet)")))
    if places.run.is_dir():
        results += _private(places.run, 0o700)
        for name in PRIVATE_FILES:
            results += _private(places.run / name, 0o600)
    return combine(results)


def _private(path: Path, mode: int) -> list[Result]:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return []
    if found.st_uid != os.getuid():
        return [fail(f"{path} belongs to user {found.st_uid}", f"remove {path}, or set XDG_RUNTIME_DIR")]
    # The folder shields a socket, whose own mode the umask decides.
    if stat.S_IMODE(found.st_mode) & 0o077 and not stat.S_ISSOCK(found.st_mode):
        shown = f"{stat.S_IMODE(found.st_mode):04o}"
        return [fail(f"{path} has mode {shown}: others can get at the key", f"`chmod {mode:o} {path}`")]
    return []


def engine(situation: Situation) -> Result:
    """The engine's environment: complete, startable, with packages that go together."""
    if situation.preset is None:
        return ok("none is needed: this machine can serve nothing")
    build, engines = situation.preset.engine, situation.folders.engines
    folder = engines / build.folder_name
    found = find_engine(build, engines)
    if found is None:
        holder = lock_holder(engines / f"{build.folder_name}.lock")
        if holder is not None:
            return ok(f"{build.requirement} is being installed by process {holder}")
        if folder.exists():
            return fail(f"{folder} is incomplete: its installation was interrupted", f"{REINSTALL}; it is made anew")
        return warn(f"{build.requirement} is not installed", f"{REINSTALL}; the first start does it too")
    if not found.python.exists():
        # A virtual environment links to the Python that made it, which an upgrade of the system can remove.
        target = found.python.resolve()
        return fail(f"{found.python} leads to {target}, which is gone", f"remove {folder} and {REINSTALL}")
    installed = packages_of(folder)
    shown = [f"{name} {installed[name]}" for name in SHOWN_PACKAGES if name in installed]
    results = [ok(f"{build.name} {found.version} in {folder}" + (f" ({', '.join(shown)})" if shown else ""))]
    if installed and installed.get(build.name) != found.version:
        results.append(
            fail(
                f"its record says {found.version} and its packages say {installed.get(build.name, 'none')}",
                f"remove {folder} and {REINSTALL}",
            )
        )
    unwanted = [name for name in build.unwanted if name in installed]
    if unwanted:
        command = f"{found.python} -m pip uninstall {' '.join(unwanted)}"
        results.append(warn(f"{', '.join(unwanted)} came in and may not fit its torch", f"`{command}`"))
    return combine(results)


def packages_of(environment: Path) -> dict[str, str]:
    """Return the versions of the packages in a virtual environment, by name; nothing of it is imported."""
    paths = [str(path) for path in environment.glob("lib/python*/site-packages")]
    found = importlib.metadata.distributions(path=paths)
    return {(item.metadata["Name"] or "").lower().replace("_", "-"): item.version for item in found}


def model(situation: Situation) -> Result:
    """The model of the preset: from the pinned source, and whole."""
    if situation.preset is None:
        return ok("none is needed: this machine can serve nothing")
    known = CATALOGUE.get(situation.preset.model)
    if known is None:
        return ok(f"{situation.preset.model} is fetched from the model hub by the engine, into the hub's own cache")
    return check_model(known, situation.folders.models, full=situation.full)


def check_model(known: CatalogueModel, models: Path, *, full: bool) -> Result:
    """Return whether a model of the catalogue is there and whole; `full` reads all of it for its hashes."""
    folder = models / known.name
    if not is_installed(known, models):
        holder = lock_holder(models / f"{known.name}.lock")
        if holder is not None:
            return ok(f"{known.name} is being fetched by process {holder}")
        if folder.exists():
            return fail(
                f"{folder} is not what this version makes: its {RECORD} does not name sha256 {known.parts.sha256[:12]} "
                "and the present conversion",
                f"{REINSTALL} {known.name}; it is made anew",
            )
        return warn(f"{known.name} is not installed", f"{REINSTALL} {known.name}; the first start does it too")
    damage = [problem for path in weight_files(folder) if (problem := safetensors_problem(path))]
    if not (folder / "config.json").is_file():
        damage.append("config.json is missing")
    if not weight_files(folder):
        damage.append("there are no weights")
    if damage:
        return fail(f"{folder} is damaged: {', '.join(damage)}", f"remove {folder} and {REINSTALL} {known.name}")
    text = f"{known.name} from sha256 {known.parts.sha256[:12]}, {megabytes(size_bytes(folder))} in {folder}"
    if full:
        text += "".join(f", {path.name} has sha256 {sha256_of(path)}" for path in weight_files(folder))
    return ok(text)


def weight_files(folder: Path) -> list[Path]:
    """Return the files of weights in a model's folder, in order of name."""
    return sorted(folder.glob("*.safetensors"))


def safetensors_problem(path: Path) -> str | None:
    """Return what is wrong with the file's size, by its own header; None when it is whole.

    Format: https://github.com/huggingface/safetensors#format (8 bytes little-endian header size, JSON, data).
    """
    try:
        with path.open("rb") as file:
            header_bytes = int.from_bytes(file.read(8), "little")
            size = path.stat().st_size
            if header_bytes > size:
                return f"{path.name} is no safetensors file"
            header = json.loads(file.read(header_bytes))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{path.name} cannot be read ({error})"
    expected = 8 + header_bytes + max(ends, default=0)
    return None if size == expected else f"{path.name} has {size} bytes, not {expected}"


def sha256_of(path: Path) -> str:
    """Return the file's hash in hexadecimal; it takes a second for about a gigabyte."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(COPY_BYTES):
            digest.update(block)
    return digest.hexdigest()


def caches(situation: Situation) -> Result:
    """What everything takes on the disk, and what of it is of no more use."""
    places = situation.folders
    sizes = (("engines", places.engines), ("models", places.models), ("compiled code", places.compile_cache))
    text = ", ".join(f"{name} {megabytes(size_bytes(path))}" for name, path in sizes)
    installed = [folder.name for root in (places.engines, places.models) for folder in garbage.subfolders(root)]
    listed = f"; installed: {', '.join(installed)}" if installed else ""
    removable = sum(item.size_bytes for item in garbage.find(places, situation.preset) if item.kept_because is None)
    freed = f"; `qwen-launcher gc` can free {megabytes(removable)}" if removable else ""
    return ok(text + listed + freed)

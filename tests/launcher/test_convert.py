"""The conversion of a GGUF file, with the engine's own Python: numpy, gguf and transformers are only there."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path

import pytest

from qwen_launcher.catalogue import CPU_ENGINE
from qwen_launcher.engine import find_engine
from qwen_launcher.models import CONVERTER

pytestmark = pytest.mark.model

TINY_GGUF = Path(__file__).with_name("tiny_gguf.py")
PROJECTION = "model.layers.1.mlp.down_proj.weight"


@pytest.fixture(scope="module")
def python(real_user):
    """The Python of the installed engine."""
    engine = find_engine(CPU_ENGINE, real_user.folders.engines)
    assert engine is not None
    return engine.python


def make_gguf(python, path: Path, kind: str) -> list[list[float]]:
    """Write a tiny model and return the true weights of `PROJECTION`."""
    made = subprocess.run([python, "-I", TINY_GGUF, path, kind], check=True, capture_output=True, text=True)
    return json.loads(made.stdout)


def convert(python, gguf: Path, folder: Path, output_format: str) -> tuple[int, list[dict]]:
    """Run the converter and return (exit code, messages)."""
    command = [python, "-I", CONVERTER, gguf, folder, "--format", output_format]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


class Safetensors:
    """A reader of safetensors files in a few lines, independent of the converter."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        self.header = json.loads(content[8 : 8 + length])
        self.header.pop("__metadata__")
        self._data = content[8 + length :]
        assert (8 + length) % 8 == 0
        assert len(self._data) == max(entry["data_offsets"][1] for entry in self.header.values())

    def values(self, name: str) -> list[float]:
        """Return all values of a tensor in order."""
        entry = self.header[name]
        raw = self._data[slice(*entry["data_offsets"])]
        if entry["dtype"] == "BF16":
            # bfloat16 is the upper half of a float32.
            words = struct.unpack(f"<{len(raw) // 2}H", raw)
            return list(
                struct.unpack(f"<{len(words)}f", struct.pack(f"<{len(words)}I", *(word << 16 for word in words)))
            )
        code, size = {"I8": ("b", 1), "F32": ("f", 4)}[entry["dtype"]]
        return list(struct.unpack(f"<{len(raw) // size}{code}", raw))


@pytest.fixture(scope="module")
def tied(python, tmp_path_factory):
    """A tiny tied model as (its GGUF file, true weights of the projection)."""
    path = tmp_path_factory.mktemp("gguf") / "tied.gguf"
    return path, make_gguf(python, path, "tied")


def test_int8(python, tied, tmp_path):
    """Each int8 row times its scale is the true row within the two roundings; the rest is bf16 and tied."""
    gguf, weights = tied
    code, messages = convert(python, gguf, tmp_path, "int8")
    assert code == 0, messages
    assert messages[-1]["done"] == messages[-1]["total"]
    tensors = Safetensors(tmp_path / "model.safetensors")
    rows, columns = len(weights), len(weights[0])
    assert tensors.header[PROJECTION]["shape"] == [rows, columns]
    assert tensors.header[f"{PROJECTION}_scale"]["shape"] == [rows, 1]
    integers, scales = tensors.values(PROJECTION), tensors.values(f"{PROJECTION}_scale")
    for row in range(rows):
        largest = max(abs(value) for value in weights[row])
        assert scales[row] == pytest.approx(largest / 127, rel=0.01)
        for column in range(columns):
            # Q8_0 rounds within 1/254 of its block's largest value, the conversion within half a scale.
            assert abs(integers[row * columns + column] * scales[row] - weights[row][column]) < largest / 100
    assert "lm_head.weight" not in tensors.header
    assert tensors.header["model.embed_tokens.weight"]["dtype"] == "BF16"
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["tie_word_embeddings"]
    assert config["rms_norm_eps"] == 1e-6
    assert config["quantization_config"]["format"] == "int-quantized"


def test_bf16(python, tied, tmp_path):
    """In bf16 all tensors keep their values to 8 bits of mantissa, and no quantization is declared."""
    gguf, weights = tied
    assert convert(python, gguf, tmp_path, "bf16")[0] == 0
    values = Safetensors(tmp_path / "model.safetensors").values(PROJECTION)
    flat = [value for row in weights for value in row]
    assert values == pytest.approx(flat, rel=0.01, abs=0.02)
    assert "quantization_config" not in json.loads((tmp_path / "config.json").read_text())


def test_untied(python, tmp_path):
    """An output matrix that differs from the embedding is kept beside it."""
    make_gguf(python, tmp_path / "m.gguf", "untied")
    assert convert(python, tmp_path / "m.gguf", tmp_path, "int8")[0] == 0
    assert "lm_head.weight" in Safetensors(tmp_path / "model.safetensors").header
    assert not json.loads((tmp_path / "config.json").read_text())["tie_word_embeddings"]


@pytest.mark.parametrize(("kind", "why"), [("llama", "only qwen2"), ("truncated", "download it again")])
def test_unsuitable_file(python, tied, tmp_path, kind, why):
    """Another model, or half a file, is refused in a sentence."""
    path = tmp_path / "m.gguf"
    if kind == "truncated":
        path.write_bytes(tied[0].read_bytes()[:100])
    else:
        make_gguf(python, path, kind)
    code, messages = convert(python, path, tmp_path / "out", "int8")
    assert code == 1
    assert why in messages[-1]["error"]

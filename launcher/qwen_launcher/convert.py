"""Turns a Qwen2 GGUF file into a Hugging Face folder that vLLM serves.

A script: the launcher runs it with the engine environment's Python (``python -I convert.py ...``), because numpy, gguf
and transformers live there and not beside the launcher. It imports nothing of this package.

Weights are streamed: every size is known from the GGUF header, so the safetensors header is written first and the
tensors follow in blocks of rows; the peak memory is that of a block, not that of the model.

``int8`` writes the projections of each layer as compressed-tensors ``int-quantized`` (weights: 8 bits, symmetric, one
scale for each output channel; activations: 8 bits, dynamic, for each token), which the CPU build of vLLM runs about
twice as fast as ``bf16``. All other tensors are bf16 in both formats.

Progress goes to stdout as JSON lines ``{"stage": str, "done": int, "total": int}``; a failure is one line
``{"error": str}`` and exit code 1.

Formats: GGUF v3 (ggml docs/gguf.md), safetensors (8-byte little-endian header length, JSON header, data),
compressed-tensors ``quantization_config``.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

BLOCK_ELEMENTS = 512 * 1024
"""Values decoded at once: 2 MiB as float32, which was measured faster than larger blocks (they leave the cache)."""

TIED_COSINE = 0.98
"""Two roundings of one matrix agree better than this; two different matrices come nowhere near."""

GLOBAL_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
CONTROL, USER_DEFINED = 3, 4
"""GGUF ``tokenizer.ggml.token_type``: both are one token wherever they appear; only control tokens are hidden."""


class ConvertError(Exception):
    """The file cannot be converted; the message says why and what to do."""


@dataclass(frozen=True)
class OutputTensor:
    """One tensor of the safetensors file; ``encode`` yields its bytes, in order, as blocks."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    encode: Callable[[], Iterator[bytes]]

    @property
    def size_bytes(self) -> int:
        """The tensor's length in the file."""
        count = 1
        for length in self.shape:
            count *= length
        return count * {"BF16": 2, "I8": 1, "F32": 4}[self.dtype]


def report(stage: str, done: int, total: int) -> None:
    """Write one progress line to stdout."""
    sys.stdout.write(json.dumps({"stage": stage, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


def hugging_face_name(gguf_name: str) -> str:
    """Return the name of the tensor in ``Qwen2ForCausalLM``.

    Raises:
        ConvertError: the tensor does not belong to a Qwen2 model.
    """
    if gguf_name in GLOBAL_NAMES:
        return GLOBAL_NAMES[gguf_name]
    parts = gguf_name.split(".")
    if len(parts) == 4 and parts[0] == "blk" and parts[2] in LAYER_NAMES:
        return f"model.layers.{parts[1]}.{LAYER_NAMES[parts[2]]}.{parts[3]}"
    raise ConvertError(f"unknown tensor {gguf_name!r}: only Qwen2 models can be converted")


def to_bf16(values: Any) -> bytes:
    """Return float32 ``values`` as little-endian bfloat16, rounded to nearest, ties to even."""
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    rounded: bytes = ((bits + (0x7FFF + ((bits >> 16) & 1))) >> 16).astype("<u2").tobytes()
    return rounded


def to_int8(values: Any) -> tuple[bytes, bytes]:
    """Return (int8 rows, float32 scale of each row); ``row * scale`` gives the values back to within half a scale."""
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    largest = np.abs(values).max(axis=1, keepdims=True)
    scale = np.where(largest > 0, largest / 127.0, 1.0).astype("<f4")
    return np.rint(values / scale).astype(np.int8).tobytes(), scale.tobytes()


@dataclass(frozen=True)
class GgufTensor:
    """Where and how the GGUF file stores a tensor; ``shape`` is row-major (GGUF itself lists it reversed)."""

    shape: tuple[int, ...]
    quantization: Any
    offset: int
    size_bytes: int

    @property
    def row_count(self) -> int:
        """The number of rows; 1 for a vector."""
        return self.shape[0] if len(self.shape) == 2 else 1

    @property
    def bits_per_weight(self) -> float:
        """How precisely the tensor is stored."""
        return 8 * self.size_bytes / (self.row_count * self.shape[-1])


class GgufFile:
    """Metadata and tensors of a GGUF file.

    Tensors are read block by block with plain reads. The library's reader is dropped at once: it holds an object for
    every token of the vocabulary and maps the whole file.
    """

    def __init__(self, path: Path) -> None:
        from gguf import GGUFReader  # type: ignore[import-not-found, unused-ignore]

        self.path = path
        try:
            reader = GGUFReader(path)
        except (ValueError, OSError, IndexError) as error:
            raise ConvertError(f"{path} is not a readable GGUF file ({error}); download it again") from error
        self._metadata = {str(key): field.contents() for key, field in reader.fields.items()}
        self.tensors = {
            str(tensor.name): GgufTensor(
                tuple(int(length) for length in reversed(tensor.shape)),
                tensor.tensor_type,
                int(tensor.data_offset),
                int(tensor.n_bytes),
            )
            for tensor in reader.tensors
        }

    def field(self, key: str, default: Any = None) -> Any:
        """Return the metadata value of ``key``, or ``default``.

        Raises:
            ConvertError: the file has no such value and ``default`` is None.
        """
        found = self._metadata.get(key, default)
        if found is None:
            raise ConvertError(f"{self.path} has no {key!r}; it is no complete Qwen2 model")
        return found

    def rows(self, name: str, start: int, stop: int) -> Any:
        """Return rows ``start`` up to, not including, ``stop`` as float32; a vector is one row."""
        import numpy as np  # type: ignore[import-not-found, unused-ignore]
        from gguf.quants import dequantize  # type: ignore[import-not-found, unused-ignore]

        tensor = self.tensors[name]
        row_bytes = tensor.size_bytes // tensor.row_count
        with self.path.open("rb") as file:
            file.seek(tensor.offset + start * row_bytes)
            raw = np.frombuffer(file.read((stop - start) * row_bytes), dtype=np.uint8)
        return dequantize(raw.reshape(stop - start, row_bytes), tensor.quantization)

    def blocks(self, name: str) -> Iterator[Any]:
        """Yield the whole tensor as float32 blocks of rows."""
        count = self.tensors[name].row_count
        step = max(1, BLOCK_ELEMENTS // self.tensors[name].shape[-1])
        for start in range(0, count, step):
            yield self.rows(name, start, min(start + step, count))


def tied_source(gguf: GgufFile) -> str | None:
    """Return the more precise of the two copies of a tied embedding; None when input and output really differ.

    llama.cpp's quantizer unties the output matrix to store it with more bits; nothing in the metadata says so. Rows
    spread over the vocabulary are compared instead.
    """
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    if "output.weight" not in gguf.tensors:
        return "token_embd.weight"
    count = gguf.tensors["token_embd.weight"].row_count
    embedded, output = [], []
    for row in range(0, count, max(1, count // 256)):
        embedded.append(gguf.rows("token_embd.weight", row, row + 1))
        output.append(gguf.rows("output.weight", row, row + 1))
    left, right = np.concatenate(embedded).ravel(), np.concatenate(output).ravel()
    cosine = float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right) + 1e-12))
    if cosine < TIED_COSINE:
        return None
    return max("output.weight", "token_embd.weight", key=lambda name: gguf.tensors[name].bits_per_weight)


def plan(gguf: GgufFile, output_format: str, embedding: str | None) -> list[OutputTensor]:
    """Return the tensors to write, in file order; ``embedding`` names the source of a tied embedding."""
    planned: list[OutputTensor] = []
    for name in gguf.tensors:
        target = hugging_face_name(name)
        if embedding is not None:
            if name == "output.weight":
                continue
            source = embedding if name == "token_embd.weight" else name
        else:
            source = name
        shape = gguf.tensors[name].shape
        if output_format == "int8" and target.endswith("_proj.weight"):
            planned.extend(quantized_pair(gguf, source, target, shape))
        else:

            def encode(source: str = source) -> Iterator[bytes]:
                return (to_bf16(block) for block in gguf.blocks(source))

            planned.append(OutputTensor(target, "BF16", shape, encode))
    return planned


def quantized_pair(gguf: GgufFile, source: str, target: str, shape: tuple[int, ...]) -> Iterator[OutputTensor]:
    """Yield the int8 weight and its scales; the scales are by-products of the weight, which is therefore first."""
    scales: list[bytes] = []

    def encode_weight() -> Iterator[bytes]:
        for block in gguf.blocks(source):
            weight, scale = to_int8(block)
            scales.append(scale)
            yield weight

    yield OutputTensor(target, "I8", shape, encode_weight)
    yield OutputTensor(f"{target}_scale", "F32", (shape[0], 1), lambda: iter(scales))


def safetensors_header(tensors: list[OutputTensor]) -> bytes:
    """Return the length prefix and the JSON header, padded so that the data starts at a multiple of eight."""
    entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for tensor in tensors:
        end = offset + tensor.size_bytes
        entries[tensor.name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def write_tensors(tensors: list[OutputTensor], file: BinaryIO) -> None:
    """Write header and data; reports progress in bytes.

    Raises:
        ConvertError: a tensor came out at another length than its shape says.
    """
    file.write(safetensors_header(tensors))
    total = sum(tensor.size_bytes for tensor in tensors)
    done = 0
    for tensor in tensors:
        end = done + tensor.size_bytes
        for block in tensor.encode():
            file.write(block)
            done += len(block)
        report("weights", done, total)
        if done != end:
            raise ConvertError(f"{tensor.name} came out {end - done} bytes short; the GGUF file is damaged")


def model_config(gguf: GgufFile, output_format: str, *, tied: bool) -> dict[str, Any]:
    """Return ``config.json`` for ``Qwen2ForCausalLM`` from the GGUF metadata."""
    heads = int(gguf.field("qwen2.attention.head_count"))
    layers = int(gguf.field("qwen2.block_count"))
    context = int(gguf.field("qwen2.context_length"))
    config: dict[str, Any] = {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "attention_dropout": 0.0,
        "bos_token_id": int(gguf.field("tokenizer.ggml.bos_token_id", 151643)),
        "eos_token_id": int(gguf.field("tokenizer.ggml.eos_token_id")),
        "hidden_act": "silu",
        "hidden_size": int(gguf.field("qwen2.embedding_length")),
        "initializer_range": 0.02,
        "intermediate_size": int(gguf.field("qwen2.feed_forward_length")),
        "max_position_embeddings": context,
        "max_window_layers": layers,
        "num_attention_heads": heads,
        "num_hidden_layers": layers,
        "num_key_value_heads": int(gguf.field("qwen2.attention.head_count_kv", heads)),
        # The metadata holds float32; six digits give back the number that was meant (1e-06, not 9.99999997e-07).
        "rms_norm_eps": float(f"{gguf.field('qwen2.attention.layer_norm_rms_epsilon'):.6g}"),
        "rope_theta": float(gguf.field("qwen2.rope.freq_base", 10000.0)),
        "sliding_window": None,
        "tie_word_embeddings": tied,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "use_sliding_window": False,
        "vocab_size": gguf.tensors["token_embd.weight"].row_count,
    }
    if output_format == "int8":
        eight_bits = {"num_bits": 8, "type": "int", "symmetric": True}
        config["quantization_config"] = {
            "quant_method": "compressed-tensors",
            "format": "int-quantized",
            "quantization_status": "compressed",
            "ignore": ["lm_head"],
            "config_groups": {
                "group_0": {
                    "targets": ["Linear"],
                    "weights": {**eight_bits, "strategy": "channel", "dynamic": False},
                    "input_activations": {**eight_bits, "strategy": "token", "dynamic": True},
                }
            },
        }
    return config


def write_tokenizer(gguf: GgufFile, folder: Path) -> None:
    """Write tokenizer and chat template, and check that they speak the model's chat form.

    Raises:
        ConvertError: a control token is not one token, or the template does not give the ChatML form of Qwen.
    """
    from transformers import AutoTokenizer  # type: ignore[import-not-found, unused-ignore]

    report("tokenizer", 0, 1)
    tokens = gguf.field("tokenizer.ggml.tokens")
    kinds = gguf.field("tokenizer.ggml.token_type")
    tokenizer = AutoTokenizer.from_pretrained(gguf.path.parent, gguf_file=gguf.path.name)
    whole = {token: kind for token, kind in zip(tokens, kinds, strict=True) if kind in (CONTROL, USER_DEFINED)}
    for token, kind in whole.items():
        tokenizer.add_tokens([token], special_tokens=kind == CONTROL)
    tokenizer.eos_token = tokens[gguf.field("tokenizer.ggml.eos_token_id")]
    tokenizer.chat_template = gguf.field("tokenizer.chat_template")
    tokenizer.model_max_length = gguf.field("qwen2.context_length")
    tokenizer.save_pretrained(folder)
    for token in whole:
        if tokenizer(token, add_special_tokens=False)["input_ids"] != [tokens.index(token)]:
            raise ConvertError(f"the converted tokenizer splits {token}; the GGUF file's vocabulary is unusable")
    rendered = tokenizer.apply_chat_template(
        [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}],
        tokenize=False,
        add_generation_prompt=True,
    )
    if rendered != "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n":
        raise ConvertError(f"the chat template renders {rendered!r}, which is not Qwen's form")
    report("tokenizer", 1, 1)


def convert(gguf_path: Path, folder: Path, output_format: str) -> None:
    """Write the model at ``gguf_path`` into the existing ``folder``.

    Raises:
        ConvertError: the file is no Qwen2 model, or is damaged.
    """
    report("header", 0, 1)
    gguf = GgufFile(gguf_path)
    architecture = gguf.field("general.architecture")
    if architecture != "qwen2":
        raise ConvertError(f"{gguf_path} holds a {architecture!r} model; only qwen2 can be converted")
    report("header", 1, 1)
    write_tokenizer(gguf, folder)
    embedding = tied_source(gguf)
    with (folder / "model.safetensors").open("wb") as file:
        write_tensors(plan(gguf, output_format, embedding), file)
        file.flush()
        os.fsync(file.fileno())
    config = model_config(gguf, output_format, tied=embedding is not None)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    generation = {
        "bos_token_id": config["bos_token_id"],
        "eos_token_id": [config["eos_token_id"], config["bos_token_id"]],
        "pad_token_id": int(gguf.field("tokenizer.ggml.padding_token_id", config["bos_token_id"])),
    }
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(description="Convert a Qwen2 GGUF file into a Hugging Face folder.")
    parser.add_argument("gguf", type=Path)
    parser.add_argument("folder", type=Path, help="is created; files in it are overwritten")
    parser.add_argument("--format", choices=("int8", "bf16"), default="int8")
    arguments = parser.parse_args()
    try:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        convert(arguments.gguf, arguments.folder, arguments.format)
    except (ConvertError, OSError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes a model of a few kilobytes with the tokenizer of a real one; it loads in a second and knows nothing."""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN, INTERMEDIATE, VOCABULARY, HEADS, HEAD_SIZE = 64, 128, 151_936, 2, 32
BYTES_PER_WEIGHT = 2


def write_tiny_model(folder: Path, tokenizer: Path, layers: int = 2, **config: Any) -> Path:
    """Make `folder` a model of the Qwen2 architecture and return it; all weights are zero.

    `tokenizer` is the folder of the model whose tokenizer it takes; `config` goes into config.json.
    """
    folder.mkdir(parents=True)
    for file in tokenizer.glob("*"):
        if file.name.startswith(("tokenizer", "vocab", "merges", "chat_template")):
            (folder / file.name).symlink_to(file)
    model = {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_size": HIDDEN,
        "intermediate_size": INTERMEDIATE,
        "num_hidden_layers": layers,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 32_768,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "eos_token_id": 151_645,
    }
    (folder / "config.json").write_text(json.dumps({**model, **config}), encoding="utf-8")
    _write_safetensors(folder / "model.safetensors", _shapes(layers))
    return folder


def _shapes(layers: int) -> dict[str, list[int]]:
    attention = HEADS * HEAD_SIZE
    shapes = {"model.embed_tokens.weight": [VOCABULARY, HIDDEN], "model.norm.weight": [HIDDEN]}
    for number in range(layers):
        layer = {
            "input_layernorm.weight": [HIDDEN],
            "post_attention_layernorm.weight": [HIDDEN],
            "self_attn.o_proj.weight": [HIDDEN, attention],
            "mlp.gate_proj.weight": [INTERMEDIATE, HIDDEN],
            "mlp.up_proj.weight": [INTERMEDIATE, HIDDEN],
            "mlp.down_proj.weight": [HIDDEN, INTERMEDIATE],
        }
        for name in ("q_proj", "k_proj", "v_proj"):
            layer |= {f"self_attn.{name}.weight": [attention, HIDDEN], f"self_attn.{name}.bias": [attention]}
        shapes |= {f"model.layers.{number}.{name}": shape for name, shape in layer.items()}
    return shapes


def _write_safetensors(path: Path, shapes: dict[str, list[int]]) -> None:
    """Write zeros in the safetensors format: header length (u64), header (JSON), tensors; the zeros take no disk."""
    header, offset = {}, 0
    for name, shape in shapes.items():
        end = offset + BYTES_PER_WEIGHT * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(file.tell() + offset)

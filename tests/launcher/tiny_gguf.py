"""Writes a tiny Qwen2 GGUF file with random weights; run with the engine's Python, which has numpy and gguf.

Usage: tiny_gguf.py FILE tied|untied|llama. On stdout: the weights of one projection, as JSON rows.
"""

import json
import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize

HIDDEN, FEED_FORWARD, HEADS, KV_HEADS, LAYERS = 64, 96, 4, 2, 2
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_characters() -> list[str]:
    """Return the 256 characters that stand for bytes in a GPT-2 vocabulary (openai/gpt-2, encoder.py)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    shifted = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(shifted)) for byte in range(256)]


def main(path: str, kind: str) -> None:
    """Write the file."""
    random = np.random.default_rng(0)
    tokens = [*byte_characters(), "ab", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>"]
    writer = GGUFWriter(path, "llama" if kind == "llama" else "qwen2")
    writer.add_context_length(512)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * 257 + [3, 3, 3, 4])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(257)
    writer.add_eos_token_id(259)
    writer.add_pad_token_id(257)
    writer.add_chat_template(TEMPLATE)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return random.normal(size=(rows, columns)).astype(np.float32)

    embedding = matrix(len(tokens), HIDDEN)
    writer.add_tensor("token_embd.weight", embedding.astype(np.float16))
    output = matrix(len(tokens), HIDDEN) if kind == "untied" else embedding
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(HIDDEN, np.float32))
    shapes = {
        "attn_q": (HIDDEN, HIDDEN),
        "attn_k": (HIDDEN // 2, HIDDEN),
        "attn_v": (HIDDEN // 2, HIDDEN),
        "attn_output": (HIDDEN, HIDDEN),
        "ffn_gate": (FEED_FORWARD, HIDDEN),
        "ffn_up": (FEED_FORWARD, HIDDEN),
        "ffn_down": (HIDDEN, FEED_FORWARD),
    }
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            weights = matrix(*shape)
            if (layer, name) == (1, "ffn_down"):
                packed = quantize(weights, GGMLQuantizationType.Q8_0)
                writer.add_tensor(f"blk.1.{name}.weight", packed, raw_dtype=GGMLQuantizationType.Q8_0)
                sys.stdout.write(json.dumps(weights.tolist()))
            else:
                writer.add_tensor(f"blk.{layer}.{name}.weight", weights)
            if name in {"attn_q", "attn_k", "attn_v"}:
                writer.add_tensor(f"blk.{layer}.{name}.bias", np.zeros(shape[0], np.float32))
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(HIDDEN, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

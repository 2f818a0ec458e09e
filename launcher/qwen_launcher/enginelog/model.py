"""Failures of the model: not there, damaged, unknown to the engine, or too much for this GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qwen_launcher.enginelog.rule import BetterFlag, Rule, rule

if TYPE_CHECKING:
    from qwen_launcher.enginelog.rule import Figures

CHECK_NAME = "check the model's name or folder; `qwen-launcher models` lists the models known by name"
FETCH_AGAIN = "remove the model's folder and fetch the model again (`qwen-launcher pull`)"
OTHER_MODEL = "serve another model; `qwen-launcher models` lists the ones known to work"
ENGINE_TOO_OLD = "serve another model, or one that this version of the engine knows"


def _present_gpus(figures: Figures) -> str | None:
    return figures["gpus"] if figures["gpus"] != "0" else None


def _dividing_size(figures: Figures) -> str:
    heads, size = int(figures["heads"]), int(figures["size"])
    return str(max(fits for fits in range(1, size) if heads % fits == 0))


FLOAT16 = BetterFlag("--dtype", lambda _figures: "float16")
FEWER_GPUS = BetterFlag("--tensor-parallel-size", _present_gpus)
DIVIDING_SIZE = BetterFlag("--tensor-parallel-size", _dividing_size)


RULES: tuple[Rule, ...] = (
    # huggingface_hub and transformers/utils/hub.py, cached_files; before the rules for what follows from it
    rule(
        "hub-unreachable",
        r"Cannot find the requested files in the disk cache and outgoing traffic has been disabled",
        r"outgoing traffic has been disabled|Cannot reach \S+: offline mode is enabled",
        r"We couldn't connect to '[^']*' to load the files",
        r"An error happened while trying to locate the files? on the Hub",
        r"Temporary failure in name resolution|Name or service not known|\[Errno 101\] Network is unreachable",
        why="the model is not on this machine and the model hub cannot be reached",
        remedy="check the network, or serve a model that needs no hub (`qwen-launcher models` lists them)",
    ),
    # huggingface_hub/utils/_http.py, hf_raise_for_status; transformers/utils/hub.py
    rule(
        "hub-access-denied",
        r"Cannot access gated repo|You are trying to access a gated repo|GatedRepoError",
        r"401 Client Error|403 Client Error|is not a valid model identifier listed on",
        why="the model hub does not give this model to you: it is private, asks for consent, or does not exist",
        remedy="check the name, accept its terms on the hub and set HF_TOKEN to a token that may read it",
    ),
    # transformers/dynamic_module_utils.py; vllm/transformers_utils/config.py
    rule(
        "needs-own-code",
        r"requires you to execute (?:custom code|the configuration file|the tokenizer file)",
        r"contains custom code which must be executed to correctly load",
        r"consider setting `trust_remote_code=True`",
        why="the model brings program code of its own, which is never run here",
        remedy=OTHER_MODEL,
    ),
    # json, by way of transformers/configuration_utils.py
    rule(
        "model-config-damaged",
        r"It looks like the config file at '(?P<file>[^']*)' is not (?:a )?valid JSON",
        why="the model's configuration {file} is not valid JSON",
        remedy=FETCH_AGAIN,
    ),
    # transformers/models/auto/configuration_auto.py; vllm/transformers_utils/config.py
    rule(
        "unsupported-model",
        r"checkpoint you are trying to load has model type `(?P<name>[^`]*)` but Transformers does not recognize",
        why="the engine does not know models of the type {name}",
        remedy=ENGINE_TOO_OLD,
    ),
    # vllm/model_executor/models/registry.py, _raise_for_unsupported
    rule(
        "unsupported-model",
        r"Model architectures? \[?'?(?P<name>\w+)'?\]? "
        r"(?:are not supported for now|is not supported|was supported in vLLM until)",
        r"\bCannot find model module\. '(?P<name2>\w+)' is not a registered model",
        why="the engine does not support models of the architecture {name}",
        remedy=ENGINE_TOO_OLD,
    ),
    # vllm/transformers_utils/config.py, get_config
    rule(
        "model-not-found",
        r"Invalid repository ID or local directory specified: '(?P<name>[^']*)'",
        r"Can't load the configuration of '(?P<name2>[^']*)'",
        r"Repo id must be in the form .*?: '(?P<name3>[^']*)'",
        why="there is no model at {name}: no folder with a config.json and no name on the model hub",
        remedy=CHECK_NAME,
    ),
    # safetensors (Rust), by way of vllm/model_executor/model_loader/weight_utils.py
    rule(
        "weights-damaged",
        r"SafetensorError: (?P<error>[^\n]*)",
        r"Error while deserializing header: (?P<error2>\w+)",
        # vllm/transformers_utils/utils.py reads the header, too, with whatever error that leads to
        r"in parse_safetensors_file_metadata\n(?:[\s\S]{0,400}?\n)?[\w.]+Error: (?P<error3>[^\n]+)",
        why="a file of the model's weights is damaged or incomplete ({error})",
        remedy=FETCH_AGAIN,
    ),
    # vllm/model_executor/model_loader/default_loader.py
    rule(
        "weights-missing",
        r"Cannot find any model weights with `(?P<name>[^`]*)`",
        why="{name} has no weights in it",
        remedy=FETCH_AGAIN,
    ),
    rule(
        "weights-incomplete",
        r"Following weights were not initialized from checkpoint: \{(?P<names>[^}]{0,120})",
        why="the model's files lack weights: {names}",
        remedy=FETCH_AGAIN,
    ),
    # vllm/model_executor/models/utils.py; model_loader/weight_utils.py, default_weight_loader; layers/linear.py
    rule(
        "weights-do-not-fit",
        r"Attempted to load weight \((?P<found>[^)]*\)?)\) into parameter \((?P<wanted>[^)]*\)?)\)",
        why="weights of the model have the shape {found} where its configuration says {wanted}",
        remedy=FETCH_AGAIN,
    ),
    rule(
        "weights-do-not-fit",
        r"There is no module or parameter named '(?P<name>[^']*)' in (?P<model>\w+)",
        why="the model's files hold weights named {name}, which its configuration has no place for",
        remedy=FETCH_AGAIN,
    ),
    # transformers/tokenization_utils_base.py; vllm/tokenizers
    rule(
        "tokenizer-missing",
        r"Can't load tokenizer for '(?P<name>[^']*)'",
        why="the tokenizer's files are missing in {name}",
        remedy=FETCH_AGAIN,
    ),
    # vllm/platforms/cuda.py, check_if_supports_dtype
    rule(
        "bfloat16-unsupported",
        r"Bfloat16 is only supported on GPUs with compute capability of at least [\d.]+\. Your (?P<gpu>.*?) GPU "
        r"(?:has compute capability (?P<has>\d+\.\d+)|does not have a compute capability)\.",
        why="the GPU ({gpu}, compute capability {has}) cannot compute in bfloat16, which needs 8.0",
        remedy="start with --dtype float16",
        better_flag=FLOAT16,
        flagged_remedy="start with `{flag}`",
    ),
    # vllm/config/vllm.py, _get_quantization_config
    rule(
        "quantization-unsupported",
        r"quantization method (?P<method>\S+) is not supported for the current GPU\. "
        r"Minimum capability: (?P<needed>\d+)(?P<tenth>\d)\. "
        r"Current capability: (?P<has>\d+)(?P<has_tenth>\d)\b",
        why="the quantization {method} needs compute capability {needed}.{tenth} and the GPU has {has}.{has_tenth}",
        remedy="serve the model without this quantization, or another model",
    ),
    # vllm/config/model.py, _verify_quantization; platforms/interface.py, verify_quantization
    rule(
        "quantization-unsupported",
        r"Unknown quantization method: (?P<method>[^\s.]+)",
        r"(?P<named>\S+) quantization is currently not supported in",
        r"Quantization method specified in the model config \((?P<own>\w+)\) does not match",
        why="the engine cannot serve the model with the quantization that was asked for",
        remedy="leave --quantization out, or serve another model",
    ),
    # vllm/config/parallel.py, ParallelConfig.__post_init__
    rule(
        "too-few-gpus",
        r"World size \((?P<asked>\d+)\) is larger than the number of available GPUs \((?P<gpus>\d+)\)",
        why="the model is to be divided among {asked} GPUs and the engine sees {gpus}",
        remedy="check CUDA_VISIBLE_DEVICES and the driver (`nvidia-smi`)",
        better_flag=FEWER_GPUS,
        flagged_remedy="start with `{flag}`, or check CUDA_VISIBLE_DEVICES",
    ),
    # vllm/config/model.py, verify_with_parallel_config
    rule(
        "heads-not-divisible",
        r"Total number of attention heads \((?P<heads>\d+)\) "
        r"must be divisible by tensor parallel size \((?P<size>\d+)\)",
        why="the model's {heads} attention heads cannot be divided among {size} GPUs",
        remedy="divide the model among fewer GPUs",
        better_flag=DIVIDING_SIZE,
        flagged_remedy="start with `{flag}`",
    ),
)

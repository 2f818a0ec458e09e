"""The model's server as the measurements see it: its address, its version, what it counts."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import openai

from qwen_launcher.watch.metrics import CACHE_HITS, CACHE_QUERIES, GENERATED, MetricsError, parse
from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.backend.endpoint import Endpoint, endpoint_of

_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Counts:
    """What vLLM has counted since its start: tokens written, tokens of prompts, and those found in the prefix cache."""

    written: float
    queried: float
    hits: float

    def since(self, before: Counts) -> Counts:
        """Return what was counted since ``before``."""
        return Counts(self.written - before.written, self.queried - before.queried, self.hits - before.hits)


@asynccontextmanager
async def engine_of(backend: OpenAIBackend) -> AsyncIterator[Endpoint]:
    """Enter with the address, key and model of the server that ``backend`` asks, which stays in use meanwhile."""
    if backend.supervisor is None:
        yield await _with_model(endpoint_of(backend.settings))
    else:
        async with backend.supervisor.use(lambda _: None) as lent:
            yield await _with_model(endpoint_of(backend.settings, lent))


async def counts_of(endpoint: Endpoint) -> Counts | None:
    """Return what the server has counted, None where it tells no such counts."""
    try:
        counters = parse(await _text(endpoint, "metrics"), time.time()).counters
        return Counts(*(counters[name] for name in (GENERATED, CACHE_QUERIES, CACHE_HITS)))
    except (OSError, MetricsError, KeyError):
        return None


async def version_of(endpoint: Endpoint) -> str:
    """Return the server's version as it tells it, "unknown" where it does not."""
    try:
        return str(json.loads(await _text(endpoint, "version"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"


async def _text(endpoint: Endpoint, path: str) -> str:
    url = f"{endpoint.base_url.rstrip('/').removesuffix('/v1')}/{path}"

    def read() -> str:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the backend's own address
            return str(answer.read(), "utf-8")

    return await asyncio.to_thread(read)


async def _with_model(endpoint: Endpoint) -> Endpoint:
    if endpoint.model is not None:
        return endpoint
    async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key or "none") as client:
        models = await client.models.list()
    return Endpoint(endpoint.base_url, endpoint.api_key, models.data[0].id)

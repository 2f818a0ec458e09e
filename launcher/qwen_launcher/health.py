"""Asks the engine how it is."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from qwen_launcher.state import BackendState

PROBE_TIMEOUT_S = 10.0
FIRST_TOKEN_TIMEOUT_S = 180.0
NO_ANSWER = (OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True)
class Counters:
    """What the engine counts since it started; `running` is the number of requests in progress.

    `steps` grows with each pass through the model, also while a long prompt is read in pieces. `errors` are requests
    that the engine itself failed, of `finished` in all.
    """

    running: int
    steps: int
    finished: int
    errors: int


def request(
    state: BackendState, method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float = PROBE_TIMEOUT_S
) -> tuple[int, bytes]:
    """Return (HTTP status, body) of a request with the key; straight to the port, past any proxy.

    Raises:
        OSError, http.client.HTTPException: nobody answers there.
    """
    address = urlsplit(state.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout_s)
    try:
        headers = {"Authorization": f"Bearer {state.api_key() or ''}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def served_context(state: BackendState) -> int | None:
    """Return the context length that the engine reports for our model; None while it does not answer for it."""
    try:
        if request(state, "GET", "/health")[0] != 200:
            return None
        status, body = request(state, "GET", "/v1/models")
        if status != 200:
            return None
        listed = {entry["id"]: entry for entry in json.loads(body)["data"]}
        return int(listed[state.model]["max_model_len"]) if state.model in listed else None
    except (*NO_ANSWER, KeyError, TypeError, ValueError):
        # The last three: something else answers at this port.
        return None


def generates(state: BackendState, timeout_s: float = FIRST_TOKEN_TIMEOUT_S) -> bool:
    """Return whether the engine generates a token for our model within `timeout_s`."""
    body = {"model": state.model, "prompt": "def", "max_tokens": 1, "temperature": 0}
    try:
        return request(state, "POST", "/v1/completions", body, timeout_s)[0] == 200
    except NO_ANSWER:
        return False


def counters(state: BackendState) -> Counters | None:
    """Return the engine's counters; None when it does not answer.

    The names are those of vLLM 0.32 (vllm/v1/metrics/loggers.py) and of prometheus-fastapi-instrumentator.
    """
    try:
        status, body = request(state, "GET", "/metrics")
        if status != 200:
            return None
        totals = {"running": 0.0, "steps": 0.0, "finished": 0.0, "errors": 0.0}
        for family in text_string_to_metric_families(body.decode()):
            for sample in family.samples:
                if sample.name == "vllm:num_requests_running":
                    totals["running"] += sample.value
                elif sample.name == "vllm:iteration_tokens_total_count":
                    totals["steps"] += sample.value
                elif sample.name == "vllm:request_success_total":
                    totals["finished"] += sample.value
                    totals["errors"] += sample.value * (sample.labels.get("finished_reason") == "error")
                elif sample.name == "http_requests_total" and sample.labels.get("status", "").startswith("5"):
                    totals["finished"] += sample.value
                    totals["errors"] += sample.value
        return Counters(**{name: int(total) for name, total in totals.items()})
    except (*NO_ANSWER, ValueError):
        return None

"""Two real backends behind vLLM's router, as docs/backends.md sets it up: one dies, and nobody's diagnosis is lost."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from qwen_launcher.command import HOST, build_command, build_environment
from qwen_launcher.hardware import detect
from qwen_launcher.health import counters, generates, served_context
from qwen_launcher.planning import next_config
from qwen_launcher.process import end, free_port, members
from qwen_launcher.state import BackendState, write_private
from qwen_launcher.versions import Version
from tests.backend.test_main_job import CASE, ELSEWHERE
from tests.failures import copy_workspace, run
from tests.launcher.conftest import User
from tests.launcher.test_lifecycle import wait_for

pytestmark = [pytest.mark.model, pytest.mark.slow]

MODEL = "qwen2.5-coder-0.5b"
USERS = 6
READY_DEADLINE_S = 600.0
ROUTER_DEADLINE_S = 60.0
ANSWER_DEADLINE_S = 600.0
STEPS_BEFORE_KILL = 8
"""Passes through the model since the first question: its prompt has been read and an answer is being written."""


@pytest.fixture
def replicas(real_user: User, tmp_path: Path) -> Iterator[list[BackendState]]:
    """Two backends on the processors with one key, ready; nothing of them is left at the end."""
    real_user.run("stop")  # three do not fit the memory
    pulled = real_user.run("pull", MODEL, CUDA_VISIBLE_DEVICES="")
    assert pulled.returncode == 0, pulled.stderr
    key = tmp_path / "api_key"
    write_private(key, secrets.token_urlsafe(32))
    with ExitStack() as stack:
        started = [stack.enter_context(_replica(real_user, key, tmp_path / f"{name}.log")) for name in "ab"]
        for state in started:
            wait_for(lambda state=state: _is_ready(state), "ready backend", READY_DEADLINE_S)
            assert generates(state)
        yield started
    assert not any(members(state) for state in started)


@contextmanager
def _replica(user: User, key: Path, log: Path) -> Iterator[BackendState]:
    """Start what `qwen-launcher start` would, outside the supervisor, which allows one backend only."""
    # Without compiling: two at a time would take minutes, and it is of no account here how good the answers are.
    version = Version(model=MODEL, port=free_port(), engine_args=["--enforce-eager"])
    config = next_config(version, replace(detect(), gpus=()), user.folders)
    with (
        log.open("wb") as output,
        subprocess.Popen(
            build_command(config),
            env=build_environment(config, os.environ, key.read_text()),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        state = BackendState(
            pid=process.pid,
            pgid=process.pid,
            process_start_time=psutil.Process(process.pid).create_time(),
            base_url=config.base_url,
            model=config.served_name,
            api_key_path=str(key),
            max_model_len=config.preset.context_estimate,
            engine=config.preset.engine.name,
            engine_version="",
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            log_path=str(log),
        )
        try:
            yield state
        finally:
            end(state)


def _is_ready(state: BackendState) -> bool:
    assert members(state), Path(state.log_path).read_text(errors="replace")[-3000:]
    return served_context(state) is not None


@pytest.fixture
def router(replicas: list[BackendState], tmp_path: Path) -> Iterator[str]:
    """The base URL of a router in front of the replicas, started with the options of docs/backends.md."""
    port = free_port()
    command = [
        *(str(Path(sys.executable).with_name("vllm-router")), "--host", HOST, "--port", str(port)),
        *("--worker-urls", *(state.base_url.removesuffix("/v1") for state in replicas)),
        *("--policy", "consistent_hash", "--cb-failure-threshold", "2", "--cb-timeout-duration-secs", "30"),
        *("--health-check-interval-secs", "10", "--prometheus-port", str(free_port())),
    ]
    with (
        (tmp_path / "router.log").open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            wait_for(lambda: _is_healthy(port), "router", ROUTER_DEADLINE_S)
            yield f"http://{HOST}:{port}/v1"
        finally:
            process.kill()


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def test_a_replica_that_dies_costs_nobody_their_diagnosis(
    replicas: list[BackendState], router: str, real_user: User, tmp_path: Path
) -> None:
    """It is killed in the middle of its answers; all who asked are answered by the model, and so is who asks later."""
    environment = {
        **real_user.environment,
        **ELSEWHERE,
        "QWEN_LSP_BASE_URL": router,
        "QWEN_LSP_MODEL": MODEL,  # the router asks one fixed replica for the names of models, alive or not
        "QWEN_LSP_API_KEY": replicas[0].api_key() or "",
    }
    steps_at_first = {state.base_url: _steps(state) for state in replicas}
    with ExitStack() as stack:
        asking = [stack.enter_context(_diagnose(tmp_path / f"{user}", environment)) for user in range(USERS)]

        def victim() -> BackendState | None:
            """Return a replica that is writing answers."""
            for state in replicas:
                now = counters(state)
                if now and now.running and now.steps >= steps_at_first[state.base_url] + STEPS_BEFORE_KILL:
                    return state
            return None

        killed = wait_for(victim, "replica in the middle of an answer", ANSWER_DEADLINE_S)
        os.killpg(killed.pgid, signal.SIGKILL)
        wait_for(lambda: not members(killed), "end of the killed replica")
        assert any(process.poll() is None for process in asking)
        for process in asking:
            _assert_answered(process)
    with _diagnose(tmp_path / "later", environment) as process:
        _assert_answered(process)


def _steps(state: BackendState) -> int:
    now = counters(state)
    assert now is not None
    return now.steps


@contextmanager
def _diagnose(workspace: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start somebody's diagnosis of a program of their own."""
    copy_workspace(CASE, workspace)
    log = workspace / "failure.log"
    log.write_text(run(CASE, workspace).stdout)
    with subprocess.Popen(
        [sys.executable, "-m", "qwen_lsp", "diagnose", "--format", "json", "--log", log.name],
        cwd=workspace,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _assert_answered(process: subprocess.Popen[str]) -> None:
    """Check that the model has answered, however well."""
    out, err = process.communicate(timeout=ANSWER_DEADLINE_S)
    assert process.returncode in {0, 1}, out + err
    report: dict[str, Any] = json.loads(out)
    assert report["timing_ms"]["first_token"] is not None, out + err

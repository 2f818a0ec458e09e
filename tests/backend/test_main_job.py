"""A failing program in, a fixed program out, with the real model."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pygls.exceptions import JsonRpcException

from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.model import ChatPrompt
from qwen_lsp.settings import BackendSettings
from tests.conftest import RealBackend
from tests.failures import all_cases, copy_workspace, passes_check, run
from tests.lsp.editor import Editor, editing

pytestmark = pytest.mark.model

MODEL_DEADLINE_S = 600.0
CASE = next(case for case in all_cases() if case.name == "name-error-typo")
# No launcher's backend can be found from here: what answers is what QWEN_LSP_BASE_URL names.
ELSEWHERE = {"XDG_RUNTIME_DIR": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The failing program."""
    folder = tmp_path / CASE.name
    copy_workspace(CASE, folder)
    return folder


@pytest.mark.parametrize("found_by", ["supervisor", "base URL"])
async def test_editor(found_by: str, workspace: Path, real_backend: RealBackend) -> None:
    """The log goes in, the root cause appears at the fault, the fix is applied, the program passes its check."""
    base_url, variables = "", real_backend.environment
    if found_by == "base URL":
        base_url = real_backend.state.base_url
        variables = {**variables, **ELSEWHERE, "QWEN_LSP_API_KEY": real_backend.key}
    log = run(CASE, workspace).stdout
    async with editing(workspace, base_url, variables=variables, deadline_s=MODEL_DEADLINE_S) as editor:
        editor.open(CASE.fault_path)
        await editor.diagnose(log)
        (diagnostic,) = editor.shown(CASE.fault_path)
        assert diagnostic.code == "root-cause"
        assert CASE.fault_lines[0] <= diagnostic.range.start.line + 1 <= CASE.fault_lines[1]
        (*_, action) = await editor.actions(CASE.fault_path)  # before the model's there may be one that needs no model
        assert action.title.endswith("(compiles)")
        resolved = await editor.client.code_action_resolve_async(action)
        assert resolved.edit is not None
        editor.apply(resolved.edit)
        (workspace / CASE.fault_path).write_text(editor.text(CASE.fault_path), encoding="utf-8")
    assert passes_check(CASE, workspace)


def test_command_line(workspace: Path, real_backend: RealBackend) -> None:
    """The log goes through the pipe, the JSON report holds the fix, --apply mends the file, the exit code is 0."""
    command = [sys.executable, "-m", "qwen_lsp", "diagnose", "--format", "json", "--apply"]
    done = subprocess.run(
        command,
        cwd=workspace,
        env=real_backend.environment,
        input=run(CASE, workspace).stdout,
        capture_output=True,
        text=True,
        timeout=MODEL_DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["fixes"][0]["rung"] == "compiles"
    assert report["timing_ms"]["first_token"] < report["timing_ms"]["total"]
    assert passes_check(CASE, workspace)


async def test_cancelling_stops_generation(workspace: Path, real_backend: RealBackend) -> None:
    """Cancelling the request leaves no request running on the engine."""
    log = run(CASE, workspace).stdout
    async with editing(workspace, "", variables=real_backend.environment, deadline_s=MODEL_DEADLINE_S) as editor:
        question = editor.start("qwen/diagnose", {"log": log}, "to-cancel")
        await _until_running(real_backend, 1, editor)
        editor.cancel("to-cancel")
        with pytest.raises(JsonRpcException):
            await question
        await _until_running(real_backend, 0, editor)


async def test_tokens_are_the_engines_own(real_backend: RealBackend) -> None:
    """What is counted before a question is asked is what the engine then reads."""
    settings = BackendSettings(real_backend.state.base_url, api_key=real_backend.key, timeout_s=MODEL_DEADLINE_S)
    backend, prompt = OpenAIBackend(settings), ChatPrompt((("user", "Say \U0001f600 and 1234567."),), "ask", 1)
    count = await backend.count(prompt, lambda _words: None)
    said = await backend.complete(prompt, max_tokens=1, on_text=lambda _text: None, on_wait=lambda _words: None)
    assert (count.tokens, count.limit) == (said.prompt_tokens, 16384)


async def _until_running(backend: RealBackend, count: int, editor: Editor) -> None:
    """Poll the engine's own metric, as it has no other way to tell."""
    async with asyncio.timeout(60):
        while await asyncio.to_thread(_running_requests, backend) != count:
            await editor.settled()


def _running_requests(backend: RealBackend) -> int:
    url = f"http://{urlsplit(backend.state.base_url).netloc}/metrics"
    with urllib.request.urlopen(url, timeout=30) as response:
        metrics = response.read().decode()
    running = re.search(r"^vllm:num_requests_running\{[^}]*\} (\S+)$", metrics, re.MULTILINE)
    assert running is not None
    return int(float(running[1]))

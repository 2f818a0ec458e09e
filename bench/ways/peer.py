"""Aider, the best known tool that edits files by chat; from PyPI, in an environment of its own."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import tempfile
import time
import venv
from pathlib import Path

import openai
from tests.failures import FailureCase

from bench.ways.attempt import Attempt, Way, source_files
from qwen_lsp.backend.endpoint import Endpoint, endpoint_of

VERSION = "0.86.2"
LIMIT_S = 900.0
_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "qwen-lsp-bench" / f"aider-{VERSION}"
_TOKENS = re.compile(r"Tokens: (?P<sent>[\d.]+k?) sent, (?P<received>[\d.]+k?) received")
_MESSAGE = """\
`{command}` fails:

{log}

Find the bug and fix it."""


class Aider(Way):
    """One message to Aider with all files of the program added; its own edit format and its own second tries."""

    async def prepare(self) -> None:
        """Install Aider, unless that was done before."""
        if (_FOLDER / "bin" / "aider").exists():
            return
        venv.create(_FOLDER, with_pip=True)
        pip = [str(_FOLDER / "bin" / "python"), "-m", "pip", "install", "-q", f"aider-chat=={VERSION}"]
        await asyncio.to_thread(subprocess.run, pip, check=True)

    async def attempt(self, case: FailureCase, workspace: Path, log: str) -> Attempt:
        """Fix the program in ``workspace``, which failed with ``log``."""
        files = [path.relative_to(workspace).as_posix() for path in source_files(workspace)]
        command = " ".join(([case.runtime] if case.runtime in {"python", "node"} else []) + list(case.argv))
        message = _MESSAGE.format(command=command, log=log.rstrip())
        started = time.perf_counter()
        if self.backend.supervisor is None:
            output = await self._run(workspace, files, message, endpoint_of(self.backend.settings))
        else:
            async with self.backend.supervisor.use(lambda _: None) as lent:
                output = await self._run(workspace, files, message, endpoint_of(self.backend.settings, lent))
        seconds = time.perf_counter() - started
        sent, received = _counted(output)
        return Attempt(seconds, prompt_tokens=sent, completion_tokens=received, reply=output)

    async def _run(self, workspace: Path, files: list[str], message: str, endpoint: Endpoint) -> str:
        key = endpoint.api_key or "none"
        model = endpoint.model or await _only_model(endpoint, key)
        # Aider leaves its history in the home folder and in the folder that it works in.
        with tempfile.TemporaryDirectory() as home:
            environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
            environment |= {"HOME": home, "OPENAI_API_BASE": endpoint.base_url, "OPENAI_API_KEY": key}
            options = ["--model", f"openai/{model}", "--message", message, "--yes-always", "--no-git"]
            options += ["--no-check-update", "--no-show-model-warnings", "--no-analytics", "--no-show-release-notes"]
            options += ["--no-pretty", "--no-suggest-shell-commands", "--no-detect-urls", "--map-tokens", "0"]
            options += ["--chat-history-file", f"{home}/chat", "--input-history-file", f"{home}/input"]
            process = await asyncio.create_subprocess_exec(
                str(_FOLDER / "bin" / "aider"),
                *options,
                *files,
                cwd=workspace,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            try:
                output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
            except TimeoutError:
                process.kill()
                await process.wait()
                return "Aider took too long"
        return output.decode("utf-8", "replace")


async def _only_model(endpoint: Endpoint, key: str) -> str:
    async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=key) as client:
        models = await client.models.list()
    return models.data[0].id


def _counted(output: str) -> tuple[int | None, int | None]:
    """Return the tokens sent and received over all of Aider's messages, as it reports them ("1.2k" is rounded)."""
    found = _TOKENS.findall(output)
    if not found:
        return None, None
    sent, received = (sum(_number(one[index]) for one in found) for index in (0, 1))
    return sent, received


def _number(text: str) -> int:
    return int(float(text.removesuffix("k")) * (1000 if text.endswith("k") else 1))

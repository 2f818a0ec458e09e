"""Aider, the best known tool that edits files by chat; from PyPI, in an environment of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.failures import FailureCase, argv_of

from bench.engine import engine_of
from bench.ways.attempt import Attempt, Offer, Way, shown_command, source_files
from bench.ways.chat import answer_tokens
from qwen_lsp.backend import BackendError
from qwen_lsp.backend.endpoint import Endpoint

VERSION = "0.86.2"
LIMIT_S = 600.0
_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "qwen-lsp-bench" / f"aider-{VERSION}"
_TOKENS = re.compile(r"Tokens: (?P<sent>[\d.]+k?) sent, (?P<received>[\d.]+k?) received")
_NO_SERVER = re.compile(r"litellm\.(?:APIConnection|InternalServer|ServiceUnavailable|Timeout)Error")
_TESTING = "aider-runs-the-test"
_MESSAGE = """\
`{command}` fails:

{log}

Find the bug and fix it."""


class Aider(Way):
    """One message to Aider with all files of the program added; its own edit format and its own second tries.

    "aider" is what it has written when its own checks are content. With "aider-test" it is also told the failing
    command as its test, which it runs after its edits, answering failures with more edits; one run gives both then.
    """

    async def prepare(self) -> None:
        """Install Aider, unless that was done before."""
        if (_FOLDER / "bin" / "aider").exists():
            return
        await asyncio.to_thread(venv.create, _FOLDER, with_pip=True)
        pip = [str(_FOLDER / "bin" / "python"), "-m", "pip", "install", "-q", f"aider-chat=={VERSION}"]
        await asyncio.to_thread(subprocess.run, pip, check=True)

    async def attempts(self, case: FailureCase, workspace: Path, log: str) -> dict[str, Attempt]:
        """Return what became of the program in ``workspace``, which failed with ``log``."""
        before = {name: (workspace / name).read_bytes() for name in _names(workspace)}
        message = _MESSAGE.format(command=shown_command(case), log=log.rstrip())
        with tempfile.TemporaryDirectory() as home:
            untested = Path(home) / "untested"
            test = _test_command(untested, workspace, argv_of(case)) if "aider-test" in self.names else None
            started = time.perf_counter()
            async with engine_of(self.backend) as endpoint:
                output = await _aider(Path(home), workspace, before, message, endpoint, test)
            ended = time.perf_counter()
            found = {"aider-test": _attempt(before, workspace, ended - started, output)}
            if untested.exists():
                seconds = untested.stat().st_mtime - (time.time() - (time.perf_counter() - started))
                found["aider"] = _attempt(before, untested, seconds, output.partition(_TESTING)[0])
            else:
                found["aider"] = found["aider-test"]
        return {name: attempt for name, attempt in found.items() if name in self.names}


def _attempt(before: Mapping[str, bytes], workspace: Path, seconds: float, output: str) -> Attempt:
    after = {name: (workspace / name).read_bytes() for name in before if (workspace / name).is_file()}
    contents = {name: content for name, content in after.items() if content != before[name]}
    sent, received = _counted(output)
    offers = (Offer(contents),) if contents else ()
    return Attempt(offers, seconds, prompt_tokens=sent, completion_tokens=received, reply=output)


def _names(workspace: Path) -> list[str]:
    return [path.relative_to(workspace).as_posix() for path in source_files(workspace)]


def _test_command(untested: Path, workspace: Path, argv: Sequence[str]) -> str:
    """Return the failing command, which keeps the files as they are when it is first run."""
    source, target = shlex.quote(str(workspace)), shlex.quote(str(untested))
    home = shlex.quote(str(Path.home()))  # compilers keep their caches and settings there
    return f"echo {_TESTING}; [ -e {target} ] || cp -R {source} {target}; HOME={home} {shlex.join(argv)}"


async def _aider(
    home: Path, workspace: Path, before: Mapping[str, bytes], message: str, endpoint: Endpoint, test: str | None
) -> str:
    """Return what Aider printed.

    Raises: BackendError: the model's server did not answer it.
    """
    # Aider leaves its history in the home folder and in the folder that it works in.
    environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    environment |= {"HOME": str(home), "OPENAI_API_BASE": endpoint.base_url}
    environment |= {"OPENAI_API_KEY": endpoint.api_key or "none", "PYTHONDONTWRITEBYTECODE": "1"}
    # Its answers are bounded like those of the chat: a small model can repeat itself to the end of its context.
    bound = {"max_tokens": answer_tokens(sum(map(len, before.values())))}
    settings = [{"name": f"openai/{endpoint.model}", "edit_format": "whole", "extra_params": bound}]
    (home / "models.yml").write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML, too
    # What it does not know of a model it would look up in the network.
    (home / "known.json").write_text(json.dumps({f"openai/{endpoint.model}": {"mode": "chat"}}), encoding="utf-8")
    options = ["--model-settings-file", f"{home}/models.yml", "--model", f"openai/{endpoint.model}"]
    options += ["--model-metadata-file", f"{home}/known.json"]
    options += ["--message", message, "--yes-always", "--no-git"]
    options += ["--no-check-update", "--no-show-model-warnings", "--no-analytics", "--no-show-release-notes"]
    options += ["--no-pretty", "--no-suggest-shell-commands", "--no-detect-urls", "--map-tokens", "0"]
    options += ["--chat-history-file", f"{home}/chat", "--input-history-file", f"{home}/input"]
    options += ["--timeout", str(int(LIMIT_S))]
    if test is not None:
        options += ["--auto-test", "--test-cmd", test]
    process = await asyncio.create_subprocess_exec(
        str(_FOLDER / "bin" / "aider"),
        *options,
        *sorted(before),
        cwd=workspace,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
    except TimeoutError:
        return "Aider took too long"
    finally:
        with suppress(ProcessLookupError):  # with the tests that it runs
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    text = output.decode("utf-8", "replace")
    if _NO_SERVER.search(text) or not _TOKENS.search(text):
        raise BackendError(f"Aider got no answer from the model's server: {text[-500:]}")
    return text


def _counted(output: str) -> tuple[int | None, int | None]:
    """Return the tokens sent and received over all of Aider's messages, as it reports them ("1.2k" is rounded)."""
    found = _TOKENS.findall(output)
    if not found:
        return None, None
    sent, received = (sum(_number(one[index]) for one in found) for index in (0, 1))
    return sent, received


def _number(text: str) -> int:
    return int(float(text.removesuffix("k")) * (1000 if text.endswith("k") else 1))

"""How long a rollback takes, and what it does to requests: ``python -m bench.rollback``.

The stable version is the default CPU model, the one on trial the small one. While the supervisor goes back, clients go
on asking, as language servers do: acquire, a completion, release. None may fail.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qwen_launcher.catalogue import CPU_DEFAULT, CPU_SMALL
from qwen_launcher.folders import Folders
from qwen_launcher.supervisor.client import connect, connect_or_start

CLIENTS = 3
TOKENS = 32
WAIT_S = 600.0


@dataclass
class Outcomes:
    """What the clients met; `waits_s` is the time from wanting the backend to having it."""

    waits_s: list[float] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def complete(granted: dict[str, Any]) -> str:
    """Return "" for a completion of `TOKENS` tokens, else what went wrong."""
    address = urlsplit(granted["base_url"])
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=WAIT_S)
    key = Path(granted["api_key_path"]).read_text(encoding="utf-8")
    body = {"model": granted["model"], "prompt": "def fibonacci(n):", "max_tokens": TOKENS, "ignore_eos": True}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/v1/completions", json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200 or answer["usage"]["completion_tokens"] != TOKENS:
            return f"{response.status}: {answer}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return repr(error)
    finally:
        connection.close()
    return ""


def ask_until(ended: threading.Event, folders: Folders, outcomes: Outcomes) -> None:
    """Ask again and again until `ended`, and once more."""
    supervisor = connect(folders)
    assert supervisor is not None
    with supervisor:
        is_last = False
        while not is_last:
            is_last = ended.is_set()
            began = time.monotonic()
            granted = supervisor.request("acquire", {"wait_s": WAIT_S, "start": False})
            outcomes.waits_s.append(time.monotonic() - began)
            problem = complete(granted)
            outcomes.models.append(granted["model"])
            if problem:
                outcomes.failures.append(problem)
            supervisor.request("release", {"use": granted["use"]})


def main() -> None:
    """Measure one rollback and print it."""
    folders, outcomes, ended = Folders.of_user(), Outcomes(), threading.Event()
    with connect_or_start(folders) as supervisor:
        supervisor.request("lease", {"client": "bench.rollback"})
        supervisor.request("start", {"model": CPU_DEFAULT})
        began = time.monotonic()
        supervisor.request("try", {"model": CPU_SMALL})
        print(f"trial of {CPU_SMALL} ready after {time.monotonic() - began:.1f} s")
        threads = [threading.Thread(target=ask_until, args=(ended, folders, outcomes)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        while len(outcomes.models) < CLIENTS:
            time.sleep(0.1)
        before = len(outcomes.models)
        began = time.monotonic()
        state = supervisor.request("rollback")
        print(f"rollback to {state['model']} took {time.monotonic() - began:.1f} s, the work in progress included")
        ended.set()
        for thread in threads:
            thread.join()
        print(
            f"requests: {before} before it, {len(outcomes.models) - before} during and after it "
            f"({outcomes.models.count(CPU_DEFAULT)} answered by {CPU_DEFAULT}), {len(outcomes.failures)} failed; "
            f"longest wait for the backend {max(outcomes.waits_s):.1f} s"
        )
        for failure in outcomes.failures:
            print(f"  {failure}")
        supervisor.request("stop")


if __name__ == "__main__":
    main()

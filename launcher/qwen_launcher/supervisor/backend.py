"""The backend of this user: at most one engine, what it is to serve, and what becomes of it when something fails.

All methods run on one event loop. At most one piece of work (a start, a switch, a restart) is going on at a time;
whoever needs its outcome awaits the same task.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qwen_launcher.errors import BackendStartError, LauncherError, RolledBackError, StoppedError
from qwen_launcher.health import counters, generates, served_context
from qwen_launcher.state import BACKEND, is_alive, read_state
from qwen_launcher.supervisor.engine_run import EngineRun, clean_up
from qwen_launcher.supervisor.liveness import Liveness
from qwen_launcher.supervisor.prepare import prepare
from qwen_launcher.supervisor.snapshot import SERVING, Board, Phase, Snapshot
from qwen_launcher.versions import FILE, STABLE, Version, Versions, read_versions, write_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from qwen_launcher.folders import Folders

CRASHES_TO_GIVE_UP = 3
BACKOFF_S = (0.0, 2.0, 8.0)
"""Wait before a restart, by the number of crashes within `CRASH_WINDOW_S` before this one."""
CRASH_WINDOW_S = 600.0

DRAIN_POLL_S = 0.1
HUNG_PROBE_S = 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds."""

    start_s: float = 1800.0
    """A cold start takes minutes; a hub model is downloaded within it."""
    idle_s: float = 1800.0
    drain_s: float = 60.0
    liveness_interval_s: float = 5.0
    hung_s: float = 120.0


class Backend:
    """The state machine; `changed` is called after every change of the snapshot, `needed` tells whether anybody waits.

    `snapshot` is what is told about it. Public coroutines raise `LauncherError` with a message for the user.
    """

    def __init__(
        self, folders: Folders, timing: Timing, changed: Callable[[], None], needed: Callable[[], bool]
    ) -> None:
        self._folders = folders
        self._timing = timing
        self._needed = needed
        self._versions = read_versions(folders.data / FILE)
        self._run: EngineRun | None = None
        self._work: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._crashes: list[float] = []
        """When the engine has crashed, within the last `CRASH_WINDOW_S`; `time.monotonic` seconds."""
        self._board = Board(Snapshot(version=self._versions.served_name, model=self._versions.served.model), changed)
        self.stops = 0
        """How often somebody has stopped the backend; who waits for it notices by this."""
        self.last_activity = time.monotonic()
        self._rolling_back = False

    @property
    def snapshot(self) -> Snapshot:
        """What is told about the backend."""
        return self._board.snapshot

    @property
    def is_working(self) -> bool:
        """Whether a start, switch or restart is going on."""
        return self._work is not None and not self._work.done()

    @property
    def can_serve(self) -> bool:
        """Whether new work may be given to the engine: it is ready, alive, and not about to be replaced."""
        is_ready = self.snapshot.state in SERVING and not self.is_working
        return is_ready and self._run is not None and not self._run.has_ended()

    # Starting and stopping ------------------------------------------------------------------------------------------

    async def adopt(self) -> None:
        """Take over a healthy engine that an earlier supervisor left; end what is left otherwise.

        Only processes that the state files name are touched, after a check of their start times.
        """
        left = read_state(self._folders.run / BACKEND)
        if left is not None and is_alive(left) and await asyncio.to_thread(served_context, left) is not None:
            logger.info("adopted the engine of process %d", left.pid)
            self._serve(EngineRun(left, self._folders, None))
        else:
            await asyncio.to_thread(clean_up, self._folders)

    async def start(self, wanted: Version) -> None:
        """Return once the backend is ready; what is missing is installed and downloaded.

        Raises:
            LauncherError: it cannot be had, or something else is being served.
        """
        if self.snapshot.state in SERVING or self.is_working:
            served = self._versions.served
            if wanted.over(served) != served:
                raise LauncherError(
                    f"{self.snapshot.model or 'the default model'} is being served, not what was asked for; "
                    "run `qwen-launcher stop` first (it ends the backend for every editor window) "
                    "or `qwen-launcher try` to change it for all"
                )
        if self.snapshot.state in SERVING and not self.is_working:
            return
        if not self.is_working:
            self._crashes.clear()
            self._begin_wanted(wanted)
        await self._outcome()

    def start_installed(self) -> None:
        """Begin to start the backend if that needs no download; the outcome is told by the snapshot."""
        if not self.is_working:
            self._begin(self._start(download=False))

    async def stop(self) -> None:
        """Return once nothing of the backend runs."""
        self.stops += 1
        await self.abandon()

    async def abandon(self) -> None:
        """End the work in progress and the engine, because nobody needs them."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})
        await self._end_run()
        self._board.set(Phase.OFF)

    # Versions -------------------------------------------------------------------------------------------------------

    async def try_version(self, wanted: Version) -> None:
        """Serve `wanted` in the place of the stable version; return once it is ready.

        Raises:
            LauncherError: it did not get ready; the stable version is served again then.
        """
        if self.is_working:
            raise LauncherError(f"the backend is {self.snapshot.state}; wait until that is over, then try again")
        before = self._versions
        self._keep(replace(before, latest=wanted.over(before.stable)))
        self._begin(self._switch())
        await self._outcome()

    def promote(self) -> None:
        """Make the latest version the stable one.

        Raises:
            LauncherError: there is no latest version, or it is not ready.
        """
        if self._versions.latest is None or self.snapshot.state not in SERVING:
            raise LauncherError("no version on trial is being served; `qwen-launcher try` starts one")
        self._keep(replace(self._versions, stable=self._versions.latest, latest=None))
        self._board.update(version=STABLE)

    async def roll_back(self) -> None:
        """Serve the stable version again; return once it is ready.

        Raises:
            LauncherError: there is no other version, or the stable one does not start.
        """
        if self._versions.latest is None:
            raise LauncherError("the stable version is served already; there is nothing to go back from")
        if self.is_working:
            await self.abandon()
        self._begin(self._return_to_stable("asked for"))
        await self._outcome()

    # What callers tell ------------------------------------------------------------------------------------------------

    def count(self, leases: int, uses: int) -> None:
        """Take over the numbers of leases and of uses in progress."""
        self.last_activity = time.monotonic()
        state = self.snapshot.state
        if state in SERVING:
            state = Phase.BUSY if uses else Phase.READY
        self._board.update(leases=leases, uses=uses, state=state)

    # Work -------------------------------------------------------------------------------------------------------------

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        self._work = asyncio.get_running_loop().create_task(work)
        self._work.add_done_callback(self._report)
        return self._work

    def _report(self, work: asyncio.Task[None]) -> None:
        """Tell how a piece of work failed, whether or not anybody awaits it."""
        error = None if work.cancelled() else work.exception()
        if isinstance(error, RolledBackError):
            logger.warning("%s", error)
        elif isinstance(error, LauncherError):
            logger.warning("%s", error)
            self._board.set(Phase.FAILED, reason=error.reason, remedy=error.remedy)
        elif error is not None:
            logger.error("the supervisor failed", exc_info=error)
            log = self._folders.supervisor_log
            self._board.set(Phase.FAILED, reason=f"the supervisor failed: {error!r}", remedy=f"report it with {log}")

    async def _outcome(self) -> None:
        assert self._work is not None  # noqa: S101 - every caller has begun some
        work = self._work
        await asyncio.wait({work})
        if work.cancelled():
            raise StoppedError("the start was stopped meanwhile; run `qwen-launcher start` to start again")
        work.result()

    def _begin_wanted(self, wanted: Version) -> None:
        """Begin to start what a user asks for; it becomes the stable version only if it starts."""
        before = self._versions
        served = wanted.over(before.served)
        if served == before.served:
            self._begin(self._start(download=True))
            return
        # Before the work takes its first step: who asks at the same moment is compared with it.
        # Whoever names something else than the version on trial wants that, and no rollback.
        self._choose(replace(before, stable=served, latest=None))
        chosen = self._begin(self._start_chosen())

        def go_back(work: asyncio.Task[None]) -> None:
            if work.cancelled() or work.exception() is not None:
                self._choose(before)

        # No part of the work, which may be cancelled before its first step.
        chosen.add_done_callback(go_back)

    async def _start_chosen(self) -> None:
        await self._start(download=True)
        self._keep(self._versions)

    async def _start(self, *, download: bool) -> None:
        if self._versions.latest is None:
            await self._bring_up(self._versions.stable, download=download)
            return
        try:
            await self._bring_up(self._versions.latest, download=download)
        except LauncherError as error:
            await self._return_to_stable(error.reason)
            raise RolledBackError(
                f"the version on trial did not start: {error}\nThe stable version is served."
            ) from error

    async def _switch(self) -> None:
        self._board.set(Phase.LOADING, "waiting for the work in progress")
        await self._drain()
        await self._start(download=True)

    async def _return_to_stable(self, why: str) -> None:
        logger.warning("going back to the stable version: %s", why)
        self._rolling_back = True
        try:
            self._keep(replace(self._versions, latest=None))
            self._board.set(Phase.ROLLING_BACK, why)
            await self._drain()
            await self._bring_up(self._versions.stable, download=False)
        finally:
            self._rolling_back = False

    async def _restart(self, why: str, delay_s: float) -> None:
        self._board.set(Phase.LOADING, f"restarting: {why}")
        await self._end_run()
        await asyncio.sleep(delay_s)
        await self._bring_up(self._versions.served, download=False)

    async def _drain(self) -> None:
        """Wait until no use is in progress, but not for ever."""
        deadline = time.monotonic() + self._timing.drain_s
        while self.snapshot.uses and self._run is not None and time.monotonic() < deadline:  # noqa: ASYNC110 - brief
            await asyncio.sleep(DRAIN_POLL_S)

    async def _bring_up(self, version: Version, *, download: bool) -> None:
        """Serve `version`, and nothing else.

        Raises:
            LauncherError: it cannot be had; nothing of it runs then.
        """
        await self._end_run()
        self._on_stage(Phase.INSTALLING if download else Phase.LOADING)
        config, engine = await prepare(version, self._folders, self._on_stage, download=download)
        self._board.update(model=config.served_name)
        self._on_stage(Phase.LOADING, "starting the engine")
        run = await EngineRun.launch(config, engine, self._folders)
        try:
            await run.wait_until_ready(self._on_stage, self._timing.start_s)
        except BaseException:
            await asyncio.shield(run.end())
            raise
        self._serve(run)

    def _serve(self, run: EngineRun) -> None:
        """Offer a ready engine, and watch it."""
        self._run = run
        self._rolling_back = False
        self._watch = asyncio.get_running_loop().create_task(self._watch_over(run))
        self._watch.add_done_callback(self._report)
        self._board.update(model=run.state.model)
        self._board.set(Phase.BUSY if self.snapshot.uses else Phase.READY, backend=run.state)

    async def _end_run(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
            self._watch = None
        if self._run is not None:
            # A cancelled stop must not leave half an engine: it goes on, and the guard makes sure.
            await asyncio.shield(self._run.end())
            self._run = None

    # What goes wrong --------------------------------------------------------------------------------------------------

    async def _watch_over(self, run: EngineRun) -> None:
        """Notice when the engine ends, hangs or fails too many requests, and do something about it."""
        liveness = Liveness(self._timing.hung_s)
        ended = asyncio.get_running_loop().create_task(run.wait_for_end())
        try:
            while True:
                await asyncio.wait({ended}, timeout=self._timing.liveness_interval_s)
                if ended.done():
                    why = await run.explain_end("while serving")
                    break
                liveness.observe(await asyncio.to_thread(counters, run.state), is_used=self.snapshot.uses > 0)
                self._take_over(liveness)
                if liveness.seems_hung:
                    if not await asyncio.to_thread(generates, run.state, HUNG_PROBE_S):
                        why = f"the engine (process {run.state.pid}) hung: no token for {self._timing.hung_s:.0f} s"
                        break
                    liveness.is_well()
                if self._versions.latest is not None and liveness.fails_too_often:
                    self._watch = None
                    self._begin(self._return_to_stable(f"{liveness.errors} of its requests failed"))
                    return
        finally:
            ended.cancel()
        await self._crashed(run, why)

    def _take_over(self, liveness: Liveness) -> None:
        if liveness.is_active:
            self.last_activity = time.monotonic()
        if self.snapshot.state in SERVING:
            self._board.update(state=Phase.BUSY if liveness.is_active or self.snapshot.uses else Phase.READY)

    async def _crashed(self, run: EngineRun, why: str) -> None:
        """End what is left of the engine and start it again, if it is needed and does not crash again and again."""
        logger.warning("%s", why)
        self._watch = self._run = None
        self._board.set(Phase.LOADING, "ending what is left of the engine")
        await run.end()
        now = time.monotonic()
        self._crashes = [crash for crash in self._crashes if now - crash < CRASH_WINDOW_S] + [now]
        if self._versions.latest is not None:
            self._begin(self._return_to_stable(why.partition("\n")[0]))
        elif len(self._crashes) >= CRASHES_TO_GIVE_UP:
            minutes = CRASH_WINDOW_S / 60
            raise BackendStartError(f"{len(self._crashes)} crashes within {minutes:.0f} minutes; the last: {why}")
        elif self._needed():
            self._begin(self._restart(why.partition("\n")[0], BACKOFF_S[len(self._crashes) - 1]))
        else:
            self._board.set(Phase.OFF)

    # The snapshot -----------------------------------------------------------------------------------------------------

    def _choose(self, versions: Versions) -> None:
        self._versions = versions
        self._board.update(version=versions.served_name, model=versions.served.model)

    def _keep(self, versions: Versions) -> None:
        self._choose(versions)
        write_versions(self._folders.data / FILE, versions)

    def _on_stage(self, phase: Phase, detail: str = "", percent: int | None = None) -> None:
        self._board.set(Phase.ROLLING_BACK if self._rolling_back else phase, detail, percent)

"""The launcher's errors; every message says what happened, where, and what to do."""

from __future__ import annotations

WHAT_TO_DO = "What to do:"


class LauncherError(Exception):
    """Something the user can act on; the message is shown as it is, without a stack trace.

    What to do stands in the message after `WHAT_TO_DO`, or after its last semicolon.
    """

    exit_code = 1

    @property
    def reason(self) -> str:
        """What happened, and where."""
        return self._parts()[0]

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._parts()[1]

    def _parts(self) -> tuple[str, str]:
        message = str(self)
        reason, found, rest = message.partition(f"\n{WHAT_TO_DO}")
        if found:
            return reason, rest.partition("\n")[0].strip()
        reason, _, remedy = message.rpartition("; ")
        return (reason, remedy) if reason else (message, "")


class UnusableMachineError(LauncherError):
    """This machine cannot serve any model of the catalogue; nothing has been downloaded."""

    exit_code = 4


class EngineInstallError(LauncherError):
    """The engine's environment could not be made; safe to retry."""


class ModelError(LauncherError):
    """The model is unknown, incomplete or damaged."""


class BackendStartError(LauncherError):
    """The engine ended, or did not become ready; nothing is left running."""


class StoppedError(LauncherError):
    """Somebody stopped what was waited for."""


class RolledBackError(LauncherError):
    """The version on trial does not start; the stable one is served."""

"""The launcher's errors; every message says what happened, where, and what to do."""

from __future__ import annotations


class LauncherError(Exception):
    """Something the user can act on; the message is shown as it is, without a stack trace."""

    exit_code = 1


class UnusableMachineError(LauncherError):
    """This machine cannot serve any model of the catalogue; nothing has been downloaded."""

    exit_code = 4


class EngineInstallError(LauncherError):
    """The engine's environment could not be made; safe to retry."""


class ModelError(LauncherError):
    """The model is unknown, incomplete or damaged."""


class BackendStartError(LauncherError):
    """The engine ended, or did not become ready; nothing is left running."""

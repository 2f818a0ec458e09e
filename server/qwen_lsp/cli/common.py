"""What every command needs: the user's settings, his language, the folders, and how to end with a message."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from qwen_lsp import messages
from qwen_lsp.settings import Settings, resolve

NO_BACKEND, USAGE, BAD_FILE = 3, 64, 66


class UnusableFolderError(Exception):
    """The current folder or the workspace cannot be used; the message says why."""


def resolved_settings() -> Settings:
    """Return the settings of the environment, whose language is spoken from now on; warnings go to stderr."""
    settings, warnings = resolve(os.environ)
    messages.speak(messages.choose(settings.language, _locale()))
    for warning in warnings:
        print(f"qwen-lsp: {warning}", file=sys.stderr)
    return settings


def folders(options: argparse.Namespace) -> tuple[Path, Path]:
    """Return the current folder and the workspace's.

    Raises:
        UnusableFolderError: one of them is not there.
    """
    try:
        cwd = Path.cwd()
    except FileNotFoundError as error:
        message = "the current folder has been deleted; change to one that exists"
        raise UnusableFolderError(message) from error
    root: Path = cwd / options.workspace
    if not root.is_dir():
        message = f"the workspace {root} is not a folder; name an existing one with --workspace"
        raise UnusableFolderError(message)
    return cwd, root.resolve()


def fail(message: str) -> int:
    """Print ``message`` for the user; return the exit code for a file that cannot be used."""
    print(f"qwen-lsp: {message}", file=sys.stderr)
    return BAD_FILE


def read_stdin() -> bytes:
    """Return all of stdin."""
    return b"" if sys.stdin is None else sys.stdin.buffer.read()  # None: started with stdin closed


def show_stage(stage: str, detail: str) -> None:
    """Show on a terminal what is being done, in one line that the next one replaces."""
    if sys.stderr.isatty():
        tail = " ".join(detail.split())[-60:]
        print(f"\r\x1b[2K{messages.say(stage)}... {tail}", end="", file=sys.stderr, flush=True)


def clear_stage() -> None:
    """Take away what ``show_stage`` showed."""
    if sys.stderr.isatty():
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def utf16_units(text: str) -> int:
    """Return the length of ``text`` as LSP counts it by default."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _locale() -> str | None:
    """Return the locale of messages (POSIX.1-2017, 8.2: the first that is set decides)."""
    return next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), None)

"""Run what the command line asks for."""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qwen_lsp.cli.parser import parse


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``qwen-lsp`` with ``arguments`` (default: the process's own) and return its exit code."""
    options = parse(list(sys.argv[1:] if arguments is None else arguments))
    if options.command is not None:
        return _command(options)
    with _no_full_collections():
        from qwen_lsp import server

    if options.tcp:
        return server.serve_tcp(options.host, options.port, options.log_file)
    return server.serve_stdio(options.log_file)


@contextmanager
def _no_full_collections() -> Iterator[None]:
    """Import without looking for garbage among all that has been imported so far, again and again, and never after.

    It would take 50 of the 450 ms until `initialize` is answered. What is new is still looked through.
    """
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, 1 << 30)
    yield
    gc.freeze()
    gc.set_threshold(young, middle, old)


def _command(options: argparse.Namespace) -> int:
    """Run the function that bears the command's name, in the module of that name; the server needs none of them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # logs hold what a terminal's encoding may lack
    try:
        module = importlib.import_module(f"qwen_lsp.cli.{options.command}")
        code: int = getattr(module, options.command)(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # the reader (`head`, a pager) has left; Python must not try to flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code

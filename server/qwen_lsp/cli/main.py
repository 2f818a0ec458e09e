"""Parse the command line and run what it asks for."""

from __future__ import annotations

import argparse
import gc
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from qwen_lsp import __version__

EXIT_CODES = """\
exit codes of `diagnose`:
  0   at least one fix is offered
  1   the failure was diagnosed, but there is no fix to offer
  2   no failure was found in the text
  3   the model's server could not be used (locations are still printed)
  64  the command line was not understood
  66  a file could not be read or written
  130, 141  it was interrupted, or the reader of its output left
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with 64 (EX_USAGE in sysexits.h): argparse's own 2 means "no failure found" here."""
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``qwen-lsp`` with ``arguments`` (default: the process's own) and return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None and not (options.stdio or options.tcp):
        parser.error("say --stdio, --tcp or a command; see qwen-lsp --help")
    if options.command == "diagnose":
        return _diagnose(options)
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


def _diagnose(options: argparse.Namespace) -> int:
    from qwen_lsp.cli.diagnose import diagnose

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # logs hold what a terminal's encoding may lack
    try:
        code = diagnose(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # the reader (`head`, a pager) has left; Python must not try to flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="qwen-lsp",
        description="Find the root cause of a failure from its log, and a checked fix, with a model on this machine.",
    )
    parser.add_argument("--version", action="version", version=f"qwen-lsp {__version__}")
    transport = parser.add_mutually_exclusive_group()
    transport.add_argument(
        "--stdio", action="store_true", help="serve the Language Server Protocol on stdin and stdout"
    )
    transport.add_argument("--tcp", action="store_true", help="serve it on a TCP port, to one client")
    parser.add_argument("--host", default="127.0.0.1", help="address for --tcp (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8888, help="port for --tcp (default: %(default)s)")
    parser.add_argument(
        "--log-file", type=Path, metavar="FILE", help="write the server's log here instead of to stderr"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    diagnose = commands.add_parser(
        "diagnose",
        help="diagnose a failure log, from a pipe or a file",
        description="Diagnose a failure log: `some_command 2>&1 | qwen-lsp diagnose`.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    diagnose.add_argument(
        "--workspace", type=Path, default=Path(), metavar="DIR", help="the project's folder (default: this one)"
    )
    diagnose.add_argument("--log", type=Path, metavar="FILE", help="read the log from FILE instead of stdin")
    diagnose.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to print (default: %(default)s)"
    )
    diagnose.add_argument(
        "--apply", action="store_true", help="apply the first fix to the files, unless it only hides the error"
    )
    diagnose.add_argument("--no-model", action="store_true", help="only locate the failure; ask no model")
    return parser

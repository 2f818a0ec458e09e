"""The command line."""

from __future__ import annotations

import argparse
import sys
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
REVIEW_EXIT_CODES = """\
exit codes of `review`:
  0   nothing was found
  1   something was found
  3   the model's server could not be used (what the rules found is still printed)
  64  the command line was not understood
  66  the file could not be read
"""
USAGE = 64


class Parser(argparse.ArgumentParser):
    """argparse's parser, with another exit code."""

    def error(self, message: str) -> NoReturn:
        """End with 64 (EX_USAGE in sysexits.h): argparse's own 2 means "no failure found" here."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return the options; what is wrong ends the process with 64."""
    parser = build_parser()
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(USAGE)
    program: list[str] = []
    if arguments[:1] == ["run"] and "--" in arguments:
        # By hand: argparse would take options of the program for ours, and drop its own "--".
        at = arguments.index("--")
        arguments, program = arguments[:at], arguments[at + 1 :]
    options = parser.parse_args(arguments)
    if options.command is None and not (options.stdio or options.tcp):
        parser.error("say --stdio, --tcp or a command; see qwen-lsp --help")
    if options.command == "run":
        options.program += program
        if not options.program:
            parser.error("say what to run: qwen-lsp run -- COMMAND ...")
    return options


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Parser(
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
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    diagnose = commands.add_parser(
        "diagnose",
        help="diagnose a failure log, from a pipe or a file",
        description="Diagnose a failure log: `some_command 2>&1 | qwen-lsp diagnose`.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    diagnose.add_argument("--log", type=Path, metavar="FILE", help="read the log from FILE instead of stdin")
    diagnose.add_argument(
        "--command",
        dest="failed",
        metavar="COMMAND",
        help="the command line that failed, for --rerun (default: what the log tells)",
    )
    _how(diagnose)
    run = commands.add_parser(
        "run",
        help="run a command, and diagnose it when it fails",
        description="Run a command in this terminal and diagnose what it printed if it fails. The exit code is the "
        "command's; the diagnosis goes to stderr.",
        usage="qwen-lsp run [options] -- COMMAND ...",
    )
    run.add_argument("program", nargs="*", metavar="COMMAND", help="the command and its arguments, after --")
    run.add_argument("--watch", action="store_true", help="run it again whenever a file of the workspace changes")
    run.add_argument("--output", type=Path, metavar="FILE", help="write the diagnosis to FILE instead of stderr")
    _how(run)
    ask = commands.add_parser(
        "ask",
        help="ask a question, about a log if you like",
        description="Ask a question; the answer is printed as it is written. Exit code 3: the model's server could not "
        "be used.",
    )
    ask.add_argument("question")
    ask.add_argument("--log", type=Path, metavar="FILE", help="a failure's log that the question is about; - is stdin")
    ask.add_argument("--role", help="who is to answer (default: debugger; files in prompts/roles, and your own)")
    _workspace(ask)
    review = commands.add_parser(
        "review",
        help="find mistakes in a file or a part of it, without a log",
        description="Find syntax errors, logic errors and security risks in Python, JavaScript, TypeScript and SQL.",
        epilog=REVIEW_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    review.add_argument("file", metavar="FILE[:FIRST-LAST]", help="the file, and the lines that matter, from 1 up")
    _workspace(review)
    _format(review)
    review.add_argument(
        "--model", action="store_true", help="ask the model for fixes of what the rules cannot mend by themselves"
    )
    feedback = commands.add_parser(
        "feedback",
        help="what became of diagnoses and fixes, kept on this machine",
        description="What you marked as good or bad, and which fixes were applied or undone. It is kept on this "
        "machine, masked, and never sent.",
    )
    feedback.add_argument(
        "action", choices=("report", "export", "purge"), help="a summary, all events as JSON lines, or delete them all"
    )
    completion = commands.add_parser(
        "completion", help="print what a shell needs to complete these commands", description="Print it for `source`."
    )
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh", "fish"))
    return parser


def _workspace(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workspace", type=Path, default=Path(), metavar="DIR", help="the project's folder (default: this one)"
    )


def _format(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="how to print: for people, the JSON report, SARIF 2.1.0, or annotations for GitHub Actions (default: "
        "%(default)s)",
    )


def _how(command: argparse.ArgumentParser) -> None:
    """Add the options of everything that diagnoses."""
    _workspace(command)
    _format(command)
    command.add_argument(
        "--apply", action="store_true", help="apply the first fix to the files, unless it only hides the error"
    )
    command.add_argument(
        "--rerun",
        action="store_true",
        help="check fixes by running the failed command again, in a copy of the workspace, and search for others",
    )
    command.add_argument("--no-model", action="store_true", help="only locate the failure; ask no model")

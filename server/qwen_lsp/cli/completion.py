"""``qwen-lsp completion``: what a shell needs to complete our commands."""

from __future__ import annotations

import argparse

import shtab

from qwen_lsp.cli.parser import build_parser


def completion(options: argparse.Namespace) -> int:
    """Print the script for the shell of ``options``."""
    print(shtab.complete(build_parser(), options.shell))
    return 0

"""Runs `python -m qwen_launcher`."""

import sys

from qwen_launcher.cli import main

sys.exit(main())

"""``python -m qwen_lsp``: the same as the ``qwen-lsp`` command."""

import sys

from qwen_lsp.cli import main

if __name__ == "__main__":
    sys.exit(main())

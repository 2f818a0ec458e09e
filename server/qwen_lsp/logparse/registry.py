"""The families of failure logs that can be read; a new language is one entry here."""

from __future__ import annotations

from collections.abc import Callable

from qwen_lsp.logparse.javascript.scan import read_javascript
from qwen_lsp.logparse.python.scan import read_python
from qwen_lsp.logparse.sighting import Reading
from qwen_lsp.logparse.sql.scan import read_sql

Family = Callable[[list[str]], Reading]
"""Reads cleaned lines, which are its own; never raises, takes linear time."""

FAMILIES: tuple[Family, ...] = (read_python, read_javascript, read_sql)

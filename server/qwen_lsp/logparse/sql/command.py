"""Which .sql file a shell was reading, where only the command in the log says so.

sqlite3, mysql and sqlcmd print line numbers without a file for what they read from stdin. Shells (``set -x``), make
and CI runners print the command before it runs: ``sqlite3 shop.db < schema.sql``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SHELLS = {
    "sqlite3": re.compile(r"(?:^|[\s/|(])sqlite3(?:\.exe)?\s|^sqlite> \.read "),
    "mysql": re.compile(
        r"(?:^|[\s/|(])(?:mysql|mariadb)(?:\.exe)?\s|^(?:mysql|MariaDB \[[^\]\n]{0,99}\])> (?:source |\\\. )"
    ),
    "oracle": re.compile(r"(?:^|[\s/|(])(?:sqlplus|sql)(?:\.exe)?\s|^SQL> ?(?:@|start )", re.IGNORECASE),
}
_FILE = re.compile(r"[^\s'\"<>|;@]{1,400}\.(?:sql|ddl|psql|pls|pks|pkb)(?![\w.])", re.IGNORECASE)
_MAX_COMMAND_CHARACTERS = 1_000


class Commands:
    """Finds the last command before a line; every line is looked at once, however often it is asked."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._next = 0
        self._files: dict[str, str | None] = dict.fromkeys(_SHELLS)

    def file_before(self, index: int, shell: str) -> str | None:
        """Return the file that the last command of ``shell`` before line ``index`` reads; calls come in log order."""
        for line in self._lines[self._next : index]:
            if len(line) <= _MAX_COMMAND_CHARACTERS:
                for name, pattern in _SHELLS.items():
                    if pattern.search(line):
                        files = _FILE.findall(line)
                        self._files[name] = files[-1] if files else None
        self._next = max(self._next, index)
        return self._files[shell]

"""What the operating system or the network refuses, in whatever language: files, ports, servers."""

from __future__ import annotations

import re
from pathlib import Path

from qwen_lsp.explain.answer import Answer, Rule, Site, rule

_SERVICES = {
    "1433": "SQL Server",
    "1521": "Oracle",
    "3306": "MySQL or MariaDB",
    "5432": "PostgreSQL",
    "5672": "RabbitMQ",
    "6379": "Redis",
    "9092": "Kafka",
    "9200": "Elasticsearch",
    "11211": "memcached",
    "27017": "MongoDB",
}
_PLACE = re.compile(
    r"(?P<host>(?:[0-9]{1,3}\.){3}[0-9]{1,3}|\[?::1?\]?|localhost|[A-Za-z][\w.-]*)"
    r"(?:[:\"', ]+(?:\([\d.:]+\), )?port[ =]+|:|', )(?P<port>[0-9]{2,5})\b"
)


def _refused(site: Site, match: re.Match[str]) -> Answer | None:
    del match
    place = _PLACE.search(site.failure.message)
    if place is None:
        return Answer(
            "Nothing accepts connections at that address: the server is not running, or listens elsewhere.",
            is_environment=True,
        )
    service = _SERVICES.get(place["port"])
    known = f" ({service}'s usual port)" if service else ""
    return Answer(
        f"Nothing accepts connections at {place['host']}, port {place['port']}{known}: the server is not running, or "
        f"listens elsewhere.",
        is_environment=True,
    )


def _in_use(site: Site, match: re.Match[str]) -> Answer | None:
    del match
    port = re.search(r":(?P<port>[0-9]{2,5})(?![0-9:])", site.failure.message)
    which = f"port {port['port']}" if port else "that port"
    command = f"lsof -i :{port['port']}" if port else None
    return Answer(
        f"Another program has {which} already, often an earlier run of this one; end it or take another port.",
        command=command,
        is_environment=True,
    )


def _no_file(site: Site, match: re.Match[str]) -> Answer | None:
    name = match["path"]
    path = Path(name)
    if any(frame.path.endswith("subprocess.py") for frame in site.failure.frames[-2:]):
        return Answer(f"The program `{name}` is not installed, or is in no folder of PATH.", is_environment=True)
    if path.is_absolute() or "\\" in name or "\0" in name:
        return None
    folders = [*([site.snapshot.path.parent] if site.snapshot is not None else []), *site.roots]
    for folder in dict.fromkeys(folders):
        if site.documents.read(folder / path) is not None and any(folder.is_relative_to(root) for root in site.roots):
            return Answer(
                f"`{name}` exists in {folder}, but a relative path counts from the folder in which the program was "
                f"started, which was another one."
            )
    return Answer(f"`{name}` is looked for in the folder in which the program was started, and is not there.")


def _denied(site: Site, match: re.Match[str]) -> Answer | None:
    del site
    path = match["path"]
    what = f" with `{path}`" if path else ""
    return Answer(f"The system does not let the user who runs the program do this{what}.", is_environment=True)


_PYTHON_FILE = r"\[Errno 2\] No such file or directory: '(?P<path>[^'\n]+)'"
_NODE_FILE = r"ENOENT: no such file or directory, \w+ '(?P<path>[^'\n]+)'"
RULES: tuple[Rule, ...] = (
    rule("", r"(?s).*(?:[Cc]onnection refused|ECONNREFUSED|actively refused it)", _refused),
    rule("", r"(?:.*\[Errno (?:98|48)\].*|.*Address already in use|.*EADDRINUSE)", _in_use),
    rule("FileNotFoundError", _PYTHON_FILE, _no_file),
    rule("Error", _NODE_FILE, _no_file),
    rule("PermissionError", r"\[Errno 13\] Permission denied(?:: '(?P<path>[^'\n]+)')?", _denied),
    rule("Error", r"E(?:ACCES|PERM): .*?(?:'(?P<path>[^'\n]+)')?$", _denied),
)

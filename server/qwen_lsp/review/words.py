"""Names that tell what a value is for, and texts that tell what they are."""

from __future__ import annotations

import re

_SECRET_NAME = re.compile(
    r"(?i)(?:^|_|\b)(?:pass(?:word|wd|phrase)|pwd|secret|api_?key|access_?key|private_?key|secret_?key|(?:auth|access|refresh)_?token)(?:$|_|\b)"
)
_TOKEN_NAME = re.compile(
    r"(?i)token|passw(?:or)?d|secret|nonce|otp\b|one_?time|session_?(?:id|key)|api_?key|csrf|salt\b|reset_?(?:code|link)"
)
_PASSWORD_NAME = re.compile(r"(?i)passw(?:or)?d|passphrase|\bpwd\b|_pwd\b")
_KNOWN_FORM = re.compile(
    r"^(?:(?:[sr]k|pk)_live_\w{10,}|[sr]k-[\w-]{20,}|AKIA[A-Z0-9]{12,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[abprs]-[\w-]{10,}|hf_\w{20,}|pypi-[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----)"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|sample|dummy|fake|placeholder|change|your|todo|xxx|\*\*\*|\.\.\.|<|>|\$|\{|\s|test|mock|redacted|none|null"
)
_WORDS = re.compile(r"^[a-zA-Z]+(?:[-_ .:/][a-zA-Z]+)*$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_SQL = re.compile(
    r"^\s*(?:select\s.+\sfrom\s|insert\s+into\s|update\s.+\sset\s|delete\s+from\s|with\s.+\sselect\s|replace\s+into\s)",
    re.IGNORECASE | re.DOTALL,
)
_NAMES_A_THING = re.compile(
    r"(?:\b(?:from|join|into|update|table|by|select|on|view|index|schema|database|distinct|pragma|as|asc|desc|where|set"
    r"|returning|values)|\.|,|\binto\s+[\w.\"`\[\]]+\s*\()\s*[\"`\[]?$",
    re.IGNORECASE,
)


def snake(name: str) -> str:
    """Return ``name`` with its words apart: ``apiKey`` as ``api_Key``."""
    return _CAMEL.sub("_", name)


def is_secret(name: str, value: str) -> bool:
    """Return whether ``value``, written out for ``name``, is a secret that somebody uses."""
    if _KNOWN_FORM.match(value):
        return True
    if not _SECRET_NAME.search(snake(name)) or not 8 <= len(value) <= 4000:
        return False
    mixed = any(one.isdigit() for one in value) and any(one.isalpha() for one in value)
    return mixed and not _PLACEHOLDER.search(value) and not _WORDS.match(value)


def is_for_tokens(name: str) -> bool:
    """Return whether what ``name`` names must not be guessed."""
    return _TOKEN_NAME.search(snake(name)) is not None


def is_for_passwords(name: str) -> bool:
    """Return whether ``name`` is that of a password."""
    return _PASSWORD_NAME.search(snake(name)) is not None


def is_sql(text: str) -> bool:
    """Return whether ``text`` begins like a statement that reads or writes rows."""
    return _SQL.match(text) is not None


def ends_before_value(text: str) -> bool:
    """Return whether a value follows ``text``, the beginning of a statement of SQL, and not the name of a thing.

    Names of tables and columns cannot be parameters; programs choose them from lists of their own.
    """
    return _NAMES_A_THING.search(text) is None

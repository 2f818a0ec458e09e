"""Takes secrets and names out of text that is to be shown to others.

Two ways together: values that are known to be secret (from the environment and the engine's key file) go wherever they
stand; what merely looks like a secret goes by the form around it. It rather takes too much than too little.
"""

from __future__ import annotations

import getpass
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MASK, USER, HOME = "[masked]", "[user]", "~"
KNOWN_MIN_CHARACTERS = 6
"""A shorter known value is masked only behind its name: "on" or "1" would tear holes in every sentence."""
IMPERSONAL_USERS = frozenset({"root", "nobody"})
WORD = (
    r"(?:key|token|secret|password|passwd|passphrase|pwd|credentials?|auth|authorization|cookie"
    r"|webhook(?:[_-]?ur[li])?)"
)
NAME = rf"[\w.-]*{WORD}"
SECRET_NAME = re.compile(NAME, re.IGNORECASE)

URL = re.compile(r"\b(?P<scheme>[a-z][a-z0-9+.-]{1,20}://)(?P<rest>[^\s\"'<>`]+)", re.IGNORECASE)
TOKEN_SEGMENT = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_=~+%-]{16,}")
# A list, a text (in Python also inside a type's parentheses, such as SecretStr('...')), or a bare word.
VALUE = r"""\[[^\]\n]*\]|(?:\w+\()?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|[^\s,;"'}\])]+"""
PRIVATE_KEY = r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
# HTTP headers, as sent and as a dictionary prints them: RFC 9110 section 11.6, RFC 6265.
HEADER = r"((?:proxy-)?authorization|(?:set-)?cookie)([\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+"
CREDENTIALS = r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"
# An option and its value, as a shell or a list of arguments shows them.
OPTION = rf"(--{NAME})([\"']?[\s,=]+[\"']?)[^\s\"',]+"
ASSIGNMENT = rf"((?<![\w.-]){NAME}[\"']?\s*[:=]\s*)(?:{VALUE})"
# Keys that say what they are: OpenAI, Hugging Face, GitHub, GitLab, PyPI, Slack, AWS, JSON web tokens.
KEY = (
    r"\b(?:[sprk]k-[\w-]{16,}|hf_[\w-]{16,}|gh[pousr]_[\w-]{16,}|github_pat_[\w-]{16,}|glpat-[\w-]{16,}|pypi-[\w-]{16,}"
    r"|xox[a-z]-[\w-]{10,}|AKIA[A-Z0-9]{12,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
)
FORMS = (
    (re.compile(PRIVATE_KEY, re.DOTALL), MASK),
    (re.compile(HEADER, re.IGNORECASE), rf"\1\2{MASK}"),
    (re.compile(CREDENTIALS, re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(OPTION, re.IGNORECASE), rf"\1\2{MASK}"),
    (re.compile(ASSIGNMENT, re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(KEY), MASK),
    (re.compile(r"(/(?:home|Users)/)[^/\s\"':]+"), rf"\1{USER}"),
)


def mask_url(url: str) -> str:
    """Return `url` without user and password, query, token-like path segments, and a webhook's path."""
    found = URL.fullmatch(url)
    if found is None:
        return url
    # Up to the last @, not the first: a password may hold one, unescaped.
    credentials, at, rest = found["rest"].rpartition("@")
    bare = re.split(r"[?#]", rest, maxsplit=1)[0]
    host, slash, path = bare.partition("/")
    if "hook" in bare.lower() and path:
        path = MASK
    else:
        path = "/".join(MASK if TOKEN_SEGMENT.fullmatch(segment) else segment for segment in path.split("/"))
    secret = bool(credentials) or bool(at)
    query = f"?{MASK}" if len(bare) < len(rest) else ""
    return f"{found['scheme']}{f'{MASK}@' if secret else ''}{host}{slash}{path}{query}"


def hosts_only(text: str) -> str:
    """Return `text` with scheme and host alone of each URL; for package indexes, whose paths may hold tokens."""

    def host_of(found: re.Match[str]) -> str:
        rest = re.split(r"[/?#]", found["rest"].rpartition("@")[2], maxsplit=1)
        return found["scheme"] + rest[0] + (f"/{MASK}" if rest[1:] and rest[1] else "")

    return URL.sub(host_of, text)


@dataclass(frozen=True, slots=True)
class Masker:
    """Masks with what is known of this user: `secrets` are values, `homes` folders, `users` login names."""

    secrets: frozenset[str] = frozenset()
    homes: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()

    @classmethod
    def of_user(cls, environment: Mapping[str, str], key_files: Iterable[Path] = ()) -> Masker:
        """Return the present user's masker; `key_files` hold one secret each and need not exist."""
        secrets = {value for name, value in environment.items() if is_secret_name(name)}
        for value in environment.values():
            secrets.update(_passwords(value))
        for path in key_files:
            try:
                secrets.add(path.read_text(encoding="utf-8", errors="replace").strip())
            except OSError:
                continue
        # A value of several lines, like a private key, may be shown line by line.
        lines = {line.strip() for secret in secrets for line in secret.splitlines()}
        home = Path.home()
        homes = {str(home), str(home.resolve()), environment.get("HOME", "").rstrip("/")} - {"", "/"}
        return cls(
            frozenset(secret for secret in secrets | lines if len(secret) >= KNOWN_MIN_CHARACTERS),
            frozenset(homes),
            frozenset(_user_names(environment)),
        )

    def mask(self, text: str) -> str:
        """Return `text` without secrets, home folders and login names."""
        known = {form for secret in self.secrets for form in _written_forms(secret)}
        # The longest first: one secret may be part of another.
        for form in sorted(known, key=len, reverse=True):
            text = text.replace(form, MASK)
        text = URL.sub(lambda found: mask_url(found[0]), text)
        for pattern, replacement in FORMS:
            text = pattern.sub(replacement, text)
        for home in sorted(self.homes, key=len, reverse=True):
            for form in {home, quote(home)}:
                text = re.sub(rf"(?<![\w.-]){re.escape(form)}(?![\w.-])", HOME, text)
        for user in self.users:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(user)}(?![A-Za-z0-9])", USER, text)
        return text


def is_secret_name(name: str) -> bool:
    """Return whether a variable or setting of this name holds a secret."""
    return SECRET_NAME.fullmatch(name) is not None


def _passwords(value: str) -> Iterator[str]:
    for found in URL.finditer(value):
        credentials = found["rest"].rpartition("@")[0]
        if credentials:
            yield credentials
            yield credentials.partition(":")[2]


def _user_names(environment: Mapping[str, str]) -> set[str]:
    names = {environment.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER")}
    try:
        names.add(getpass.getuser())
    except (OSError, KeyError):
        # A user id without an entry, as containers have.
        names.add(os.environ.get("USER", ""))
    return {name for name in names if len(name) > 1} - IMPERSONAL_USERS


def _written_forms(secret: str) -> set[str]:
    """Return `secret` as itself, in a URL, in JSON and in Python."""
    forms = {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return {form for form in forms if form}

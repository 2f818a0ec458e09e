"""Keep secrets out of prompts: each is replaced by a stand-in, which is turned back where the model's reply repeats it.

A reply goes into the user's files, so what is taken out has to come back. The launcher's reports, which others
read, are masked for good and by wider rules (``qwen_launcher.care.masking``): rules as wide would hide the code that is
to be mended.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qwen_lsp.model import ChatPrompt

MASK = "[masked]"

_NAME = r"(?:pass(?:word|wd|phrase)|secret|api_?key|access_?key|private_?key|auth_?token|access_?token|credentials?)"
_MIN_CHARACTERS = 8
"""Shorter values are seldom secrets that anybody generated, and often words of the program."""

FORMS: tuple[tuple[str, str], ...] = (
    (
        "private keys",
        r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!---)){0,20000}-----END [A-Z ]{0,40}PRIVATE KEY-----)",
    ),
    ("passwords in addresses", r"\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@\"'{}$<>]{0,100}:([^\s/@\"'{}$<>]{1,200})@"),
    ("Authorization headers", r"\b(?:[Bb]earer|[Bb]asic)\s{1,20}([A-Za-z0-9._~+/=-]{16,4000})"),
    (
        "keys that say what they are (OpenAI, Hugging Face, GitHub, GitLab, PyPI, Slack, AWS, JSON web tokens)",
        r"\b((?:[sprk]k-|hf_|gh[pousr]_|github_pat_|glpat-|pypi-)[\w-]{16,4000}|xox[a-z]-[\w-]{10,400}|AKIA[A-Z0-9]{12,40}"
        r"|eyJ[\w-]{8,2000}\.[\w-]{1,2000}(?:\.[\w-]{0,2000})?)",
    ),
    (
        "quoted values after names like password, secret, api_key, access_token",
        rf"(?i:{_NAME})\w{{0,40}}[\"']?\]?\s{{0,20}}[:=]\s{{0,20}}[\"']([^\s\"'{{}}$<>]{{{_MIN_CHARACTERS},4000}})[\"']",
    ),
    (
        "environment assignments of such names",
        rf"\b[A-Z0-9_]{{0,40}}{_NAME.upper()}[A-Z0-9_]{{0,40}}=([^\s\"'{{}}$<>()]{{{_MIN_CHARACTERS},4000}})",
    ),
)
"""What each form is, and its pattern, whose one group is the secret.

Every repetition has a bound, so that no line, however long, is searched anew to its end from each of its places.
"""

_FORM = re.compile("|".join(pattern for _, pattern in FORMS))
_STAND_IN = re.compile(rf"__SECRET_\d+__|{re.escape(MASK)}")
_SECRET_VARIABLE = re.compile(rf"(?i:{_NAME}|token)s?$")


@dataclass(frozen=True, slots=True)
class Redaction:
    """A prompt without secrets, and what its stand-ins mean."""

    prompt: ChatPrompt
    _originals: Mapping[str, str] = field(repr=False)

    def restored(self, text: str) -> str:
        """Return ``text`` with the secrets back in the places of their stand-ins."""
        for stand_in, secret in self._originals.items():
            text = text.replace(stand_in, secret)
        return text


def redact(prompt: ChatPrompt, environ: Mapping[str, str] = os.environ) -> Redaction:
    """Return the prompt with a stand-in for each secret; equal secrets get the same one, so that comparing still works.

    Besides ``FORMS``, the values of environment variables whose names say that they are secret are taken out.
    """
    everything = "\n".join(content for _, content in prompt.messages)
    free = (name for number in itertools.count(1) if (name := f"__SECRET_{number}__") not in everything)
    stand_ins: dict[str, str] = {}

    def stand_in(secret: str) -> str:
        if secret not in stand_ins:
            stand_ins[secret] = next(free)
        return stand_ins[secret]

    patterns = _patterns(everything, environ)
    messages = tuple((role, _replaced(text, patterns, stand_in)) for role, text in prompt.messages)
    return Redaction(replace(prompt, messages=messages), {name: secret for secret, name in stand_ins.items()})


def masked(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return ``text`` with every secret replaced for good, for what is kept or shown."""
    return _replaced(text, _patterns(text, environ), lambda _secret: MASK)


def _patterns(text: str, environ: Mapping[str, str]) -> list[re.Pattern[str]]:
    """Return what finds the secrets of ``text``: the values that are known, wherever they stand, then the forms."""
    known = {value for name, value in environ.items() if _SECRET_VARIABLE.search(name)}
    known |= {found[found.lastindex or 0] for found in _FORM.finditer(text)}
    # The longest first: one secret may be part of another.
    here = (value for value in known if len(value) >= _MIN_CHARACTERS and value in text)
    values = sorted(here, key=lambda value: (-len(value), text.index(value)))
    return [*(re.compile(rf"(?<!\w)({re.escape(value)})(?!\w)") for value in values), _FORM]


def _replaced(text: str, patterns: Sequence[re.Pattern[str]], stand_in: Callable[[str], str]) -> str:
    def swap(found: re.Match[str]) -> str:
        group = found.lastindex or 0
        start, end = (position - found.start() for position in found.span(group))
        secret = found[group]
        # Of a value that has been replaced already, nothing is left to hide.
        return found[0] if _STAND_IN.fullmatch(secret) else found[0][:start] + stand_in(secret) + found[0][end:]

    for pattern in patterns:
        text = pattern.sub(swap, text)
    return text

"""Load prompt templates: TOML front matter between ``+++`` lines, then one section per message.

A section begins with a line ``=== system ===``, ``=== user ===`` or ``=== assistant ===``. Variables are ``$name`` or
``${name}`` (``string.Template``); values are put in as they are and never expanded again, so code and logs that hold a
``$`` are safe.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qwen_lsp.model import ChatPrompt

_FRONT_MATTER = re.compile(r"\A\+\+\+\n(?P<toml>.*?)\n\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
_SECTION = re.compile(r"^=== (system|user|assistant) ===\n", re.MULTILINE)


class TemplateError(Exception):
    """A prompt file that cannot be used, or a variable that does not fit it; names the file and what to mend."""


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One prompt file."""

    id: str
    version: int
    variables: frozenset[str]
    sections: tuple[tuple[str, str], ...]

    def render(self, values: Mapping[str, str]) -> ChatPrompt:
        """Return the filled prompt.

        Raises:
            TemplateError: ``values`` does not hold exactly the template's variables.
        """
        missing, unknown = self.variables - values.keys(), values.keys() - self.variables
        if missing or unknown:
            raise TemplateError(f"prompt {self.id!r}: missing variables {sorted(missing)}, unknown {sorted(unknown)}")
        return ChatPrompt(
            messages=tuple((role, string.Template(body).substitute(values).strip()) for role, body in self.sections),
            prompt_id=self.id,
            prompt_version=self.version,
        )


def parse_template(text: str, name: str) -> PromptTemplate:
    """Return the template in ``text``; ``name`` is its file's name, for messages.

    Raises:
        TemplateError: the file has no front matter, an unknown or missing key, no section, a stray ``$``, or a
            variable in its body that the front matter does not declare (and the other way round).
    """
    front, body = front_matter(text, name)
    if set(front) != {"id", "version", "variables"}:
        raise TemplateError(f"{name}: front matter must hold exactly id, version and variables, not {sorted(front)}")
    if type(front["version"]) is not int or not isinstance(front["variables"], list):
        raise TemplateError(f"{name}: version must be a whole number and variables a list")
    pieces = _SECTION.split(body)
    sections = tuple(zip(pieces[1::2], pieces[2::2], strict=True))
    if not sections or pieces[0].strip():
        raise TemplateError(f"{name}: the body must begin with a section line such as '=== system ==='")
    if any(found["invalid"] is not None for _, body in sections for found in string.Template.pattern.finditer(body)):
        raise TemplateError(f"{name}: a '$' in the body belongs to no variable; write '$$' for the character")
    used = {
        found["named"] or found["braced"]
        for _, body in sections
        for found in string.Template.pattern.finditer(body)
        if found["named"] or found["braced"]
    }
    if used != set(front["variables"]):
        raise TemplateError(f"{name}: declares variables {sorted(front['variables'])} but uses {sorted(used)}")
    return PromptTemplate(str(front["id"]), front["version"], frozenset(used), sections)


def front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    """Return a prompt file's front matter and its body.

    Raises:
        TemplateError: it has none, or one that is not TOML.
    """
    matched = _FRONT_MATTER.match(text)
    if matched is None:
        raise TemplateError(f"{name}: no front matter between two '+++' lines at the top")
    try:
        return tomllib.loads(matched["toml"]), matched["body"]
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{name}: front matter is not TOML: {error}") from error


@cache
def load_template(name: str) -> PromptTemplate:
    """Return the template ``name`` that is shipped with the program.

    Raises:
        TemplateError: there is no such template, or it is malformed.
    """
    path = prompts_folder() / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"{path}: cannot be read ({error.strerror}); reinstall qwen-lsp") from error
    return parse_template(text, path.name)


def prompts_folder() -> Path:
    """Return where the prompt files lie: beside this module in a wheel, at the top of a checkout."""
    packaged = Path(__file__).with_name("prompts")
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "prompts"

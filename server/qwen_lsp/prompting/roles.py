"""Roles: who the model is when it answers questions. One file each, shipped in prompts/roles or the user's own.

A file has TOML front matter between ``+++`` lines (``id``, ``version``, ``title``, ``description``, and where wanted
the table ``zh-cn`` with title and description in Chinese); its body is what the model is told to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from qwen_lsp.messages import CHINESE, spoken
from qwen_lsp.prompting.templates import TemplateError, front_matter, prompts_folder

DEFAULT_ROLE = "debugger"

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_BODY_CHARACTERS = 8000
"""Longer ones leave a small model no room for the code."""


@dataclass(frozen=True, slots=True)
class Role:
    """``title`` and ``description`` are for the user, in his language; ``instructions`` for the model."""

    id: str
    title: str
    description: str
    instructions: str


def own_roles_folder() -> Path:
    """Return where users put roles of their own; it need not exist."""
    return platformdirs.user_config_path("qwen-lsp") / "roles"


def load_roles(own_folder: Path) -> tuple[dict[str, Role], tuple[str, ...]]:
    """Return the roles by id, and a sentence for each of the user's files that cannot be used.

    The user's own win over shipped ones with the same id. The folder need not exist.

    Raises:
        TemplateError: a shipped file is malformed.
    """
    shipped = (_read(path) for path in sorted((prompts_folder() / "roles").glob("*.md")))
    roles = {role.id: role for role in shipped}
    problems = []
    seen: dict[str, Path] = {}
    for path in sorted(own_folder.glob("*.md")):
        try:
            role = _read(path)
        except TemplateError as error:
            problems.append(str(error))
            continue
        if role.id in seen:
            problems.append(f"{path}: id: {role.id!r} is the id of {seen[role.id].name} too; give each role its own")
            continue
        seen[role.id] = path
        roles[role.id] = role
    return roles, tuple(problems)


def parse_role(text: str, name: str) -> Role:
    """Return the role in ``text``; ``name`` is its file's, for messages.

    Raises:
        TemplateError: names the file and the field that is missing, unknown or wrong.
    """
    front, body = front_matter(text, name)
    unknown = front.keys() - {"id", "version", "title", "description", CHINESE}
    if unknown:
        raise TemplateError(f"{name}: {sorted(unknown)[0]}: no such field; there are id, version, title, description")
    role_id = _text(front, "id", name)
    if not _ID.fullmatch(role_id):
        raise TemplateError(f"{name}: id: must be lower-case words joined by hyphens, not {role_id!r}")
    if type(front.get("version")) is not int:
        raise TemplateError(f"{name}: version: must be a whole number, not {front.get('version')!r}")
    title, description = (_text(front, field, name) for field in ("title", "description"))
    translated = front.get(CHINESE, {})
    if not isinstance(translated, dict) or translated.keys() - {"title", "description"}:
        raise TemplateError(f"{name}: {CHINESE}: must be a table that holds title and description")
    if translated and spoken() == CHINESE:
        title, description = (_text(translated, field, name) for field in ("title", "description"))
    instructions = body.strip()
    if not 0 < len(instructions) <= _MAX_BODY_CHARACTERS:
        raise TemplateError(
            f"{name}: the text below the front matter says what the model is to be, in at most {_MAX_BODY_CHARACTERS} "
            f"characters; it has {len(instructions)}"
        )
    return Role(role_id, title, description, instructions)


def _read(path: Path) -> Role:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path}: cannot be read ({error})") from error
    return parse_role(text, str(path))


def _text(front: Mapping[str, Any], field: str, name: str) -> str:
    value = front.get(field)
    if not isinstance(value, str) or not value.strip():
        given = "missing" if value is None else f"must be a text, not {value!r}"
        raise TemplateError(f"{name}: {field}: {given}")
    return value.strip()

"""What can be set: one dataclass for each area, and the table of all options that is made from them.

The page docs/settings.md and the extension's ``configuration`` block are generated from this table.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields, replace
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

Rerun = Literal["off", "ask", "always"]
Language = Literal["auto", "en", "zh-cn"]

ENVIRONMENT_PREFIX = "QWEN_LSP_"


@dataclass(frozen=True, slots=True)
class About:
    """What users are told of an option, and which of its values are refused.

    ``own`` marks what decides where code is sent, what is executed or what is kept from the model: only the user's own
    settings may say that, never those of a project. ``above`` is the bound that a number must exceed.
    """

    description: str
    own: bool = False
    above: float | None = None


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """Which OpenAI-compatible server answers; everything unset means "the backend that qwen-launcher runs".

    ``timeout_s`` is the longest silence of the server that is borne: on two CPU cores the first token of a long prompt
    takes minutes. ``auto_start`` lets a question start the launcher's backend; without it one that is off stays
    off.
    """

    base_url: Annotated[
        str | None,
        About(
            "Address of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1. Without it the backend of "
            "qwen-launcher answers.",
            own=True,
        ),
    ] = None
    model: Annotated[str | None, About("Name of the model to ask for. Without it the server's own.", own=True)] = None
    api_key: Annotated[str | None, About("Key for the model's server.", own=True)] = field(default=None, repr=False)
    timeout_s: Annotated[
        float, About("Seconds of silence after which the model's server is given up.", own=True, above=0)
    ] = 300.0
    auto_start: Annotated[bool, About("Whether a question may start the backend of qwen-launcher.", own=True)] = True


@dataclass(frozen=True, slots=True)
class FixSettings:
    """What is done to check a fix."""

    rerun: Annotated[
        Rerun,
        About(
            "Whether the failed command is run again, in a copy of the workspace, to check a fix: never, after asking, "
            "or always.",
            own=True,
        ),
    ] = "ask"


@dataclass(frozen=True, slots=True)
class Settings:
    """All resolved settings."""

    backend: BackendSettings = field(default_factory=BackendSettings)
    fix: FixSettings = field(default_factory=FixSettings)
    language: Annotated[
        Language, About("Language of messages and of the model's answers. auto: the editor's, in a terminal LANG's.")
    ] = "auto"
    redact: Annotated[
        bool,
        About("Whether passwords, keys and tokens are replaced before code and logs go to the model.", own=True),
    ] = True


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of the table; ``area`` is None for options that stand by themselves.

    ``kind`` is the type of the value, ``choices`` what it may be if not anything of that type.
    """

    area: str | None
    name: str
    kind: type
    default: Any
    about: About
    choices: tuple[str, ...]

    @property
    def wire_name(self) -> str:
        """The name inside its area, as editors send it."""
        head, *rest = self.name.split("_")
        return head + "".join(word.title() for word in rest)

    @property
    def path(self) -> str:
        """The whole name, such as ``backend.baseUrl``."""
        return f"{self.area}.{self.wire_name}" if self.area else self.wire_name

    @property
    def variable(self) -> str:
        """The environment variable."""
        area = "" if self.area in (None, "backend") else f"{self.area}_"
        return ENVIRONMENT_PREFIX + f"{area}{self.name}".upper()


AREAS: dict[str, type] = {"backend": BackendSettings, "fix": FixSettings}


def all_options() -> tuple[Option, ...]:
    """Return every option, those of the areas first."""
    found = [replace(option, area=area) for area, owner in AREAS.items() for option in _declared(owner)]
    return (*found, *_declared(Settings))


def _declared(owner: type) -> list[Option]:
    """Return the options of one dataclass: its fields with an ``About``."""
    kinds = get_type_hints(owner, include_extras=True)
    return [
        _entry(one, *get_args(kinds[one.name])) for one in fields(owner) if get_origin(kinds[one.name]) is Annotated
    ]


def _entry(declared: Field[Any], kind: Any, about: About) -> Option:
    alternatives = get_args(kind)
    choices = tuple(one for one in alternatives if isinstance(one, str))
    return Option(
        area=None,
        name=declared.name,
        kind=str if choices else alternatives[0] if alternatives else kind,
        default=declared.default,
        about=about,
        choices=choices,
    )

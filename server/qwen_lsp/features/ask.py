"""``qwen/ask``, the same as a command, and ``qwen/roles``: the conversation about a diagnosis or a selection."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams, JsonRpcRequestCancelled

from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import command, request
from qwen_lsp.features.progress import PartialText, WorkDone
from qwen_lsp.messages import say
from qwen_lsp.model import Position, Range, Region
from qwen_lsp.protocol.params import AskParams, InvalidParamsError, parse_ask_params
from qwen_lsp.protocol.positions import from_client_range
from qwen_lsp.protocol.report import Json
from qwen_lsp.session import Question, UnknownConversationError

if TYPE_CHECKING:
    from qwen_lsp.prompting import Role

REQUEST = "qwen/ask"
COMMAND = "qwen.ask"
ROLES = "qwen/roles"


def register(connection: Connection) -> None:
    """Register the handlers of this module."""

    @request(connection, REQUEST)
    async def ask_request(params: Any) -> Json:
        return await _ask(connection, params)

    @command(connection, COMMAND)
    async def ask_command(*arguments: Any) -> Json:
        if len(arguments) != 1:
            message = f"{COMMAND} takes one argument, the parameters of {REQUEST}, not {len(arguments)}"
            raise JsonRpcInvalidParams(message)
        return await _ask(connection, arguments[0])

    @request(connection, ROLES)
    async def roles(_params: Any) -> Json:
        known, problems = await asyncio.to_thread(_load_roles)
        listed = [{"id": role.id, "title": role.title, "description": role.description} for role in known.values()]
        return {"roles": listed, "problems": list(problems)}


async def _ask(connection: Connection, raw: object) -> Json:
    """Return the answer; one that is cancelled, or overtaken by another question, is RequestCancelled."""
    from qwen_lsp.conversation import Stage  # not at start: see Session

    session = connection.session
    try:
        params = parse_ask_params(raw)
        known, problems = await asyncio.to_thread(_load_roles)
        question = Question(
            text=params.question,
            role=_role(params, known, problems),
            selection=_selection(connection, params),
            conversation=params.conversation,
        )
    except InvalidParamsError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    partial = PartialText(connection, params.partial_result_token)
    roots = session.roots or connection.roots()
    try:
        with WorkDone(connection, params.work_done_token, say("qwen: answering")) as progress:

            def show(stage: Stage, detail: str) -> None:
                progress.report(stage, detail)
                if stage is Stage.ANSWERING:
                    partial.send(detail)

            conversation, answer = await session.asking.ask(question, session.diagnosis, roots, show)
    except UnknownConversationError as error:
        raise JsonRpcInvalidParams(f"conversation: {error}") from error
    except asyncio.CancelledError:
        # Converted, because pygls never answers a command whose task ends as cancelled.
        message = "the question was cancelled, by the user or by a newer one; ask it again if you still need the answer"
        raise JsonRpcRequestCancelled(message) from None
    return {
        "answer": answer.text,
        "conversation": conversation,
        "role": answer.conversation.role.id,
        "problems": [*problems, *answer.problems],
    }


def _load_roles() -> tuple[dict[str, Role], tuple[str, ...]]:
    from qwen_lsp.prompting import load_roles, own_roles_folder  # not at start: see Session

    return load_roles(own_roles_folder())


def _role(params: AskParams, known: dict[str, Role], problems: tuple[str, ...]) -> Role | None:
    """Return the role that is asked for, or None where that of the conversation stays."""
    from qwen_lsp.prompting import DEFAULT_ROLE

    if params.role is None and params.conversation is not None:
        return None
    name = params.role or DEFAULT_ROLE
    if name not in known:
        unusable = f" ({'; '.join(problems)})" if problems else ""
        message = f"role: there is no role {name!r}; there are {', '.join(known)}{unusable}"
        raise InvalidParamsError(message)
    return known[name]


def _selection(connection: Connection, params: AskParams) -> Region | None:
    """Return the text that the question is about, whole lines of it as the region."""
    if params.uri is None:
        return None
    document = connection.session.documents.get(params.uri)
    if document is None:
        message = f"textDocument.uri: {params.uri} is not open; open it, or ask without it"
        raise InvalidParamsError(message)
    whole = Range(Position(0, 0), Position(len(document.lines), 0))
    selected = whole
    if params.range is not None:
        selected = from_client_range(params.range, document.lines, connection.codec)
    return Region(
        id="selection",
        path=document.path or Path("selection"),
        version=document.version,
        start_line=selected.start.line,
        end_line=max(selected.start.line + 1, selected.end.line + (selected.end.character > 0)),
        text=document.text_in(selected),
        why="selected by the user",
    )

"""``qwen/review``, the same as a command: mistakes in a file or a selection, found without a log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams, JsonRpcRequestCancelled

from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import command, request
from qwen_lsp.features.progress import WorkDone
from qwen_lsp.messages import say
from qwen_lsp.protocol.params import InvalidParamsError, ReviewParams, parse_review_params
from qwen_lsp.protocol.positions import from_client_range, path_of
from qwen_lsp.protocol.report import Json, review_report

if TYPE_CHECKING:
    from qwen_lsp.review import ReviewRequest

REQUEST = "qwen/review"
COMMAND = "qwen.review"


def register(connection: Connection) -> None:
    """Register the handlers of this module."""

    @request(connection, REQUEST)
    async def review_request(params: Any) -> Json:
        return await _review(connection, params)

    @command(connection, COMMAND)
    async def review_command(*arguments: Any) -> Json:
        if len(arguments) != 1:
            message = f"{COMMAND} takes one argument, the parameters of {REQUEST}, not {len(arguments)}"
            raise JsonRpcInvalidParams(message)
        return await _review(connection, arguments[0])


def reviewing(uri: str, place: types.Range | None) -> types.Command:
    """Return the command that reviews a selection, or with ``place`` None the whole file."""
    argument: Json = {"textDocument": {"uri": uri}}
    if place is not None:
        argument["range"] = {
            name: {"line": end.line, "character": end.character}
            for name, end in (("start", place.start), ("end", place.end))
        }
    title = say("Review this file") if place is None else say("Review selection")
    return types.Command(title, COMMAND, arguments=[argument])


async def _review(connection: Connection, raw: object) -> Json:
    """Return the report; a review that is cancelled, or overtaken by another one, is RequestCancelled."""
    session = connection.session
    try:
        params = parse_review_params(raw)
        wanted = _request(connection, params)
    except InvalidParamsError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    try:
        with WorkDone(connection, params.work_done_token, say("qwen: reviewing")) as progress:
            review = await session.reviewing.review(
                wanted, connection.publish, progress.report, with_model=params.model
            )
    except asyncio.CancelledError:
        # Converted, because pygls never answers a command whose task ends as cancelled.
        message = "the review was cancelled, by the user or by a newer one; start it again if you still need it"
        raise JsonRpcRequestCancelled(message) from None
    for problem in review.problems:
        connection.warn(problem)
    return review_report(review, session.board.reviewed, connection.codec.client_num_units)


def _request(connection: Connection, params: ReviewParams) -> ReviewRequest:
    from qwen_lsp.review import ReviewRequest  # not at start: see Session

    path = path_of(params.uri)
    if path is None:
        message = f"textDocument.uri: must be that of a file, not {params.uri}"
        raise InvalidParamsError(message)
    if params.range is None:
        return ReviewRequest(path)
    snapshot = connection.session.documents.read(path)
    lines = () if snapshot is None else snapshot.lines
    selected = from_client_range(params.range, lines, connection.codec)
    after = selected.end.line + (selected.end.character > 0)
    return ReviewRequest(path, (selected.start.line, max(after, selected.start.line + 1)))

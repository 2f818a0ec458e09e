"""``qwen/diagnose`` and ``qwen/tryFixes``, the same as commands, and ``qwen.clear``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams, JsonRpcRequestCancelled

from qwen_lsp.features import feedback
from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import command, request
from qwen_lsp.features.progress import WorkDone
from qwen_lsp.messages import say
from qwen_lsp.protocol.params import DiagnoseParams, InvalidParamsError, parse_diagnose_params, parse_token
from qwen_lsp.protocol.positions import from_client_range, path_of
from qwen_lsp.protocol.report import Json, report
from qwen_lsp.session import notices_of

if TYPE_CHECKING:
    from qwen_lsp.analysis import DiagnoseRequest
    from qwen_lsp.model import Diagnosis

REQUEST = "qwen/diagnose"
COMMAND = "qwen.diagnose"
CLEAR_COMMAND = "qwen.clear"
TRY_REQUEST = "qwen/tryFixes"
TRY_COMMAND = "qwen.tryFixes"


def register(connection: Connection) -> None:
    """Register the handlers of this module."""
    session = connection.session

    @request(connection, REQUEST)
    async def diagnose_request(params: Any) -> Json:
        return await _diagnose(connection, params)

    @command(connection, COMMAND)
    async def diagnose_command(*arguments: Any) -> Json:
        if len(arguments) != 1:
            message = f"{COMMAND} takes one argument, the parameters of {REQUEST}, not {len(arguments)}"
            raise JsonRpcInvalidParams(message)
        return await _diagnose(connection, arguments[0])

    @request(connection, TRY_REQUEST)
    async def try_request(params: Any) -> Json:
        return await _try_fixes(connection, params)

    @command(connection, TRY_COMMAND)
    async def try_command(*arguments: Any) -> Json:
        return await _try_fixes(connection, arguments[0] if arguments else None)

    @command(connection, CLEAR_COMMAND)
    async def clear(*_arguments: Any) -> None:
        connection.publish(await session.clear())


async def _diagnose(connection: Connection, raw: object) -> Json:
    """Return the report.

    A diagnosis that the client cancels, or that a newer one or ``qwen.clear`` takes the place of, is answered with
    RequestCancelled and not with a partial report: what is shown by then is no longer what it would say. The first
    diagnostics stay until something replaces them.
    """
    session = connection.session
    try:
        params = parse_diagnose_params(raw)
        diagnose_request = _request(connection, params)
    except InvalidParamsError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    async with _answering(connection, params.work_done_token) as progress:
        diagnosis = await session.diagnose(diagnose_request, connection.publish, progress.report)
    return _report(connection, diagnosis)


async def _try_fixes(connection: Connection, raw: object) -> Json:
    """Return the report of the present diagnosis after its fixes have been tried with the failed command.

    Asking for this is the user's consent to run the command that the code action names.
    """
    try:
        token = parse_token(raw)
    except InvalidParamsError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    async with _answering(connection, token) as progress:
        diagnosis = await connection.session.try_fixes(connection.publish, progress.report)
    return _report(connection, diagnosis)


@asynccontextmanager
async def _answering(connection: Connection, token: str | int | None) -> AsyncIterator[WorkDone]:
    try:
        with WorkDone(connection, token, say("qwen: diagnosing")) as progress:
            yield progress
    except asyncio.CancelledError:
        # Converted, because pygls never answers a command whose task ends as cancelled.
        message = "the diagnosis was cancelled, by the user or by a newer one; start it again if you still need it"
        raise JsonRpcRequestCancelled(message) from None


def _report(connection: Connection, diagnosis: Diagnosis) -> Json:
    session = connection.session
    feedback.reran(connection)
    for notice in notices_of(diagnosis):
        connection.warn(notice)
    can_try = session.command.shown if session.command is not None else None
    return report(diagnosis, session.board.diagnosed, connection.codec.client_num_units, can_try)


def _request(connection: Connection, params: DiagnoseParams) -> DiagnoseRequest:
    from qwen_lsp.analysis import DiagnoseRequest  # not at start: see Session
    from qwen_lsp.rerun import Command

    path = None if params.uri is None else path_of(params.uri)
    log = params.log
    if log is None and params.uri is not None and params.range is not None:
        document = connection.session.documents.get(params.uri)
        if document is None:
            message = f"textDocument.uri: {params.uri} is not open; give the failure's text as log"
            raise InvalidParamsError(message)
        log = document.text_in(from_client_range(params.range, document.lines, connection.codec))
    roots = connection.roots(None if path is None else path.parent, params.cwd)
    cwd = params.cwd or next(iter(roots), None)
    typed = params.command.strip() if params.command is not None else ""
    return DiagnoseRequest(
        log=log or "",
        roots=roots,
        cwd=params.cwd,
        command=Command.typed(typed, cwd) if typed and cwd is not None else None,
    )

"""``qwen/feedback``, the same as a command, and what becomes known of fixes by itself."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from qwen_lsp.features.connection import Connection
from qwen_lsp.features.dispatch import command, request
from qwen_lsp.model import Rung
from qwen_lsp.protocol.params import InvalidParamsError, parse_feedback_params
from qwen_lsp.protocol.report import Json

if TYPE_CHECKING:
    from qwen_lsp.feedback import Verdict

_logger = logging.getLogger(__name__)

REQUEST = "qwen/feedback"
COMMAND = "qwen.feedback"


def register(connection: Connection) -> None:
    """Register the handlers of this module."""

    @request(connection, REQUEST)
    def feedback_request(params: Any) -> Json:
        return _keep(connection, params)

    @command(connection, COMMAND)
    def feedback_command(*arguments: Any) -> Json:
        if len(arguments) != 1:
            message = f"{COMMAND} takes one argument, the parameters of {REQUEST}, not {len(arguments)}"
            raise JsonRpcInvalidParams(message)
        return _keep(connection, arguments[0])


def notice(connection: Connection, path: Path) -> None:
    """Keep what the newest change of ``path`` says about fixes: that one was applied or undone."""
    for index, is_applied in connection.session.outcomes.look(path):
        from qwen_lsp.feedback import Verdict  # not at start: see Session

        _record_quietly(connection, Verdict.APPLIED if is_applied else Verdict.UNDONE, index)


def reran(connection: Connection) -> None:
    """Keep which fixes of the newest diagnosis made the failed command succeed."""
    fixes = connection.session.outcomes.diagnosis.fixes
    for index in [index for index, fix in enumerate(fixes) if fix.rung >= Rung.RERUN_DOUBTFUL]:
        from qwen_lsp.feedback import Verdict

        _record_quietly(connection, Verdict.RERUN_PASSES, index)


def record(connection: Connection, verdict: Verdict, fix_index: int | None, note: str | None = None) -> None:
    """Keep an event about the newest diagnosis, or one of its fixes.

    Raises:
        FeedbackError: it could not be kept.
        IndexError: there is no such fix.
    """
    from qwen_lsp.feedback import Store, event_of

    Store().add(event_of(connection.session.outcomes.diagnosis, verdict, fix_index, note))


def _record_quietly(connection: Connection, verdict: Verdict, fix_index: int) -> None:
    from qwen_lsp.feedback import FeedbackError

    try:
        record(connection, verdict, fix_index)
    except FeedbackError as error:
        # Nobody asked for it, so that nobody is disturbed.
        _logger.warning("%s", error)


def _keep(connection: Connection, raw: object) -> Json:
    from qwen_lsp.feedback import FeedbackError, Verdict  # not at start: see Session

    try:
        params = parse_feedback_params(raw)
    except InvalidParamsError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    diagnosis = connection.session.outcomes.diagnosis
    if diagnosis.primary is None:
        message = "target: there is no diagnosis yet; diagnose a log first"
        raise JsonRpcInvalidParams(message)
    if params.fix is not None and params.fix >= len(diagnosis.fixes):
        message = f"fix: there is no fix {params.fix}; the diagnosis has {len(diagnosis.fixes)}, counted from 0"
        raise JsonRpcInvalidParams(message)
    try:
        record(connection, Verdict(params.verdict), params.fix, params.note)
    except FeedbackError as error:
        raise JsonRpcInternalError(str(error)) from error
    return {}

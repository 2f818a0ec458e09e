"""Fixes on our diagnostics, and "Diagnose this error log" on a selection or in a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from qwen_lsp.features import logs
from qwen_lsp.features.connection import Connection
from qwen_lsp.features.diagnose import TRY_COMMAND
from qwen_lsp.features.dispatch import request
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Range, Rung
from qwen_lsp.protocol.positions import from_client_range, path_of
from qwen_lsp.session import Finding, StaleFixError

DIAGNOSE_KIND = "qwen.diagnose"
"""Kind of the action on a selected log.

A kind of its own: VS Code leaves ``source.*`` out of the menu that a selection offers, and ``quickfix`` would claim
that it mends a diagnostic and put it before other servers' fixes. An unknown kind is listed by VS Code (below the
others) and by Neovim (which filters nothing unless asked), and can still be asked for by name.
"""

_LARGEST_SELECTION = 200_000
"""Characters; parsing them takes some milliseconds, and VS Code asks at every move of the cursor."""


def register(connection: Connection) -> None:
    """Register the handlers of this module."""
    # An options object, because pygls does not advertise resolveProvider by itself.
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, DIAGNOSE_KIND], resolve_provider=True
    )

    @request(connection, types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        actions: list[types.CodeAction] = []
        path = path_of(params.text_document.uri)
        if path is not None and _wanted(types.CodeActionKind.QuickFix.value, params.context.only):
            actions += _fixes(connection, path, params.range)
        if _wanted(DIAGNOSE_KIND, params.context.only):
            actions += _diagnose(connection, params.text_document.uri, params.range)
        return actions

    @request(connection, types.CODE_ACTION_RESOLVE)
    def resolve(action: types.CodeAction) -> types.CodeAction:
        data = action.data
        # Clients may resolve an action that has a command and nothing to resolve.
        if isinstance(data, Mapping):
            try:
                fix = connection.session.board.fresh_fix(int(data["diagnosis"]), int(data["fix"]))
            except StaleFixError as error:
                raise JsonRpcContentModified(str(error)) from error
            action.edit = _edit(connection, fix)
        return action


def _wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Return whether a client that asked for ``only`` these kinds, or any below them, wants ``kind``."""
    if only is None:
        return True
    names = [str(one.value) if isinstance(one, types.CodeActionKind) else one for one in only]
    return any(name in ("", kind) or kind.startswith(f"{name}.") for name in names)


def _fixes(connection: Connection, path: Path, place: types.Range) -> list[types.CodeAction]:
    actions: list[types.CodeAction] = []
    board = connection.session.board
    for finding in board.findings(path):
        # By lines: a cursor in the indentation is on the diagnostic for whoever looks at it.
        touched = finding.range.start.line <= place.end.line and place.start.line <= finding.range.end.line
        if finding.carries_fixes and touched:
            actions += [_fix(connection, finding, index, fix) for index, fix in enumerate(board.fixes)]
            actions += _trying(connection, finding)
    return [action for action in actions if action.disabled is None or connection.features.disabled_actions]


def _fix(connection: Connection, finding: Finding, index: int, fix: CheckedFix) -> types.CodeAction:
    board = connection.session.board
    action = types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[connection.converter.diagnostic(finding)],
        is_preferred=fix.rung is Rung.RERUN_PASSES and not fix.hides_error,
        data={"diagnosis": board.number, "fix": index},
    )
    try:
        board.fresh_fix(board.number, index)
    except StaleFixError as error:
        action.disabled = types.CodeActionDisabled(str(error))
        return action
    if not connection.features.lazy_edits:
        action.edit = _edit(connection, fix)
    return action


def _trying(connection: Connection, finding: Finding) -> list[types.CodeAction]:
    """Return the action that tries fixes by running the failed command, named in full: choosing it is the consent."""
    command = connection.session.command
    if command is None:
        return []
    title = say("Try fixes: run `{command}` in a copy of the workspace", command=command.shown)
    return [
        types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[connection.converter.diagnostic(finding)],
            command=types.Command(title, TRY_COMMAND),
        )
    ]


def _edit(connection: Connection, fix: CheckedFix) -> types.WorkspaceEdit:
    board = connection.session.board
    looking_at = next((path for path in board.paths if any(one.carries_fixes for one in board.findings(path))), None)
    return connection.converter.workspace_edit(fix, looking_at)


def _diagnose(connection: Connection, uri: str, place: types.Range) -> list[types.CodeAction]:
    document = connection.session.documents.get(uri)
    if document is None:
        return []
    if place.start == place.end:
        if not logs.is_log(document):
            return []
        place = logs.whole(document)
    selection: Range = from_client_range(place, document.lines, connection.codec)
    text = document.text_in(selection)
    if len(text) > _LARGEST_SELECTION or not logs.read(text).failures:
        return []
    run = logs.diagnosing(uri, place)
    return [types.CodeAction(title=run.title, kind=DIAGNOSE_KIND, command=run)]

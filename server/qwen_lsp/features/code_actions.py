"""Fixes on our diagnostics, "Diagnose this error log" on a selection or in a log, and "Review selection" on code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from qwen_lsp.features import logs, review
from qwen_lsp.features.connection import Connection
from qwen_lsp.features.diagnose import TRY_COMMAND
from qwen_lsp.features.dispatch import request
from qwen_lsp.messages import say
from qwen_lsp.model import CheckedFix, Range, Rung
from qwen_lsp.protocol.plain import plain
from qwen_lsp.protocol.positions import from_client_range, path_of
from qwen_lsp.session import Finding, StaleFixError

DIAGNOSE_KIND = "qwen.diagnose"
"""Kind of the action on a selected log.

A kind of its own: VS Code leaves ``source.*`` out of the menu that a selection offers, and ``quickfix`` would claim
that it mends a diagnostic and put it before other servers' fixes. An unknown kind is listed by VS Code (below the
others) and by Neovim (which filters nothing unless asked), and can still be asked for by name.
"""

REVIEW_KIND = "qwen.review"
"""Kind of the action that reviews a selection; its own for the same reason."""

_REVIEWED = frozenset({".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".sql"})

_LARGEST_SELECTION = 200_000
"""Characters; parsing them takes some milliseconds, and VS Code asks at every move of the cursor."""


def register(connection: Connection) -> None:
    """Register the handlers of this module."""
    # An options object, because pygls does not advertise resolveProvider by itself.
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, DIAGNOSE_KIND, REVIEW_KIND], resolve_provider=True
    )

    @request(connection, types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        actions: list[types.CodeAction] = []
        path = path_of(params.text_document.uri)
        if path is not None and _wanted(types.CodeActionKind.QuickFix.value, params.context.only):
            actions += _fixes(connection, path, params.range)
        if _wanted(DIAGNOSE_KIND, params.context.only):
            actions += _diagnose(connection, params.text_document.uri, params.range)
        if path is not None and path.suffix.lower() in _REVIEWED and _wanted(REVIEW_KIND, params.context.only):
            actions += _review(params)
        return actions

    @request(connection, types.CODE_ACTION_RESOLVE)
    def resolve(action: types.CodeAction) -> types.CodeAction:
        data = action.data
        # Clients may resolve an action that has a command and nothing to resolve.
        if isinstance(data, Mapping):
            try:
                fix, path = connection.session.board.fresh_fix(int(data["answer"]), int(data["fix"]))
            except StaleFixError as error:
                raise JsonRpcContentModified(str(error)) from error
            action.edit = connection.converter.workspace_edit(fix, path)
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
    for finding, number, fixes in board.offers(path):
        # By lines: a cursor in the indentation is on the diagnostic for whoever looks at it.
        touched = finding.range.start.line <= place.end.line and place.start.line <= finding.range.end.line
        if touched:
            actions += [_fix(connection, finding, number, index, fix) for index, fix in fixes]
            actions += _trying(connection, finding) if finding.is_primary else []
    return [action for action in actions if action.disabled is None or connection.features.disabled_actions]


def _fix(connection: Connection, finding: Finding, number: int, index: int, fix: CheckedFix) -> types.CodeAction:
    action = types.CodeAction(
        title=plain(fix.title),
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[connection.converter.diagnostic(finding)],
        is_preferred=fix.rung is Rung.RERUN_PASSES,
        data={"answer": number, "fix": index, "of": "diagnosis" if finding.is_primary else "review"},
    )
    try:
        connection.session.board.fresh_fix(number, index)
    except StaleFixError as error:
        action.disabled = types.CodeActionDisabled(str(error))
        return action
    if not connection.features.lazy_edits:
        action.edit = connection.converter.workspace_edit(fix, finding.path)
    return action


def _trying(connection: Connection, finding: Finding) -> list[types.CodeAction]:
    """Return the action that tries fixes by running the failed command, named in full: choosing it is the consent."""
    command = connection.session.command
    if command is None:
        return []
    title = say("Try fixes: run “{command}” in a copy of the workspace", command=command.shown)
    return [
        types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[connection.converter.diagnostic(finding)],
            command=types.Command(title, TRY_COMMAND),
        )
    ]


def _review(params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return the action on several selected lines; on the whole file only where it is asked for by its kind.

    Editors ask at every move of the cursor and for every diagnostic, and an entry that is always there is in the way.
    """
    is_selection = params.range.start.line != params.range.end.line
    if not is_selection and REVIEW_KIND not in (params.context.only or ()):
        return []
    run = review.reviewing(params.text_document.uri, params.range if is_selection else None)
    return [types.CodeAction(title=run.title, kind=REVIEW_KIND, command=run)]


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

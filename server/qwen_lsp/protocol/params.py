"""The parameters of our own requests, checked field by field so that the answer says what is wrong with which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types


class InvalidParamsError(ValueError):
    """Parameters that cannot be used; the message names the field and what belongs there."""


@dataclass(frozen=True, slots=True)
class DiagnoseParams:
    """``{log?, textDocument?: {uri}, range?, cwd?, command?, workDoneToken?}``.

    Without ``log``, the text of ``range`` in the open document is the log. ``range`` is in the client's units.
    ``command`` is the command line that failed, as the user typed it, and ``cwd`` is where it ran.
    """

    log: str | None
    uri: str | None
    range: types.Range | None
    cwd: Path | None
    command: str | None
    work_done_token: str | int | None


def parse_diagnose_params(raw: object) -> DiagnoseParams:
    """Return the checked parameters.

    Raises:
        InvalidParamsError: a field is missing or of the wrong type; fields that are not known are ignored.
    """
    params = _object(raw, "the parameters")
    log = _string(params, "log", "a string, the failure's text")
    uri, selection = _selection(params)
    if log is None and (uri is None or selection is None):
        message = "log: missing; give the failure's text, or textDocument and range of a selection that holds it"
        raise InvalidParamsError(message)
    cwd = _string(params, "cwd", "a string, an absolute path")
    if cwd is not None and not Path(cwd).is_absolute():
        message = f"cwd: must be an absolute path, not {cwd!r}"
        raise InvalidParamsError(message)
    return DiagnoseParams(
        log=log,
        uri=uri,
        range=selection,
        cwd=None if cwd is None else Path(cwd),
        command=_string(params, "command", "a string, the failed command line"),
        work_done_token=_token(params, "workDoneToken"),
    )


@dataclass(frozen=True, slots=True)
class ReviewParams:
    """``{textDocument: {uri}, range?, model?, workDoneToken?}``; ``model`` says whether it may be asked for fixes."""

    uri: str
    range: types.Range | None
    model: bool
    work_done_token: str | int | None


def parse_review_params(raw: object) -> ReviewParams:
    """Return the checked parameters of ``qwen/review``.

    Raises:
        InvalidParamsError: a field is missing or of the wrong type; fields that are not known are ignored.
    """
    params = _object(raw, "the parameters")
    uri, selection = _selection(params)
    if uri is None:
        message = "textDocument: missing; name the file to review"
        raise InvalidParamsError(message)
    model = params.get("model", True)
    if not isinstance(model, bool):
        message = f"model: must be true or false, not {_type_name(model)}"
        raise InvalidParamsError(message)
    return ReviewParams(uri, selection, model, _token(params, "workDoneToken"))


def parse_token(raw: object) -> str | int | None:
    """Return the ``workDoneToken`` of parameters that hold nothing else, or None.

    Raises:
        InvalidParamsError: it is of the wrong type.
    """
    return None if raw is None else _token(_object(raw, "the parameters"), "workDoneToken")


@dataclass(frozen=True, slots=True)
class AskParams:
    """``{question, textDocument?: {uri}, range?, role?, conversation?, partialResultToken?, workDoneToken?}``.

    ``textDocument`` without ``range`` means all of its text.
    """

    question: str
    uri: str | None
    range: types.Range | None
    role: str | None
    conversation: str | None
    partial_result_token: str | int | None
    work_done_token: str | int | None


MAX_QUESTION_CHARACTERS = 8000


def parse_ask_params(raw: object) -> AskParams:
    """Return the checked parameters of ``qwen/ask``.

    Raises:
        InvalidParamsError: a field is missing or of the wrong type; fields that are not known are ignored.
    """
    params = _object(raw, "the parameters")
    question = _string(params, "question", "a string")
    if not question or not question.strip():
        message = "question: missing; say what you want to know"
        raise InvalidParamsError(message)
    if len(question) > MAX_QUESTION_CHARACTERS:
        message = f"question: must have at most {MAX_QUESTION_CHARACTERS} characters, not {len(question)}"
        raise InvalidParamsError(message)
    uri, selection = _selection(params)
    return AskParams(
        question=question.strip(),
        uri=uri,
        range=selection,
        role=_string(params, "role", "a string, the id of a role"),
        conversation=_string(params, "conversation", "a string, from an earlier answer"),
        partial_result_token=_token(params, "partialResultToken"),
        work_done_token=_token(params, "workDoneToken"),
    )


@dataclass(frozen=True, slots=True)
class FeedbackParams:
    """``{target: "diagnosis" | "fix", fix?, verdict: "good" | "bad" | "applied" | "undone", note?}``.

    ``fix`` is the index of a fix in the report, None when the diagnosis is meant.
    """

    fix: int | None
    verdict: str
    note: str | None


VERDICTS = ("good", "bad", "applied", "undone")


def parse_feedback_params(raw: object) -> FeedbackParams:
    """Return the checked parameters of ``qwen/feedback``.

    Raises:
        InvalidParamsError: a field is missing or of the wrong type; fields that are not known are ignored.
    """
    params = _object(raw, "the parameters")
    target, verdict, fix = params.get("target"), params.get("verdict"), params.get("fix")
    if target not in ("diagnosis", "fix"):
        message = f"target: must be diagnosis or fix, not {target!r}"
        raise InvalidParamsError(message)
    if verdict not in VERDICTS:
        message = f"verdict: must be one of {', '.join(VERDICTS)}, not {verdict!r}"
        raise InvalidParamsError(message)
    if target == "fix" and (not isinstance(fix, int) or isinstance(fix, bool) or fix < 0):
        message = f"fix: must be the number of a fix of the report, from 0 up, not {fix!r}"
        raise InvalidParamsError(message)
    return FeedbackParams(fix if target == "fix" else None, verdict, _string(params, "note", "a string"))


def _selection(params: Mapping[str, Any]) -> tuple[str | None, types.Range | None]:
    document, place = params.get("textDocument"), params.get("range")
    uri = None if document is None else _uri(document)
    selection = None if place is None else _range(place)
    if selection is not None and uri is None:
        message = "textDocument: missing; range needs the document that it belongs to"
        raise InvalidParamsError(message)
    return uri, selection


def _token(params: Mapping[str, Any], name: str) -> str | int | None:
    token = params.get(name)
    if isinstance(token, bool) or not isinstance(token, str | int | None):
        message = f"{name}: must be a string or an integer, not {_type_name(token)}"
        raise InvalidParamsError(message)
    return token


def _object(raw: object, name: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        message = f"{name}: must be an object, not {_type_name(raw)}"
        raise InvalidParamsError(message)
    return raw


def _string(params: Mapping[str, Any], name: str, words: str) -> str | None:
    value = params.get(name)
    if value is not None and not isinstance(value, str):
        message = f"{name}: must be {words}, not {_type_name(value)}"
        raise InvalidParamsError(message)
    return value


def _uri(document: object) -> str:
    uri = _object(document, "textDocument").get("uri")
    if not isinstance(uri, str) or not uri:
        message = f"textDocument.uri: must be a string, not {_type_name(uri)}"
        raise InvalidParamsError(message)
    return uri


def _range(place: object) -> types.Range:
    ends: list[types.Position] = []
    for end in ("start", "end"):
        position = _object(_object(place, "range").get(end), f"range.{end}")
        numbers: list[int] = []
        for axis in ("line", "character"):
            number = position.get(axis)
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                message = f"range.{end}.{axis}: must be a whole number from 0 up, not {number!r}"
                raise InvalidParamsError(message)
            numbers.append(number)
        ends.append(types.Position(*numbers))
    start, end_position = ends
    if (end_position.line, end_position.character) < (start.line, start.character):
        message = "range: end lies before start"
        raise InvalidParamsError(message)
    return types.Range(start, end_position)


def _type_name(value: object) -> str:
    return "null" if value is None else type(value).__name__

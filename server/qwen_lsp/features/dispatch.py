"""The one place where an unexpected exception is caught: it is reported, and the server keeps serving."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from qwen_lsp.features.connection import Connection

_logger = logging.getLogger(__name__)

Handler = TypeVar("Handler", bound=Callable[..., Any])


def request(connection: Connection, method: str, options: object = None) -> Callable[[Handler], Handler]:
    """Register a handler whose unexpected errors are reported and answered with ``InternalError``."""
    return _registering(connection.server.feature(method, options), connection, method, answers=True)


def notification(connection: Connection, method: str) -> Callable[[Handler], Handler]:
    """Register a handler whose unexpected errors are reported."""
    return _registering(connection.server.feature(method), connection, method, answers=False)


def command(connection: Connection, name: str) -> Callable[[Handler], Handler]:
    """Register a command; its handler gets the client's arguments as they came."""
    return _registering(connection.server.command(name), connection, name, answers=True)


def _registering(
    register: Callable[[Callable[..., Any]], Callable[..., Any]], connection: Connection, name: str, *, answers: bool
) -> Callable[[Handler], Handler]:
    def decorate(handler: Handler) -> Handler:
        register(_guarded(handler, connection, name, answers=answers))
        return handler

    return decorate


def _guarded(handler: Callable[..., Any], connection: Connection, name: str, *, answers: bool) -> Callable[..., Any]:
    # Neither wrapper names its arguments: pygls converts a command's arguments to the types it finds in the signature.
    def failed(error: Exception) -> None:
        _report(connection, name, error)
        if answers:
            message = f"{name} failed: {error}; the server's log has the details"
            raise JsonRpcInternalError(message) from error

    if inspect.iscoroutinefunction(handler):

        async def run_async(*arguments: Any) -> Any:
            try:
                return await handler(*arguments)
            except (JsonRpcException, BrokenPipeError):
                raise
            except Exception as error:  # noqa: BLE001 - the one broad except of the server
                return failed(error)

        return run_async

    def run(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except (JsonRpcException, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the same place, for handlers that do not wait
            return failed(error)

    return run


def _report(connection: Connection, name: str, error: Exception) -> None:
    _logger.error("%s failed", name, exc_info=error)
    connection.log(f"qwen-lsp: {name} failed: {type(error).__name__}: {error}", types.MessageType.Error)
    connection.server.window_show_message(
        types.ShowMessageParams(
            types.MessageType.Error,
            f"qwen-lsp could not finish {name} ({type(error).__name__}: {error}). It keeps serving; "
            "please report this with the server's log.",
        )
    )

"""Commands of the chat bot, registered by a decorator."""

from collections.abc import Callable

Command = Callable[[list[str]], str]

COMMANDS: dict[str, Command] = {}


def command(name: str) -> Callable[[Command], Command]:
    """Return a decorator that makes a function available as /name and leaves the function usable."""

    def register(function: Command) -> Command:
        if name in COMMANDS:
            raise ValueError(f"/{name} is defined twice")
        COMMANDS[name] = function

    return register


def dispatch(line: str) -> str:
    """Return the reply to a line such as "/roll 2 6"."""
    name, *arguments = line.removeprefix("/").split()
    if name not in COMMANDS:
        return f"unknown command /{name}"
    return COMMANDS[name](arguments)

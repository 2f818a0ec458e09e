"""The bot's commands."""

from registry import COMMANDS, command


@command("echo")
def echo(arguments: list[str]) -> str:
    return " ".join(arguments)


@command("shout")
def shout(arguments: list[str]) -> str:
    return echo(arguments).upper() + "!"


@command("help")
def help_text(arguments: list[str]) -> str:
    return ", ".join(f"/{name}" for name in sorted(COMMANDS))

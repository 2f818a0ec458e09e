import commands
from registry import COMMANDS, command, dispatch

assert dispatch("/shout lunch is ready") == "LUNCH IS READY!"
assert dispatch("/echo a b") == "a b" and commands.echo(["x"]) == "x"
assert dispatch("/help") == "/echo, /help, /shout"
assert dispatch("/dance") == "unknown command /dance"


@command("probe")
def probe(arguments):
    return str(len(arguments))


assert probe(["a"]) == "1" and COMMANDS["probe"] is not None and dispatch("/probe a b") == "2"
try:
    command("echo")(probe)
except ValueError:
    pass
else:
    raise SystemExit("defining a command twice must be refused")

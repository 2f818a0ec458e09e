"""What comes from outside and becomes a statement, a command or code, in Python."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.python.code import PythonCode
from qwen_lsp.review.python.origin import built_from, from_outside, is_written_out, pieces
from qwen_lsp.review.words import ends_before_value, is_sql

_EXECUTING = frozenset(
    [
        "execute",
        "executemany",
        "executescript",
        "raw",
        "fetch",
        "fetchrow",
        "fetchall",
        "read_sql",
        "read_sql_query",
        "text",
        "exec_driver_sql",
    ]
)
_SHELLS = ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")
_SUBPROCESS = tuple(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen"))
_UNPICKLING = (
    "pickle.loads",
    "pickle.load",
    "cPickle.loads",
    "dill.loads",
    "dill.load",
    "marshal.loads",
    "jsonpickle.decode",
    "shelve.open",
)
_SAFE_LOADERS = frozenset({"yaml.SafeLoader", "yaml.CSafeLoader", "yaml.BaseLoader"})


def statement_from_parts(code: PythonCode) -> Iterator[Found]:
    """``execute(f"... '{name}'")``."""
    for call in code.nodes(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else code.dotted(call.func).rpartition(".")[2]
        if name not in _EXECUTING or not call.args:
            continue
        built = built_from(code, call.args[0])
        if built is None:
            continue
        parts = pieces(code, built)
        head = "".join(one if isinstance(one, str) else "x" for one in parts)
        risky = [
            one
            for before, one in itertools.pairwise(parts)
            if not isinstance(one, str)
            and isinstance(before, str)
            and not is_written_out(code, one)
            and ends_before_value(before)
        ]
        if is_sql(head) and risky:
            yield Found(
                code.place(built),
                SECURITY,
                "sql-injection",
                say(
                    "`{value}` becomes part of the SQL itself: whoever chooses it can change the statement. Hand it "
                    "over as a parameter.",
                    value=code.text(risky[0]),
                ),
                _with_parameters(code, call, built, parts),
            )


def _with_parameters(code: PythonCode, call: ast.Call, built: ast.expr, parts: list[str | ast.expr]) -> Change | None:
    """Return the change to parameters, where the driver's mark is known and every part is a value."""
    imported = {
        one for node in code.nodes(ast.Import) for one in (alias.name.partition(".")[0] for alias in node.names)
    }
    mark = "?" if "sqlite3" in imported else "%s" if imported & {"psycopg", "psycopg2", "pymysql", "MySQLdb"} else None
    if (
        mark is None
        or len(call.args) != 1
        or built is not call.args[0]
        or call.keywords
        or not isinstance(call.func, ast.Attribute)
    ):
        return None
    text, values = "", []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            text += part
            continue
        if not ends_before_value(text):
            return None
        after = parts[index + 1] if index + 1 < len(parts) else ""
        if text[-1:] in {"'", '"'}:
            if not isinstance(after, str) or after[:1] != text[-1]:
                return None  # LIKE '%{name}%': the mark would stand within the quotes
            text, parts[index + 1] = text[:-1], after[1:]
        text += mark
        values.append(code.text(part))
    if (mark == "%s" and text.count("%") != len(values)) or "\n" in text or '"' in text:
        return None
    new = f'"{text}", ({", ".join(values)}{"," if len(values) == 1 else ""})'
    return Change(say("Hand the values over as parameters"), (code.replaced(built, new),))


def shell_from_parts(code: PythonCode) -> Iterator[Found]:
    """``run("tar " + folder, shell=True)``."""
    for call in code.nodes(ast.Call):
        name = code.dotted(call.func)
        shell = next((one.value for one in call.keywords if one.arg == "shell"), None)
        uses_shell = name in _SHELLS or (
            name in _SUBPROCESS and isinstance(shell, ast.Constant) and shell.value is True
        )
        if name in {"asyncio.create_subprocess_shell", "commands.getoutput"}:
            uses_shell = True
        if not uses_shell or not call.args:
            continue
        command = call.args[0]
        if built_from(code, command) is not None or from_outside(code, command):
            yield Found(
                code.place(call),
                SECURITY,
                "shell-injection",
                say(
                    "A shell reads this command: a value with `;` or `$(...)` in it runs another one. Give a list of "
                    "arguments, without a shell."
                ),
            )


def evaluated(code: PythonCode) -> Iterator[Found]:
    """``eval(formula)``."""
    for call in code.calls("eval", "exec"):
        if call.args and not is_written_out(code, call.args[0]) and not _is_compiled(code, call.args[0]):
            yield Found(
                code.place(call),
                SECURITY,
                "evaluates-text",
                say(
                    "`{function}` runs whatever the text says, with all rights of this program.",
                    function=code.dotted(call.func),
                ),
            )


def _is_compiled(code: PythonCode, node: ast.expr) -> bool:
    values = code.values(node) or () if isinstance(node, ast.Name) else (node,)
    return any(isinstance(one, ast.Call) and code.dotted(one.func) == "compile" for one in values)


def unpickled(code: PythonCode) -> Iterator[Found]:
    """``pickle.loads`` of what came from outside; ``yaml.load`` that makes any object."""
    for call in code.calls(*_UNPICKLING):
        if call.args and from_outside(code, call.args[0]):
            yield Found(
                code.place(call),
                SECURITY,
                "unpickles-foreign-data",
                say(
                    "`{function}` runs code that the data names: whoever sends it controls this program.",
                    function=code.dotted(call.func),
                ),
            )
    for call in code.calls("yaml.load", "yaml.load_all"):
        loaders = [*call.args[1:], *(one.value for one in call.keywords if one.arg == "Loader")]
        if not any(code.dotted(one) in _SAFE_LOADERS or "Safe" in code.dotted(one) for one in loaders):
            new = f"{code.text(call.func)[:-4]}safe_load({code.text(call.args[0])})" if call.args else ""
            is_plain = code.dotted(call.func) == "yaml.load" and code.text(call.func).endswith("load") and call.args
            yield Found(
                code.place(call),
                SECURITY,
                "unsafe-yaml",
                say(
                    "This loader makes any Python object that the text names; `yaml.safe_load` makes plain values only."
                ),
                Change(say("Use yaml.safe_load"), (code.replaced(call, new),)) if is_plain else None,
            )


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    statement_from_parts,
    shell_from_parts,
    evaluated,
    unpickled,
)

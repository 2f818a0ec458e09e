"""Calls that let others run code, read files or guess secrets."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.model import TextEdit
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.python.code import PythonCode
from qwen_lsp.review.python.origin import built_from, from_outside, is_written_out, pieces
from qwen_lsp.review.words import ends_before_value, is_for_passwords, is_for_tokens, is_secret, is_sql

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
_WEAK = ("hashlib.md5", "hashlib.sha1", "hashlib.new")
_GUESSABLE = frozenset(
    f"random.{name}"
    for name in ("choice", "choices", "randint", "random", "randrange", "sample", "getrandbits", "shuffle")
)
_OPENING = frozenset(
    {
        "open",
        "io.open",
        "send_file",
        "flask.send_file",
        "os.remove",
        "os.unlink",
        "shutil.rmtree",
        "shutil.copy",
        "FileResponse",
        "fastapi.responses.FileResponse",
        "starlette.responses.FileResponse",
    }
)
_REQUESTING = frozenset(
    f"{module}.{name}"
    for module in ("requests", "httpx")
    for name in ("get", "post", "put", "delete", "head", "patch", "request")
)


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


def weak_hash(code: PythonCode) -> Iterator[Found]:
    """``hashlib.md5(password)``."""
    for call in code.calls(*_WEAK):
        if any(one.arg == "usedforsecurity" for one in call.keywords):
            continue
        function = code.function(call)
        names = [one.id for one in ast.walk(call) if isinstance(one, ast.Name)]
        names += [one.attr for one in ast.walk(call) if isinstance(one, ast.Attribute)]
        if any(is_for_passwords(name) for name in names) or (function is not None and is_for_passwords(function.name)):
            yield Found(
                code.place(call),
                SECURITY,
                "weak-password-hash",
                say(
                    "A fast hash without a salt gives passwords away to whoever tries many; use `hashlib.scrypt` or "
                    "argon2."
                ),
            )


def unverified_connection(code: PythonCode) -> Iterator[Found]:
    """``verify=False``."""
    words = say("Certificates are not checked: whoever sits in between can read and change everything.")
    for call in code.nodes(ast.Call):
        name = code.dotted(call.func)
        if name in {"ssl._create_unverified_context", "ssl._create_stdlib_context"}:
            yield Found(code.place(call), SECURITY, "unverified-connection", words)
        for keyword in call.keywords:
            is_off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            if (
                keyword.arg in {"verify", "verify_ssl", "ssl_verify", "check_hostname", "verify_certs"}
                and is_off
                and not name.startswith("jwt")
            ):
                change = Change(say("Check certificates"), (code.replaced(keyword.value, "True"),))
                yield Found(code.place(call), SECURITY, "unverified-connection", words, change)
            if name == "jwt.decode" and (
                (keyword.arg == "verify" and is_off)
                or (
                    keyword.arg == "options"
                    and "False" in code.text(keyword.value)
                    and "verify_signature" in code.text(keyword.value)
                )
            ):
                yield Found(
                    code.place(call),
                    SECURITY,
                    "unverified-token",
                    say("The token's signature is not checked: anybody can write one."),
                )
    for assign in code.nodes(ast.Assign):
        target = assign.targets[0]
        if isinstance(target, ast.Attribute) and (
            (target.attr == "verify_mode" and code.dotted(assign.value) == "ssl.CERT_NONE")
            or (
                target.attr == "check_hostname"
                and isinstance(assign.value, ast.Constant)
                and assign.value.value is False
            )
        ):
            yield Found(code.place(assign), SECURITY, "unverified-connection", words)


def written_secret(code: PythonCode) -> Iterator[Found]:
    """``API_KEY = "sk_live_..."``."""
    for text in code.nodes(ast.Constant):
        if not isinstance(text.value, str) or not 8 <= len(text.value) <= 4000:
            continue
        if is_secret(_name_for(code, text), text.value):
            yield Found(
                code.place(text),
                SECURITY,
                "written-secret",
                say(
                    "This secret is readable by everyone who gets the code, and stays in its history. Read it from "
                    "the environment."
                ),
            )


def _name_for(code: PythonCode, node: ast.expr) -> str:
    """Return what a value is assigned to or handed over as."""
    holder = code.parent(node)
    if isinstance(holder, ast.Assign):
        target = holder.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            return str(target.slice.value)
        return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
    if isinstance(holder, ast.AnnAssign) and isinstance(holder.target, ast.Name):
        return holder.target.id
    if isinstance(holder, ast.keyword):
        return holder.arg or ""
    if isinstance(holder, ast.Dict):
        key = next((key for key, value in zip(holder.keys, holder.values, strict=True) if value is node), None)
        return str(key.value) if isinstance(key, ast.Constant) else ""
    if isinstance(holder, ast.Compare) and len(holder.ops) == 1 and isinstance(holder.ops[0], ast.Eq):
        other = holder.left if holder.left is not node else holder.comparators[0]
        return other.id if isinstance(other, ast.Name) else other.attr if isinstance(other, ast.Attribute) else ""
    return ""


def guessable_token(code: PythonCode) -> Iterator[Found]:
    """``random.choice`` for a token."""
    seen: set[int] = set()
    for call in code.nodes(ast.Call):
        if code.dotted(call.func) not in _GUESSABLE or call.lineno in seen:
            continue
        function = code.function(call)
        names = [function.name] if function is not None else []
        for one in code.above(call):
            if isinstance(one, ast.Assign):
                names += [each.id for each in ast.walk(one.targets[0]) if isinstance(each, ast.Name)]
        if any(is_for_tokens(name) for name in names):
            seen.add(call.lineno)
            yield Found(
                code.place(call),
                SECURITY,
                "guessable-token",
                say(
                    "`random` can be predicted from a few of its values; what must not be guessed comes from `secrets`."
                ),
            )


def path_from_outside(code: PythonCode) -> Iterator[Found]:
    """``open(os.path.join(ROOT, request.args["name"]))``; members of an archive written where they say."""
    for call in code.nodes(ast.Call):
        name = code.dotted(call.func)
        opened = call.args[0] if name in _OPENING and call.args else None
        if (
            opened is None
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in {"read_text", "read_bytes", "write_text", "write_bytes", "open", "unlink"}
        ):
            opened = call.func.value
        if opened is not None and from_outside(code, opened) and not _is_confined(code, call):
            yield Found(
                code.place(call),
                SECURITY,
                "path-traversal",
                say(
                    "A name with `../` in it leads out of the folder. Resolve the path and see that it is still inside."
                ),
            )
        elif opened is not None and _is_archive_member(code, opened) and not _is_confined(code, call):
            yield Found(
                code.place(call),
                SECURITY,
                "path-traversal",
                say("The archive names this path: with `../` in it the file is written outside of the folder."),
            )
    for call in code.nodes(ast.Call):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "extractall"
            and _opened_by(code, call.func.value, "tarfile.open()")
        ) and not any(one.arg in {"filter", "members"} for one in call.keywords):
            yield Found(
                code.place(call),
                SECURITY,
                "path-traversal",
                say('Without a filter the archive decides where its files are written; use `filter="data"`.'),
                Change(say("Use the data filter"), (_with_argument(code, call, 'filter="data"'),)),
            )


def _with_argument(code: PythonCode, call: ast.Call, argument: str) -> TextEdit:
    text = code.text(call)
    joint = ", " if call.args or call.keywords else ""
    return code.replaced(call, f"{text[:-1]}{joint}{argument})")


def _opened_by(code: PythonCode, node: ast.expr, opener: str) -> bool:
    if code.dotted(node) == opener:
        return True
    for one in code.above(node):
        if isinstance(one, ast.With):
            for item in one.items:
                if (
                    isinstance(item.optional_vars, ast.Name)
                    and isinstance(node, ast.Name)
                    and item.optional_vars.id == node.id
                ):
                    return code.dotted(item.context_expr) == opener
    values = code.values(node) if isinstance(node, ast.Name) else None
    return any(code.dotted(one) == opener for one in values or ())


def _is_confined(code: PythonCode, node: ast.AST) -> bool:
    """Return whether the function asks where a path leads."""
    function = code.function(node)
    names = {one.attr for one in ast.walk(function or code.tree) if isinstance(one, ast.Attribute)}
    return bool(
        names
        & {
            "is_relative_to",
            "relative_to",
            "commonpath",
            "commonprefix",
            "startswith",
            "realpath",
            "is_file_allowed",
            "match",
            "fullmatch",
        }
    )


def _is_archive_member(code: PythonCode, node: ast.expr) -> bool:
    """Return whether a path is made of the name that a member of an archive gives itself."""
    nodes = [node, *(code.values(node) or ())] if isinstance(node, ast.Name) else [node]
    named = [
        one
        for each in nodes
        for one in ast.walk(each)
        if isinstance(one, ast.Attribute) and one.attr in {"filename", "name"}
    ]
    for one in named:
        for loop in code.above(one):
            if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
                continue
            is_member = isinstance(one.value, ast.Name) and one.value.id == loop.target.id
            if is_member and code.dotted(loop.iter).endswith((".infolist()", ".getmembers()")):
                return True
    return False


def foreign_page(code: PythonCode) -> Iterator[Found]:
    """What a request says in a page, in a template, as an address to go to or to ask."""
    for call in code.nodes(ast.Call):
        name, argument = code.dotted(call.func), call.args[0] if call.args else None
        short = name.rpartition(".")[2]
        if argument is None:
            continue
        if (
            short in {"redirect", "HttpResponseRedirect", "RedirectResponse"}
            and from_outside(code, argument)
            and not _is_confined(code, call)
        ):
            yield Found(
                code.place(call),
                SECURITY,
                "open-redirect",
                say("Whoever writes the link decides where the visitor is sent to. Allow only addresses of this site."),
            )
        elif (
            short in {"Markup", "mark_safe", "format_html_raw", "HTMLResponse"}
            and built_from(code, argument) is not None
            and from_outside(code, argument)
        ):
            yield Found(
                code.place(call),
                SECURITY,
                "cross-site-scripting",
                say("What comes from outside becomes part of the page unescaped, scripts included."),
            )
        elif short == "render_template_string" and (
            from_outside(code, argument) or built_from(code, argument) is not None
        ):
            yield Found(
                code.place(call),
                SECURITY,
                "template-injection",
                say("What comes from outside becomes part of the template, which can run code."),
            )
        elif (
            (name in _REQUESTING or name.endswith("urllib.request.urlopen"))
            and from_outside(code, argument)
            and not _is_confined(code, call)
        ):
            yield Found(
                code.place(call),
                SECURITY,
                "request-forgery",
                say("A request chooses the address that this server asks: it reaches what only the server may reach."),
            )
    for returned in code.nodes(ast.Return):
        function = code.function(returned)
        is_view = function is not None and any(
            "route" in ast.dump(one) or ".get" in code.text(one) for one in function.decorator_list
        )
        if (
            is_view
            and returned.value is not None
            and isinstance(returned.value, ast.JoinedStr | ast.BinOp)
            and from_outside(code, returned.value)
        ) and "<" in "".join(one for one in pieces(code, returned.value) if isinstance(one, str)):
            yield Found(
                code.place(returned),
                SECURITY,
                "cross-site-scripting",
                say("What comes from outside becomes part of the page unescaped, scripts included."),
            )


def risky_switches(code: PythonCode) -> Iterator[Found]:
    """``debug=True`` of a web server, files that everybody may change, names of temporary files, old ciphers."""
    for call in code.nodes(ast.Call):
        name = code.dotted(call.func)
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "run"
            and "flask" in {code.dotted(one).partition(".")[0] for one in code.nodes(ast.Name)}
        ):
            for keyword in call.keywords:
                if keyword.arg == "debug" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True:
                    change = Change(say("Turn the debugger off"), (code.replaced(keyword.value, "False"),))
                    yield Found(
                        code.place(call),
                        SECURITY,
                        "debugger-on",
                        say("The debugger lets every visitor run code on this machine."),
                        change,
                    )
        elif name == "tempfile.mktemp":
            yield Found(
                code.place(call),
                SECURITY,
                "guessable-file",
                say("Somebody else can make the file of this name first; `tempfile.mkstemp` makes it itself."),
            )
        elif (
            name in {"os.chmod", "pathlib.Path.chmod"}
            and len(call.args) > 1
            and isinstance(call.args[1], ast.Constant)
            and isinstance(call.args[1].value, int)
            and call.args[1].value & 0o002
        ):
            yield Found(
                code.place(call), SECURITY, "writable-by-all", say("Every user of the machine may change this file.")
            )
        elif name.endswith(("MODE_ECB", ".ECB", "modes.ECB")) or re.search(
            r"Cipher\.(?:DES|ARC4|Blowfish)\.new$", name
        ):
            yield Found(
                code.place(call),
                SECURITY,
                "weak-cipher",
                say("This cipher does not keep a secret any more; use AES-GCM."),
            )
        elif name.endswith("set_missing_host_key_policy") and call.args and "AutoAdd" in code.text(call.args[0]):
            yield Found(
                code.place(call),
                SECURITY,
                "unverified-connection",
                say("Unknown hosts are trusted: whoever sits in between can read and change everything."),
            )


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    statement_from_parts,
    shell_from_parts,
    evaluated,
    unpickled,
    weak_hash,
    unverified_connection,
    written_secret,
    guessable_token,
    path_from_outside,
    foreign_page,
    risky_switches,
)

"""Secrets that Python gives away, and connections and files that it trusts too much."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.python.code import PythonCode
from qwen_lsp.review.words import is_for_passwords, is_for_tokens, is_secret

_WEAK = ("hashlib.md5", "hashlib.sha1", "hashlib.new")
_GUESSABLE = frozenset(
    f"random.{name}"
    for name in ("choice", "choices", "randint", "random", "randrange", "sample", "getrandbits", "shuffle")
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
    weak_hash,
    unverified_connection,
    written_secret,
    guessable_token,
    risky_switches,
)

"""Calls of JavaScript that let others run code, read files or guess secrets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.javascript.code import JavaScript, Node
from qwen_lsp.review.words import ends_before_value, is_for_passwords, is_for_tokens, is_secret, is_sql
from qwen_lsp.syntax.tree import walk

_QUERYING = frozenset(
    [
        "query",
        "execute",
        "raw",
        "run",
        "all",
        "get",
        "exec",
        "unsafe",
        "$queryRawUnsafe",
        "$executeRawUnsafe",
        "prepare",
        "sequelize",
    ]
)
_READING = frozenset(
    [
        "readFile",
        "readFileSync",
        "createReadStream",
        "sendFile",
        "download",
        "writeFile",
        "writeFileSync",
        "createWriteStream",
        "unlink",
        "unlinkSync",
        "rm",
        "rmSync",
        "readdir",
    ]
)
_GUARDS = re.compile(r"startsWith|basename|normalize|relative\(|includes\(\s*[\"']\.\.|isAbsolute|allow|root\s*:")
_MARKUP = re.compile(r"escape|sanitiz|purify|encode", re.IGNORECASE)


def markup_from_parts(js: JavaScript) -> Iterator[Found]:
    """``element.innerHTML = "Hello " + name``."""
    words = say("What comes from outside becomes part of the page unescaped, scripts included.")
    for assign in js.all("assignment_expression", "augmented_assignment_expression"):
        left, right = assign.child_by_field_name("left"), assign.child_by_field_name("right")
        if (
            left is None
            or right is None
            or left.type != "member_expression"
            or js.squeezed(left).rpartition(".")[2] not in {"innerHTML", "outerHTML"}
        ):
            continue
        built = js.built(right)
        if js.from_outside(right) or (
            built is not None and not _MARKUP.search(js.text(built)) and _has_plain_part(js, built)
        ):
            change = None
            if (
                "<" not in js.text(right)
                and js.squeezed(left).endswith(".innerHTML")
                and assign.type == "assignment_expression"
            ):
                property_ = left.child_by_field_name("property")
                if property_ is not None:
                    edit = js.replaced(property_, "textContent")
                    change = Change(say("Use `{word}`", word="textContent"), (edit,))
            yield Found(js.place(assign), SECURITY, "cross-site-scripting", words, change)
    for call in js.all("call_expression"):
        name, arguments = js.callee(call), js.arguments(call)
        given = None
        if name.endswith(".insertAdjacentHTML") and len(arguments) == 2:
            given = arguments[1]
        elif name in {"document.write", "document.writeln"} and arguments:
            given = arguments[0]
        elif (
            name in {"res.send", "response.send", "res.end", "res.write"} and arguments and "<" in js.text(arguments[0])
        ):
            given = arguments[0] if js.from_outside(arguments[0]) else None
        if (
            given is not None
            and not _MARKUP.search(js.text(given))
            and (js.from_outside(given) or js.built(given) is not None)
        ):
            yield Found(js.place(call), SECURITY, "cross-site-scripting", words)


def _has_plain_part(js: JavaScript, built: Node) -> bool:
    """Return whether a part of the text may hold anything: not what another template or a ``map`` over one gives."""
    parts = [one for one in js.pieces(built) if not isinstance(one, str) and not js.is_written_out(one)]
    return any(
        one.type in {"identifier", "member_expression", "call_expression", "subscript_expression"} for one in parts
    )


def statement_from_parts(js: JavaScript) -> Iterator[Found]:
    """``db.query(`... ${name}`)``."""
    for call in js.all("call_expression"):
        if js.callee(call).rpartition(".")[2] not in _QUERYING or not js.arguments(call):
            continue
        built = js.built(js.arguments(call)[0])
        if built is None:
            continue
        parts = js.pieces(built)
        head = "".join(one if isinstance(one, str) else "x" for one in parts)
        risky = [
            one
            for before, one in itertools.pairwise(parts)
            if not isinstance(one, str)
            and isinstance(before, str)
            and not before.endswith("$")
            and not js.is_written_out(one)
            and ends_before_value(before)
        ]
        if is_sql(head) and risky:
            yield Found(
                js.place(built),
                SECURITY,
                "sql-injection",
                say(
                    "`{value}` becomes part of the SQL itself: whoever chooses it can change the statement. Hand it "
                    "over as a parameter.",
                    value=js.text(risky[0]),
                ),
            )


def shell_from_parts(js: JavaScript) -> Iterator[Found]:
    """``exec(`convert ${name}`)``."""
    names = js.imported_from("child_process")
    for call in js.all("call_expression"):
        name, arguments = js.callee(call), js.arguments(call)
        head, _, method = name.rpartition(".")
        is_exec = method in {"exec", "execSync", "execAsync"} and (
            head in names if head else method in names or (method == "execAsync" and bool(names))
        )
        with_shell = (
            method in {"spawn", "spawnSync", "execFile"}
            and (head or method) in names
            and any("shell:true" in js.squeezed(one) for one in arguments)
        )
        if (
            (is_exec or with_shell)
            and arguments
            and (js.built(arguments[0]) is not None or js.from_outside(arguments[0]))
        ):
            yield Found(
                js.place(call),
                SECURITY,
                "shell-injection",
                say(
                    "A shell reads this command: a value with `;` or `$(...)` in it runs another one. Use `execFile` "
                    "with a list of arguments."
                ),
            )


def evaluated(js: JavaScript) -> Iterator[Found]:
    """``eval(text)``, ``new Function(text)``, ``setTimeout("...")``."""
    for call in js.all("call_expression", "new_expression"):
        name, arguments = js.callee(call), js.arguments(call)
        is_eval = name in {"eval", "window.eval", "globalThis.eval", "vm.runInThisContext", "vm.runInNewContext"}
        is_eval = is_eval or (name == "Function" and bool(arguments))
        given = arguments[-1] if name == "Function" and arguments else arguments[0] if arguments else None
        if name in {"setTimeout", "setInterval"} and given is not None:
            is_eval = js.built(given) is not None and given.type != "identifier"
        if is_eval and given is not None and not js.is_written_out(given):
            yield Found(
                js.place(call),
                SECURITY,
                "evaluates-text",
                say("`{function}` runs whatever the text says, with all rights of this program.", function=name),
            )


def path_from_outside(js: JavaScript) -> Iterator[Found]:
    """``fs.readFile(path.join(folder, req.query.path))``."""
    for call in js.all("call_expression"):
        method, arguments = js.callee(call).rpartition(".")[2], js.arguments(call)
        if method not in _READING or not arguments or not js.from_outside(arguments[0]):
            continue
        around = js.function(call)
        if not _GUARDS.search(js.text(around if around is not None else js.code.tree.root)):
            yield Found(
                js.place(call),
                SECURITY,
                "path-traversal",
                say(
                    "A name with `../` in it leads out of the folder. Resolve the path and see that it is still inside."
                ),
            )


def polluted_prototype(js: JavaScript) -> Iterator[Found]:
    """A recursive merge that takes any key, ``__proto__`` too."""
    for loop in js.all("for_in_statement"):
        function, key = js.function(loop), loop.child_by_field_name("left")
        body = loop.child_by_field_name("body")
        if function is None or key is None or body is None:
            continue
        names = [one for one in walk(key) if one.type == "identifier"] or [key]
        index = js.text(names[0])
        text = js.text(function)
        own = js.name_of(function)
        if (
            not own
            or re.search(r"__proto__|prototype|hasOwn|Object\.create\(null\)|Object\.keys", text)
            or "in" not in [one.type for one in loop.children]
        ):
            continue
        for assign in (one for one in walk(body) if one.type == "assignment_expression"):
            left, right = assign.child_by_field_name("left"), assign.child_by_field_name("right")
            if (
                left is None
                or right is None
                or left.type != "subscript_expression"
                or not js.squeezed(left).endswith(f"[{index}]")
            ):
                continue
            if any(one.type == "call_expression" and js.callee(one) == own for one in walk(body)):
                yield Found(
                    js.place(assign),
                    SECURITY,
                    "prototype-pollution",
                    say(
                        "The key `__proto__` leads into the prototype of all objects, which whoever sends the data "
                        "then changes."
                    ),
                )
                break


def guessable_token(js: JavaScript) -> Iterator[Found]:
    """``Math.random()`` for a token."""
    for call in js.all("call_expression"):
        if js.callee(call) != "Math.random":
            continue
        names = [
            js.name_of(one)
            for one in js.above(call)
            if one.type in {"function_declaration", "method_definition", "arrow_function", "function_expression"}
        ][:1]
        for one in js.above(call):
            field = {"variable_declarator": "name", "assignment_expression": "left", "pair": "key"}.get(one.type)
            named = one.child_by_field_name(field) if field else None
            if named is not None:
                names.append(js.text(named))
        if any(is_for_tokens(name) for name in names):
            yield Found(
                js.place(call),
                SECURITY,
                "guessable-token",
                say(
                    "`Math.random` can be predicted from a few of its values; what must not be guessed comes from "
                    "`crypto`."
                ),
            )


def weak_hash(js: JavaScript) -> Iterator[Found]:
    """``createHash("md5")`` of a password."""
    for call in js.all("call_expression"):
        arguments = js.arguments(call)
        if (
            js.callee(call).rpartition(".")[2] != "createHash"
            or not arguments
            or js.text(arguments[0]).strip("'\"`").lower() not in {"md5", "sha1", "sha256", "sha512"}
        ):
            continue
        function = js.function(call)
        whole = next(
            (one for one in js.above(call) if one.type.endswith("statement") or one.type == "lexical_declaration"), call
        )
        hashed = [
            js.text(one)
            for update in walk(whole)
            if update.type == "call_expression" and js.callee(update).endswith(".update")
            for one in js.arguments(update)
        ]
        if any(is_for_passwords(one) for one in hashed) or (
            function is not None and is_for_passwords(js.name_of(function))
        ):
            yield Found(
                js.place(call),
                SECURITY,
                "weak-password-hash",
                say(
                    "A fast hash without a salt gives passwords away to whoever tries many; use `crypto.scrypt` or "
                    "argon2."
                ),
            )


def unverified(js: JavaScript) -> Iterator[Found]:
    """``rejectUnauthorized: false``; tokens that are decoded and not verified."""
    words = say("Certificates are not checked: whoever sits in between can read and change everything.")
    for pair in js.all("pair"):
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if (
            key is not None
            and value is not None
            and js.text(key).strip("'\"") in {"rejectUnauthorized", "strictSSL"}
            and value.type == "false"
        ):
            yield Found(
                js.place(pair),
                SECURITY,
                "unverified-connection",
                words,
                Change(say("Check certificates"), (js.replaced(value, "true"),)),
            )
    for assign in js.all("assignment_expression"):
        left, right = assign.child_by_field_name("left"), assign.child_by_field_name("right")
        if (
            left is not None
            and right is not None
            and "NODE_TLS_REJECT_UNAUTHORIZED" in js.text(left)
            and js.text(right).strip("'\"`") == "0"
        ):
            yield Found(js.place(assign), SECURITY, "unverified-connection", words)
    tokens = js.imported_from("jsonwebtoken")
    for call in js.all("call_expression"):
        head, _, method = js.callee(call).rpartition(".")
        if method == "decode" and head in tokens and "verify(" not in js.code.snapshot.text:
            yield Found(
                js.place(call),
                SECURITY,
                "unverified-token",
                say("The token's signature is not checked: anybody can write one."),
            )
        if (
            method == "verify"
            and head in tokens
            and any(re.search(r"algorithms:\[[^\]]*[\"']none", js.squeezed(one)) for one in js.arguments(call))
        ):
            yield Found(
                js.place(call),
                SECURITY,
                "unverified-token",
                say("The token's signature is not checked: anybody can write one."),
            )


def written_secret(js: JavaScript) -> Iterator[Found]:
    """``password: "..."``."""
    for text in js.all("string", "template_string"):
        holder = text.parent
        if holder is None or any(one.type == "template_substitution" for one in text.named_children):
            continue
        field = {
            "variable_declarator": "name",
            "assignment_expression": "left",
            "pair": "key",
            "public_field_definition": "name",
            "field_definition": "property",
        }.get(holder.type)
        named = holder.child_by_field_name(field) if field else None
        name = "" if named is None else re.split(r"[.\[]", js.text(named).strip("'\"]"))[-1]
        if is_secret(name, js.text(text)[1:-1]):
            yield Found(
                js.place(text),
                SECURITY,
                "written-secret",
                say(
                    "This secret is readable by everyone who gets the code, and stays in its history. Read it from "
                    "the environment."
                ),
            )


def address_from_outside(js: JavaScript) -> Iterator[Found]:
    """Yield pages, and addresses, that a request chooses."""
    for call in js.all("call_expression", "new_expression"):
        name, arguments = js.callee(call), js.arguments(call)
        around = js.function(call)
        text = js.text(around if around is not None else js.code.tree.root)
        if re.search(r"startsWith|allow|whitelist|includes\(|isSafe|\.has\(", text) or not arguments:
            continue
        last = arguments[-1]
        is_redirect = re.fullmatch(r"(?:res|response|reply|ctx)\.redirect", name) is not None
        if is_redirect and js.from_outside(last) and _begins_outside(js, last):
            yield Found(
                js.place(call),
                SECURITY,
                "open-redirect",
                say("Whoever writes the link decides where the visitor is sent to. Allow only addresses of this site."),
            )
        elif (
            name in {"fetch", "axios.get", "axios.post", "axios", "got", "request", "http.get", "https.get"}
            and re.search(r"\breq(?:uest)?\.|\bctx\.", js.text(arguments[0]))
            and js.from_outside(arguments[0])
            and _begins_outside(js, arguments[0])
        ):
            yield Found(
                js.place(call),
                SECURITY,
                "request-forgery",
                say("A request chooses the address that this server asks: it reaches what only the server may reach."),
            )


def _begins_outside(js: JavaScript, node: Node) -> bool:
    """Return whether the beginning of an address comes from outside; a fixed beginning names the site."""
    first = js.pieces(node)[0] if node.type in {"template_string", "binary_expression"} else node
    return not (isinstance(first, str) and first.strip())


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (
    markup_from_parts,
    statement_from_parts,
    shell_from_parts,
    evaluated,
    path_from_outside,
    polluted_prototype,
    guessable_token,
    weak_hash,
    unverified,
    written_secret,
    address_from_outside,
)

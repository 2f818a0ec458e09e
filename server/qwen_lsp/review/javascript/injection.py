"""What comes from outside and becomes markup, a statement, a command, code, a path or an address, in JavaScript."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.javascript.code import JavaScript, Node
from qwen_lsp.review.words import ends_before_value, is_sql

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
    address_from_outside,
)

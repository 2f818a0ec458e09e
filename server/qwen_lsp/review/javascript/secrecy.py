"""Secrets that JavaScript gives away, and connections and objects that it trusts too much."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.javascript.code import JavaScript
from qwen_lsp.review.words import is_for_passwords, is_for_tokens, is_secret
from qwen_lsp.syntax.tree import walk


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


RULES: tuple[Callable[[JavaScript], Iterator[Found]], ...] = (
    polluted_prototype,
    guessable_token,
    weak_hash,
    unverified,
    written_secret,
)

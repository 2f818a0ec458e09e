"""What JavaScript's engines and Node say: values that are undefined, names and modules that are not there."""

from __future__ import annotations

import json
import re

from qwen_lsp.explain.answer import Answer, Rule, Site, rule, sentence
from qwen_lsp.explain.near import near, said

# What can stand before a dot: names, calls and items, strung together.
_CHAIN = re.compile(r"(?:[\w$]+(?:\([^()]*\)|\[[^\[\]]*\])*(?:\?\.|\.))*[\w$]+(?:\([^()]*\)|\[[^\[\]]*\])*$")
_DECLARED = re.compile(
    r"\b(?:const|let|var|function\*?|class|import|async function)\s+([A-Za-z_$][\w$]*)"
    r"|[{,]\s*([A-Za-z_$][\w$]*)\s*(?=[,}=])"
)
_BROWSER = frozenset({"window", "document", "localStorage", "sessionStorage", "alert", "navigator"})
_COMMONJS = frozenset({"require", "module", "exports", "__dirname", "__filename"})
_METHODS = {
    one.lower(): one
    for one in ("forEach", "toLowerCase", "toUpperCase", "toString", "getElementById", "indexOf", "addEventListener")
}
_PACKAGE = re.compile(r"(?:@[a-z0-9~][\w.~-]*/)?[a-z0-9~][\w.~-]*$")


def _undefined(site: Site, match: re.Match[str]) -> Answer | None:
    what, name = match["what"], match["name"]
    frame = site.crash.frame if site.crash is not None else None
    if site.snapshot is None or frame is None or frame.lineno is None or site.place is None:
        return None
    line = site.snapshot.line(site.place.start.line)
    places = list(re.finditer(rf"(?P<dot>\?\.|\.){re.escape(name)}(?![\w$])", line))
    if frame.colno is not None and len(places) > 1:
        # V8 counts from 1 and points to the name that is read.
        places = [one for one in places if one.end("dot") == frame.colno - 1]
    if len(places) != 1:
        return None
    value = _CHAIN.search(line[: places[0].start()])
    if value is None:
        return None
    return Answer(f"`{value[0]}` is {what} here, where its `.{name}` is asked for.")


def _not_function(site: Site, match: re.Match[str]) -> Answer | None:
    del site
    written = match["what"]
    owner, _, method = written.rpartition(".")
    if owner and method != _METHODS.get(method.lower(), method):
        return Answer(f"JavaScript writes it `{_METHODS[method.lower()]}`; capitals count.")
    if owner:
        return Answer(f"`{owner}` has no method `{method}` there.")
    return Answer(f"`{written}` is called, but what it holds there is no function.")


def _not_defined(site: Site, match: re.Match[str]) -> Answer | None:
    name = match["name"]
    if name in _COMMONJS and "ES module" in site.failure.message:
        return Answer(f"This file is an ES module, which has no `{name}`; use `import`, or rename the file to .cjs.")
    if name in _BROWSER:
        return Answer(f"`{name}` exists in browsers only, and this code runs outside of one.")
    if site.snapshot is None:
        return None
    declared = {one[1] or one[2] for one in _DECLARED.finditer(site.snapshot.text)}
    if name in declared:
        return None
    meant = near(name, declared)
    hint = f" Did you mean {said(meant)}?" if meant else ""
    return Answer(f"Nothing called `{name}` is declared where this line could see it.{hint}") if meant else None


def _constant(site: Site, _match: re.Match[str]) -> Answer | None:
    """Answer with the only constant of the file that the line assigns to."""
    if site.snapshot is None or site.place is None:
        return None
    line = site.snapshot.line(site.place.start.line)
    assigned = set(
        re.findall(r"(?<![\w$.])([A-Za-z_$][\w$]*)\s*(?:(?:[-+*/%&|^]|\*\*|&&|\|\||\?\?)?=(?![=>])|\+\+|--)", line)
    )
    declared = {name: number for name in assigned for number in _declarations(site, "const", name)}
    if len(declared) != 1:
        return None
    ((name, lineno),) = declared.items()
    return Answer(f"`{name}` is declared with `const` (line {lineno}); what changes is declared with `let`.")


def _too_early(site: Site, match: re.Match[str]) -> Answer | None:
    name = match["name"]
    lines = [
        *_declarations(site, "const", name),
        *_declarations(site, "let", name),
        *_declarations(site, "class", name),
    ]
    if len(lines) != 1 or site.place is None:
        return None
    return Answer(f"`{name}` is declared in line {lines[0]}, which had not run when this line needed it.")


def _declarations(site: Site, keyword: str, name: str) -> list[int]:
    """Return the 1-based lines in which a name is declared in the plainest way."""
    declared = re.compile(rf"(?<![\w$]){keyword}\s+{re.escape(name)}(?![\w$])")
    lines = site.snapshot.lines if site.snapshot is not None else ()
    return [number for number, line in enumerate(lines, start=1) if declared.search(line)]


def _no_module(site: Site, match: re.Match[str]) -> Answer | None:
    module = match["module"]
    if module.startswith((".", "/")) or re.match(r"[A-Za-z]:[\\/]", module):
        return Answer(
            f"No file `{module}` is found from the importing file; path, capitals and extension must be exact."
        )
    if not _PACKAGE.match(module.partition("/")[0] if not module.startswith("@") else module):
        return None
    package = "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
    listed = _dependencies(site)
    if listed is not None and package in listed:
        return Answer(
            f"package.json lists `{package}`, but it is not installed.", command="npm install", is_environment=True
        )
    meant = near(package, listed or ())
    if meant:
        return Answer(f"No package `{package}` is installed. Did you mean {said(meant)}, which package.json lists?")
    known = " and package.json does not list it" if listed is not None else ""
    return Answer(f"No package `{package}` is installed{known}.", is_environment=True)


def _dependencies(site: Site) -> set[str] | None:
    """Return what the nearest package.json of the workspace lists, or None when there is none."""
    folders = list(site.snapshot.path.parents) if site.snapshot is not None else list(site.roots)
    for folder in folders:
        if not any(folder.is_relative_to(root) for root in site.roots):
            break
        snapshot = site.documents.read(folder / "package.json")
        if snapshot is None:
            continue
        try:
            manifest = json.loads(snapshot.text)
        except ValueError:
            return None
        fields = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
        tables = [manifest.get(field) for field in fields] if isinstance(manifest, dict) else []
        return {name for table in tables if isinstance(table, dict) for name in table}
    return None


def _no_export(site: Site, match: re.Match[str]) -> Answer | None:
    module, name = match["module"], match["name"]
    if site.snapshot is None or not module.startswith("."):
        return None
    target = site.documents.read(site.snapshot.path.parent / module)
    if target is None:
        return None
    exported = set(re.findall(r"\bexport\s+(?:async\s+)?(?:const|let|var|function\*?|class)\s+([\w$]+)", target.text))
    for listing in re.findall(r"\bexport\s*\{([^}]*)\}", target.text):
        exported.update(one.split(" as ")[-1].strip() for one in listing.split(","))
    if name in exported:
        return None
    meant = near(name, exported)
    hint = f" Did you mean {said(meant)}?" if meant else ""
    return Answer(f"{target.path.name} exports no `{name}`.{hint}")


RULES: tuple[Rule, ...] = (
    rule(
        "TypeError",
        r"Cannot read propert(?:y|ies) of (?P<what>undefined|null) \(reading '(?P<name>[\w$]+)'\)",
        _undefined,
    ),
    rule("TypeError", r"Cannot read property '(?P<name>[\w$]+)' of (?P<what>undefined|null)", _undefined),
    rule("TypeError", r"(?P<what>[\w$.]+) is not a function", _not_function),
    rule("ReferenceError", r"(?P<name>[\w$]+) is not defined", _not_defined),
    rule("TypeError", r"Assignment to constant variable\.", _constant),
    rule("ReferenceError", r"Cannot access '(?P<name>[\w$]+)' before initialization", _too_early),
    rule(
        "TypeError",
        r"Reduce of empty array with no initial value",
        sentence("The array is empty, and `reduce` has no second argument to begin with."),
    ),
    rule(
        "TypeError",
        r"Cannot mix BigInt and other types",
        sentence(
            "One operand is a BigInt and the other a number; `BigInt(...)` or `Number(...)` converts one of them."
        ),
    ),
    rule("RangeError", r"Invalid time value", sentence("The Date was made from something that is no date.")),
    rule(
        "SyntaxError",
        r"await is only valid in async functions",
        sentence("The function around this line lacks `async`, or the file is not a module."),
    ),
    rule("Error", r"Cannot find (?:module|package) '(?P<module>[^']+)'", _no_module),
    rule(
        "SyntaxError",
        r"The requested module '(?P<module>[^']+)' does not provide an export named '(?P<name>[\w$]+)'",
        _no_export,
    ),
)

"""Values that are not there or cannot be read: keys, indices, numbers, dates, recursion."""

from __future__ import annotations

import re

import tree_sitter

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule, sentence
from qwen_lsp.explain.near import near, said
from qwen_lsp.explain.python.attributes import short

_FORMATS = re.compile(r"\.format(?:_map)?\(")
_OS_MODULE = ("os.py", "<frozen os>")
_REMOVING = re.compile(r"\.(?:pop|remove)\(")
_STRING = re.compile(r"^[rbu]?(['\"])(?P<text>.*)\1$", re.IGNORECASE | re.DOTALL)


def _key(site: Site, match: re.Match[str]) -> Answer | None:
    key, code, place = match["key"], site.code, site.place
    line = site.line
    frames = site.failure.frames
    if any(frame.path.endswith(_OS_MODULE) for frame in frames[-2:]) and "environ" in line:
        name = key.strip("'\"")
        return Answer(f"The environment variable {name} is not set for this process.", is_environment=True)
    if any("/pandas/" in frame.path.replace("\\", "/") for frame in frames):
        return Answer(f"The DataFrame or Series has no column or label {key}.")
    if _FORMATS.search(line) and site.is_innermost and "[" not in line:
        return Answer(
            f"The text holds the placeholder {{{key.strip(chr(39))}}}, for which `format()` gets no value; braces that "
            f"belong to the text are written twice: {{{{ }}}}."
        )
    if code is None or place is None or not site.is_innermost:
        return None
    literal = _STRING.match(key)
    text = literal["text"] if literal is not None else None
    known = _known_keys(site)
    meant = near(text, known) if text is not None and text not in known else []
    hint = f" Did you mean {said(repr(one) for one in meant)}?" if meant else ""
    if text is None and key.lstrip("-").isdecimal() and key in known:
        hint = f" There is a key {key!r}, a text; this one is a number."
    elif text is not None and text.lstrip("-").isdecimal() and f"#{text}" in known:
        hint = f" There is a key {text}, a number; this one is a text."
    subscripts = [
        (value, index)
        for node in code.nodes(place, "subscript", within=site.is_underlined)
        if (value := node.child_by_field_name("value")) is not None
        and (index := node.child_by_field_name("subscript")) is not None
    ]
    if not site.is_underlined and _REMOVING.search(line):
        subscripts = []
    if len(subscripts) > 1 and text is not None:
        subscripts = [one for one in subscripts if one[1].type != "string" or code.text(one[1]).strip("'\"") == text]
    if len(subscripts) != 1:
        return Answer(f"The key {key} is not there.{hint}") if hint else None
    value, index = subscripts[0]
    written = short(code.text(index))
    what = f"`{written}` is {key} here, which `{short(code.text(value))}` does not have"
    if index.type in ("string", "integer"):
        what = f"`{short(code.text(value))}` has no key {key}"
    return Answer(f"{what}.{hint}")


def _known_keys(site: Site) -> set[str]:
    """Return the literal keys of dicts in the frames' files; those that are numbers also with "#" before them."""
    known: set[str] = set()
    for path in site.paths:
        code = site.code_at(path)
        for node in code.below(code.tree.root, "pair", "subscript") if code is not None else []:
            if node.type == "subscript" and not _is_assigned(node):
                continue
            key = node.child_by_field_name("key") or node.child_by_field_name("subscript")
            if code is None or key is None:
                continue
            if key.type == "string" and (literal := _STRING.match(code.text(key))):
                known.add(literal["text"])
            elif key.type == "integer":
                known.add("#" + code.text(key))
    return known


def _is_assigned(node: tree_sitter.Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "assignment" and parent.child_by_field_name("left") == node


def _index(site: Site, match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    if code is None or place is None or not site.is_innermost:
        return None
    if match["empty"]:
        return Answer(f"The {match['kind'] or 'sequence'} is empty, so that there is nothing to pop.")
    subscripts = [
        (value, index)
        for node in code.nodes(place, "subscript", within=site.is_underlined)
        if (value := node.child_by_field_name("value")) is not None
        and (index := node.child_by_field_name("subscript")) is not None
        and index.type != "slice"
    ]
    if len(subscripts) != 1:
        return None
    sequence, number = (short(code.text(one)) for one in subscripts[0])
    if number in ("0", "-1"):
        return Answer(f"`{sequence}` is empty here.")
    if number == f"len({sequence})":
        return Answer(f"The last item of `{sequence}` has the index `len({sequence}) - 1`.")
    return Answer(f"`{sequence}` is too short to have an item `{number}`.")


def _division(site: Site, _match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    if code is None or place is None or not site.is_innermost or "divmod(" in site.line:
        return None
    divisors = [
        right
        for node in code.nodes(place, "binary_operator", "augmented_assignment", within=site.is_underlined)
        if (sign := node.child_by_field_name("operator")) is not None
        and code.text(sign).rstrip("=") in ("/", "//", "%")
        and (right := node.child_by_field_name("right")) is not None
    ]
    if len(divisors) != 1:
        return None
    if divisors[0].type in ("integer", "float"):
        return None
    divisor = short(code.text(divisors[0]))
    counted = re.fullmatch(r"len\((?P<what>[^()]+)\)", divisor)
    why = f": `{counted['what']}` is empty" if counted else ""
    return Answer(f"`{divisor}` is 0 here{why}.")


def _number(site: Site, match: re.Match[str]) -> Answer | None:
    function, text = match["function"] or "float", match["text"]
    del site
    if not text.strip():
        return Answer(f"`{function}()` got an empty text.")
    if function == "int" and re.fullmatch(r"\s*[+-]?[0-9]*\.[0-9]*\s*", text):
        return Answer(f"`int()` reads whole numbers only; '{text}' has a fraction: `int(float(...))` or `float(...)`.")
    if re.fullmatch(r"\s*[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\s*", text):
        return Answer(f"`{function}()` takes no commas between thousands: '{text}' needs `.replace(',', '')` first.")
    if function == "float" and re.fullmatch(r"\s*[+-]?[0-9]+,[0-9]+\s*", text):
        return Answer(f"`float()` takes a point, not the comma of '{text}'.")
    return Answer(f"'{text}' is not the text of a number.")


def _changed_in_loop(site: Site, match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    what = {"dictionary": "dict", "Set": "set", "deque": "deque"}[match["what"]]
    text = (
        f"The loop adds or removes items of the very {what} that it runs over; `list(...)` around it loops over a copy."
    )
    loops = code.nodes(place, "for_statement", within=False) if code is not None and place is not None else []
    iterated = loops[0].child_by_field_name("right") if len(loops) == 1 else None
    if code is None or iterated is None or "(" in code.text(iterated).removesuffix("()"):
        return Answer(text)
    written = code.text(iterated)
    return Answer(
        text, Change(f"Loop over `list({short(written)})`", (site.edit(code.range_of(iterated), f"list({written})"),))
    )


def _recursion(site: Site, _match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    frames = site.failure.frames
    if code is None or place is None or site.crash is None:
        return None
    function = next(code.around(place, "function_definition"), None)
    name = code.text(function.child_by_field_name("name") or function) if function is not None else ""
    repeated = sum(1 for frame in frames if frame.function == site.crash.frame.function)
    wrapper = function.parent if function is not None else None
    decorators = code.text(wrapper) if wrapper is not None and wrapper.type == "decorated_definition" else ""
    written = code.text(function) if function is not None else ""
    if f"@{name}.setter" in decorators and re.search(rf"\bself\.{re.escape(name)}\s*[-+*/]?=[^=]", written):
        return Answer(
            f"The setter of `{name}` assigns `self.{name}`, which calls the setter again, without end; keep the value "
            f"under another name, such as `self._{name}`."
        )
    if decorators.startswith("@property") and re.search(rf"\bself\.{re.escape(name)}\b", written):
        return Answer(f"The property `{name}` reads `self.{name}`, which is the property again, without end.")
    if repeated > 1 and function is not None:
        return Answer(f"`{name}` (line {code.lineno(function)}) ends up calling itself without end.")
    return None


RULES: tuple[Rule, ...] = (
    rule("KeyError", r"(?P<key>.+)", _key),
    rule(
        "IndexError",
        r"(?P<empty>pop from (?:an )?empty (?P<kind>list|deque|set)?)"
        r"|(?:list|tuple|string|bytearray|list assignment) index out of range",
        _index,
    ),
    rule("ZeroDivisionError", ".*(?:division|modulo)", _division),
    rule("ValueError", r"invalid literal for (?P<function>int)\(\) with base 10: '(?P<text>.*)'", _number),
    rule("ValueError", r"could not convert string to (?P<function>float): '(?P<text>.*)'", _number),
    rule(
        "ValueError",
        r"too many values to unpack \(expected (?P<expected>[0-9]+)",
        sentence("There are {expected} names for the parts, but the value has more parts."),
    ),
    rule(
        "ValueError",
        r"not enough values to unpack \(expected (?:at least )?(?P<expected>[0-9]+), got (?P<got>[0-9]+)",
        sentence("There are {expected} names for the parts, but the value has {got}."),
    ),
    rule(
        "ValueError",
        r"time data (?P<text>.+) does not match format (?P<format>.+)",
        sentence("The text is not written as the format says: {text} against {format}."),
    ),
    rule(
        "ValueError",
        r"I/O operation on closed file",
        sentence("The file was closed before: at the end of its `with` block, or by `close()`."),
    ),
    rule(
        "ValueError",
        r"list\.remove\(x\): x not in list",
        sentence("The list does not hold the value that is to be removed."),
    ),
    rule(
        "RuntimeError",
        r"(?P<what>dictionary|Set|deque) (?:changed size|keys changed|mutated) during iteration",
        _changed_in_loop,
    ),
    rule(
        "RuntimeError",
        "generator raised StopIteration",
        sentence(
            "`next()` found nothing more inside a generator, where that is an error since Python 3.7; "
            "give it a default or catch StopIteration."
        ),
    ),
    rule(
        "RuntimeError",
        r"asyncio\.run\(\) cannot be called from a running event loop|This event loop is already running",
        sentence("An event loop runs already (as in a notebook, or inside async code): `await` the coroutine instead."),
    ),
    rule("RecursionError", "", _recursion),
    rule(
        "JSONDecodeError",
        r"Expecting value: line 1 column 1 \(char 0\)",
        sentence(
            "The text is empty, or is no JSON from its first character on (an HTML page or an error "
            "message, for instance)."
        ),
    ),
    rule(
        "JSONDecodeError",
        "Expecting property name enclosed in double quotes",
        sentence("A comma stands after the last member, or a name is not in double quotes: JSON allows neither."),
    ),
    rule(
        "UnicodeDecodeError",
        r"'utf-8' codec can't decode byte 0x(?:ff|fe) in position 0",
        sentence("The file is not UTF-8; by its first byte it may be UTF-16: `encoding='utf-16'`."),
    ),
    rule(
        "UnicodeDecodeError",
        r"'(?P<codec>[\w-]+)' codec can't decode byte (?P<byte>0x[0-9a-f]{2}) in position (?P<position>[0-9]+)",
        sentence(
            "The data is not written in {codec}: byte {byte} at {position} does not occur there. "
            "Give `open` the right `encoding`."
        ),
    ),
)

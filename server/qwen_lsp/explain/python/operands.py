"""TypeErrors of operators and of what is subscripted, iterated over, compared or converted."""

from __future__ import annotations

import re

import tree_sitter

from qwen_lsp.explain.answer import Answer, Rule, Site, rule, sentence
from qwen_lsp.explain.python.attributes import short
from qwen_lsp.explain.python.classes import find_definition, own_attributes
from qwen_lsp.explain.python.nothing import why_none
from qwen_lsp.model import Range

_COMPARISONS = {"<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__"}
_TEXTS = frozenset({"str"})
_NUMBERS = frozenset({"int", "float", "decimal.Decimal"})


def _operands(site: Site, match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    operator, left_type, right_type = match["operator"], match["left"], match["right"]
    if operator == "|" and {left_type, right_type} <= {"type", "NoneType"}:
        return Answer("`X | Y` between types needs Python 3.10; before that it is `Optional[X]` or `Union[X, Y]`.")
    if code is None or place is None or not site.is_innermost or (not site.is_underlined and "sum(" in site.line):
        return _advice(left_type, right_type)
    is_changed = operator.endswith("=")
    kind = "augmented_assignment" if is_changed else "binary_operator"
    nodes = [
        node
        for node in code.nodes(place, kind, within=site.is_underlined)
        if (sign := node.child_by_field_name("operator")) is not None and code.text(sign) == operator
    ]
    if len(nodes) != 1:
        return _advice(left_type, right_type)
    left, right = nodes[0].child_by_field_name("left"), nodes[0].child_by_field_name("right")
    if left is None or right is None:
        return None
    text = f"`{short(code.text(left))}` is {_a(left_type)}, `{short(code.text(right))}` is {_a(right_type)}."
    none = right if right_type == "NoneType" else left if left_type == "NoneType" else None
    reason = why_none(code, none, place) if none is not None else None
    advice = _advice(left_type, right_type)
    more = reason or (advice.text if advice is not None else "")
    return Answer(f"{text} {more}".strip())


def _a(type_name: str) -> str:
    if type_name == "NoneType":
        return "None"
    name = type_name.rpartition(".")[2]
    return f"{'an' if name[:1].lower() in 'aeio' else 'a'} {name}"


def _advice(left: str, right: str) -> Answer | None:
    types = {left, right}
    if types & _TEXTS and types & _NUMBERS:
        return Answer("Text and numbers do not add up: convert one with `int(...)`, `float(...)` or `str(...)`.")
    if types == {"decimal.Decimal", "float"}:
        return Answer("Decimal and float do not mix; write the float as `Decimal('...')`.")
    return None


def _joined(site: Site, match: re.Match[str]) -> Answer | None:
    joined, other = match["joined"], match["other"]
    if joined == "str":
        return Answer(f"Text is joined with {_a(other)}; `str(...)` or an f-string makes text of it.")
    return Answer(f"A {joined} is joined with {_a(other)}; both must be a {joined}.") if site.line else None


def _not_ordered(site: Site, match: re.Match[str]) -> Answer | None:
    left, right = match["left"], match["right"]
    if "NoneType" in (left, right):
        return Answer("One of the compared values is None, which is neither less nor more than anything.")
    found = find_definition(site, left, "class_definition") if left == right else None
    if found is None:
        return None
    method = _COMPARISONS[match["operator"]]
    if any(name in own_attributes(found) for name in _COMPARISONS.values()):
        return None
    wrapper = found.node.parent
    is_dataclass = wrapper is not None and "dataclass" in found.code.text(wrapper).split("class ", 1)[0]
    remedy = "`@dataclass(order=True)`" if is_dataclass else f"a method `{method}`"
    return Answer(
        f"`{left}` ({found.where}) says nothing about the order of two of its objects, which this comparison (also by "
        f"`sorted`, `min` or a heap) needs: {remedy}, or a `key`."
    )


def _on_none(site: Site, match: re.Match[str]) -> Answer | None:
    """Answer for None where something to subscript, iterate over or unpack was expected."""
    code, place = site.code, site.place
    if match["type"] == "coroutine":
        return Answer("The value is a coroutine that was not awaited: an `await` is missing where it was made.")
    if match["type"] == "type" and match["what"] == "subscriptable":
        if not re.search(r"\b(?:list|dict|tuple|set|type)\[", site.line):
            return None
        return Answer("`list[...]`, `dict[...]` and the like need Python 3.9; before that, `typing.List` and so on.")
    if match["type"] not in ("NoneType", "method", "builtin_function_or_method", "function") or code is None:
        return None
    if place is None or not site.is_innermost:
        return None
    values = _values(site, match["what"])
    if len(values) != 1:
        return None
    written = short(code.text(values[0]))
    if match["type"] != "NoneType":
        return Answer(f"`{written}` is the function itself: the parentheses that call it are missing.")
    reason = why_none(code, values[0], place)
    if reason is None and values[0].type == "call":
        return None  # a built-in function may itself have met the None
    return Answer(f"`{written}` is None here." + (f" {reason}" if reason else ""))


def _unpacked_none(site: Site, _match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    if code is None or place is None or not site.is_innermost:
        return None
    statements = code.nodes(Range(place.start, place.start), "assignment", within=False)
    values = [value for one in statements if (value := one.child_by_field_name("right")) is not None]
    if len(values) != 1 or site.line.startswith("for "):
        return None
    reason = why_none(code, values[0], place)
    return Answer(f"`{short(code.text(values[0]))}` is None here." + (f" {reason}" if reason else ""))


def _values(site: Site, what: str) -> list[tree_sitter.Node]:
    """Return the expressions of the crash's line that may be what cannot be subscripted or iterated over."""
    code, place = site.code, site.place
    if code is None or place is None:
        return []
    if what == "subscriptable":
        nodes = code.nodes(place, "subscript", within=site.is_underlined)
        return [value for node in nodes if (value := node.child_by_field_name("value")) is not None]
    if site.is_underlined:
        # What is iterated over is underlined by itself.
        exact = code.nodes(place, "identifier", "call", "attribute", within=True)
        return [one for one in exact if code.range_of(one) == place][:1]
    nodes = code.nodes(place, "for_statement", "for_in_clause", within=False)
    return [value for node in nodes if (value := node.child_by_field_name("right")) is not None]


def _text_index(site: Site, _match: re.Match[str]) -> Answer | None:
    code, place = site.code, site.place
    values = _values(site, "subscriptable")
    if code is None or place is None or len(values) != 1 or not site.is_innermost:
        return Answer("A text is subscripted with something that is no number, as if it were a dict.")
    return Answer(f"`{short(code.text(values[0]))}` is a text here, not a dict: its items are characters, by number.")


def _list_index(site: Site, match: re.Match[str]) -> Answer | None:
    code, values = site.code, _values(site, "subscriptable")
    if code is None or len(values) != 1 or not site.is_innermost:
        return None
    kind, index = match["kind"], match["index"]
    hint = (
        " A number read as text needs `int(...)`."
        if index == "str"
        else " `//` divides without a fraction." * (index == "float")
    )
    return Answer(f"`{short(code.text(values[0]))}` is a {kind}: its items go by number, not by {index}.{hint}")


RULES: tuple[Rule, ...] = (
    rule(
        "TypeError",
        r"unsupported operand type\(s\) for (?P<operator>\S+)(?: or pow\(\))?: "
        r"'(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'",
        _operands,
    ),
    rule(
        "TypeError",
        r"can only concatenate (?P<joined>str|list|tuple) \(not \"(?P<other>[\w.]+)\"\) to (?P=joined)",
        _joined,
    ),
    rule(
        "TypeError",
        r"must be str, not (?P<other>\w+)(?P<joined>)",
        sentence("Text is joined with a {other}; `str(...)` makes text of it."),
    ),
    rule(
        "TypeError",
        r"'(?P<operator>[<>]=?)' not supported between instances of '(?P<left>[\w.]+)' and '(?P<right>[\w.]+)'",
        _not_ordered,
    ),
    rule("TypeError", r"'(?P<type>\w+)' object is not (?P<what>subscriptable|iterable)", _on_none),
    rule("TypeError", r"cannot unpack non-iterable NoneType object", _unpacked_none),
    rule("TypeError", r"string indices must be integers", _text_index),
    rule("TypeError", r"(?P<kind>list|tuple) indices must be integers or slices, not (?P<index>\w+)", _list_index),
    rule(
        "TypeError",
        r"can't multiply sequence by non-int of type '(?P<type>\w+)'",
        sentence(
            "A text, list or tuple is multiplied with a {type}; text that holds a number needs `float(...)` first."
        ),
    ),
    rule(
        "TypeError",
        r"Object of type (?P<type>\w+) is not JSON serializable",
        sentence(
            "JSON knows texts, numbers, true, false, null, lists and objects, but no {type}; "
            "convert it, or give `default=`."
        ),
    ),
    rule(
        "TypeError",
        r"can't (?:compare|subtract) offset-naive and offset-aware datetimes",
        sentence(
            "One of the two times has a time zone and the other has none; `datetime.now()` gives one without, "
            "`datetime.now(timezone.utc)` one with."
        ),
    ),
    rule(
        "TypeError",
        r"unhashable type: '(?P<type>list|dict|set|bytearray)'",
        sentence(
            "A {type} can change, so that it cannot be a key of a dict or a member of a set; a tuple or frozenset can."
        ),
    ),
    rule(
        "TypeError",
        r"object of type 'NoneType' has no len\(\)|argument of type 'NoneType' is not (?:iterable|a container)|"
        r"expected str, bytes or os\.PathLike object, not NoneType|'NoneType' object is not a mapping|"
        r"(?:int|float)\(\) argument must be .* not 'NoneType'",
        sentence("The value is None; a function that returns nothing, or a lookup that found nothing, gave it."),
    ),
    rule(
        "TypeError",
        "not all arguments converted during string formatting",
        sentence("There are more values than `%` places in the text."),
    ),
    rule(
        "TypeError",
        "not enough arguments for format string",
        sentence("There are more `%` places in the text than values; a literal percent sign is `%%`."),
    ),
)

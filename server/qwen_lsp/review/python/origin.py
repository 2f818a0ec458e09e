"""Where a value comes from: written out in the program, or handed in from outside."""

from __future__ import annotations

import ast
import re

from qwen_lsp.review.python.code import FUNCTIONS, PythonCode

_DEPTH = 5
_FROM_REQUESTS = re.compile(
    r"(?:^|\.)(?:request|req|flask\.request)(?:\(\))?\.(?:args|form|values|json|data|files|cookies|headers|query_params|GET|POST|COOKIES|FILES"
    r"|body|get_json|query|params|path_params|match_info|match_dict)\b"
)
_FROM_NETWORK = re.compile(
    r"(?:^|\.)(?:recv|recvfrom|urlopen|getvalue_from_request|get_message|receive|recv_json|recv_pyobj)\(\)"
)
_FROM_USER = re.compile(r"^(?:input|sys\.argv|sys\.stdin)\b")
_HANDED_IN = re.compile(
    r"(?i)^(?:upload(?:ed)?(?:_\w+)?|user_input|untrusted\w*|payload|request_body|raw_body|cookie)$"
)
_CLEANING = re.compile(
    r"(?i)(?:^|\.|_)(?:int|float|bool|len|round|escape\w*|quote\w*|secure_filename|safe_join|basename|sanitize\w*|validate\w*|clean\w*"
    r"|uuid\.UUID|UUID|literal|identifier|hash|hex|hexdigest|isoformat)(?:\(\))?$"
)
_CONSTANT_NAME = re.compile(r"^_{0,2}[A-Z][A-Z0-9_]*$")


def is_written_out(code: PythonCode, node: ast.expr, depth: int = _DEPTH) -> bool:
    """Return whether all of a text stands in the program, or cannot hold more than digits and the like."""
    if depth == 0:
        return False
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.JoinedStr):
        marked = any(
            isinstance(one, ast.Constant) and str(one.value).endswith((":", "@", "%(")) for one in node.values[:1]
        )
        return (marked and len(node.values) <= 3) or all(is_written_out(code, one, depth) for one in node.values)
    if isinstance(node, ast.FormattedValue):
        return is_written_out(code, node.value, depth) or _is_number_format(node)
    if isinstance(node, ast.BinOp):
        return is_written_out(code, node.left, depth) and is_written_out(code, node.right, depth)
    if isinstance(node, ast.IfExp):
        return is_written_out(code, node.body, depth) and is_written_out(code, node.orelse, depth)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(is_written_out(code, one, depth) for one in node.elts)
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return is_written_out(code, node.elt, depth - 1)
    if isinstance(node, ast.Attribute):
        return _CONSTANT_NAME.match(node.attr) is not None
    if isinstance(node, ast.Subscript):
        return is_written_out(code, node.value, depth)
    if isinstance(node, ast.Call):
        if _CLEANING.search(code.dotted(node.func)):
            return True
        if isinstance(node.func, ast.Attribute):
            parts = [node.func.value, *node.args, *(one.value for one in node.keywords)]
            return node.func.attr in {"join", "format", "strip", "upper", "lower", "get"} and all(
                is_written_out(code, one, depth) for one in parts
            )
        return False
    if isinstance(node, ast.Name):
        return _is_constant_name(code, node, depth)
    return False


def _is_number_format(value: ast.FormattedValue) -> bool:
    spec = value.format_spec
    return isinstance(spec, ast.JoinedStr) and any(
        isinstance(one, ast.Constant) and str(one.value)[-1:] in "dfxXeg%" for one in spec.values
    )


def _is_constant_name(code: PythonCode, name: ast.Name, depth: int) -> bool:
    if _CONSTANT_NAME.match(name.id):
        return True
    for holder in code.above(name):
        if isinstance(holder, ast.For) and any(
            isinstance(one, ast.Name) and one.id == name.id for one in ast.walk(holder.target)
        ):
            return is_written_out(code, holder.iter, depth - 1)
        if isinstance(holder, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            for each in holder.generators:
                if any(isinstance(one, ast.Name) and one.id == name.id for one in ast.walk(each.target)):
                    return is_written_out(code, each.iter, depth - 1)
        if isinstance(holder, FUNCTIONS):
            arguments = [*holder.args.args, *holder.args.kwonlyargs, *holder.args.posonlyargs]
            annotated = next((one.annotation for one in arguments if one.arg == name.id), None)
            if annotated is not None and code.text(annotated).split("|")[0].strip() in {"int", "float", "bool"}:
                return True
            break
    values = code.values(name)
    return bool(values) and all(is_written_out(code, one, depth - 1) for one in values or ())


def from_outside(code: PythonCode, node: ast.expr, depth: int = _DEPTH) -> bool:
    """Return whether a value holds, unchecked, what a request, the network or a user has sent."""
    if depth == 0:
        return False
    if isinstance(node, ast.Call) and _CLEANING.search(code.dotted(node.func)):
        return False
    name = code.dotted(node)
    if name and (_FROM_REQUESTS.search(name) or _FROM_NETWORK.search(name) or _FROM_USER.search(name)):
        return True
    if isinstance(node, ast.Name):
        if _HANDED_IN.match(node.id):
            return True
        values = code.values(node)
        return any(from_outside(code, one, depth - 1) for one in values or ())
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call):
        parts = [*node.args, *(one.value for one in node.keywords)]
        if isinstance(node.func, ast.Attribute):
            parts.append(node.func.value)
    elif isinstance(node, ast.JoinedStr):
        parts = [one.value for one in node.values if isinstance(one, ast.FormattedValue)]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Subscript | ast.Attribute | ast.Await | ast.Starred):
        parts = [node.value]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    return any(from_outside(code, one, depth - 1 if isinstance(one, ast.Name) else depth) for one in parts)


def built_from(code: PythonCode, node: ast.expr, depth: int = _DEPTH) -> ast.expr | None:
    """Return what builds the text ``node`` out of parts that are not written out; None where nothing does."""
    if isinstance(node, ast.Name) and depth:
        for one in code.values(node) or ():
            found = built_from(code, one, depth - 1)
            if found is not None:
                return found
        return None
    is_format = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
    if (is_format or is_sum or isinstance(node, ast.JoinedStr)) and not is_written_out(code, node):
        return node
    return None


def pieces(code: PythonCode, node: ast.expr) -> list[str | ast.expr]:
    """Return the parts of a built text in their order: what is written out, and the expressions in between."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return [part for one in node.values for part in pieces(code, one)]
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*pieces(code, node.left), *pieces(code, node.right)]
    template: ast.expr | None = None
    values: list[ast.expr] = []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        template = node.left
        values = list(node.right.elts) if isinstance(node.right, ast.Tuple) else [node.right]
        mark = r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        template, values, mark = node.func.value, [*node.args, *(one.value for one in node.keywords)], r"\{[^{}]*\}"
    if isinstance(template, ast.Constant) and isinstance(template.value, str):
        texts = re.split(mark, template.value)
        found: list[str | ast.expr] = [texts[0]]
        for text, value in zip(texts[1:], [*values, *[values[-1]] * len(texts)] if values else [], strict=False):
            found += [value, text]
        return found
    return [node]

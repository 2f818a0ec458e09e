"""What comes from outside and becomes a path, a page or an address, in Python."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from qwen_lsp.explain.answer import Change
from qwen_lsp.messages import say
from qwen_lsp.model import TextEdit
from qwen_lsp.review.found import SECURITY, Found
from qwen_lsp.review.python.code import PythonCode
from qwen_lsp.review.python.origin import built_from, from_outside, pieces

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


RULES: tuple[Callable[[PythonCode], Iterator[Found]], ...] = (
    path_from_outside,
    foreign_page,
)

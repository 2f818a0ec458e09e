"""ImportError and ModuleNotFoundError: which package to install and for which interpreter, or which name was meant."""

from __future__ import annotations

import re
import shlex
import sys

from qwen_lsp.explain.answer import Answer, Change, Rule, Site, rule
from qwen_lsp.explain.near import near, only_near, said
from qwen_lsp.explain.python.attributes import hides_standard_module
from qwen_lsp.explain.python.classes import find_module, imported_modules
from qwen_lsp.explain.python.packages import ADDED, DISTRIBUTIONS, REMOVED, RENAMED, SAME_NAME
from qwen_lsp.explain.python.scope import bindings_in, is_variable

# The interpreter that a frame of installed code or of the standard library belongs to: a virtual environment or prefix
# on Unix, the same on Windows.
_UNIX_LIBRARY = re.compile(r"(?P<prefix>/.+?)/lib(?:64)?/python(?P<version>3\.[0-9]{1,2})t?/")
_WINDOWS_LIBRARY = re.compile(r"(?P<prefix>[A-Za-z]:\\.+?)\\[Ll]ib\\")
_INTERPRETER = re.compile(r"(?i)(?:^|[\\/])(?:python|pypy)[0-9.]*(?:\.exe)?$")
_SHORTEST_CERTAIN = 5


def interpreter(site: Site) -> str | None:
    """Return the program that ran the failed code, as far as the frames' paths tell it."""
    for frame in site.failure.frames:
        if _INTERPRETER.search(frame.path):
            return frame.path
        if unix := _UNIX_LIBRARY.match(frame.path):
            if unix["prefix"] in ("/usr", "/usr/local"):
                return f"{unix['prefix']}/bin/python{unix['version']}"
            return f"{unix['prefix']}/bin/python"
        if windows := _WINDOWS_LIBRARY.match(frame.path):
            prefix = windows["prefix"]
            is_environment = re.search(r"(?i)\\\.?v?env\w*$", prefix) is not None
            return f"{prefix}\\Scripts\\python.exe" if is_environment else f"{prefix}\\python.exe"
    return None


def _program(site: Site) -> str:
    """Return the interpreter as it is written in a command."""
    program = interpreter(site) or "python"
    if "\\" not in program:
        return shlex.quote(program)
    return f'& "{program}"' if " " in program else program


def _no_module(site: Site, match: re.Match[str]) -> Answer | None:
    dotted = match["module"]
    top = dotted.partition(".")[0]
    if match["not_package"]:
        return Answer(
            f"`{match['not_package']}` is a module without submodules: a file of that name hides the package that was "
            f"meant, or `{dotted}` does not exist."
        )
    if dotted in RENAMED:
        return Answer(f"`{dotted}` is a module of Python 2; in Python 3 it is `{RENAMED[dotted]}`.")
    if top in REMOVED:
        version, instead = REMOVED[top]
        return Answer(
            f"Python {version} and later have no `{top}` any more" + (f"; use {instead}." if instead else ".")
        )
    if top in ADDED:
        version, package = ADDED[top]
        text = f"`{top}` is part of Python from {version} on; this interpreter is older."
        command = _install(site, package) if package else None
        return Answer(text, command=command, is_environment=True)
    if top != dotted:
        return _no_submodule(site, dotted)
    if top in sys.stdlib_module_names:
        return None
    distribution = DISTRIBUTIONS.get(top) or (top.replace("_", "-") if top in SAME_NAME else None)
    if distribution is not None:
        program = interpreter(site)
        where = f" for {program}" if program else " for the Python that ran this"
        text = f"The package {distribution}, which brings the module `{top}`, is not installed{where}."
        return Answer(text, command=_install(site, distribution), is_environment=True)
    return _elsewhere(site, top) or _misspelt(top) or _unknown(site, top)


def _install(site: Site, distribution: str) -> str:
    return f"{_program(site)} -m pip install {distribution}"


def _misspelt(module: str) -> Answer | None:
    known = {*sys.stdlib_module_names, *DISTRIBUTIONS, *SAME_NAME}
    certain = only_near(module, (one for one in known if not one.startswith("_")))
    if certain is None or len(module) < _SHORTEST_CERTAIN:
        return None
    return Answer(f"There is no module `{module}` here. Did you mean `{certain}`?")


def _renamed(site: Site, old: str, new: str) -> Change | None:
    code, place = site.code, site.place
    if code is None or place is None:
        return None
    nodes = [
        one
        for statement in code.nodes(place, "import_statement", "import_from_statement", within=False)
        for one in code.below(statement, "identifier")
        if code.text(one) == old
    ]
    if len(nodes) != 1:
        return None
    # Attributes and keyword arguments of that name are others' names.
    uses = [
        one
        for one in code.below(code.tree.root, "identifier")
        if code.text(one) == old and (one == nodes[0] or is_variable(one))
    ]
    is_renamed_here = nodes[0].parent is not None and code.text(nodes[0].parent).startswith(f"{old} as")
    edits = tuple(site.edit(code.range_of(one), new) for one in (nodes if is_renamed_here else uses))
    return Change(f"Change `{old}` to `{new}`", edits)


def _elsewhere(site: Site, module: str) -> Answer | None:
    """Return the answer for a module of the workspace that lies where Python does not look."""
    if not module.isidentifier():
        return None
    for root in site.roots:
        for folder in (root, root / "src", root / "lib"):
            for path in (folder / f"{module}.py", folder / module / "__init__.py"):
                if site.documents.read(path) is not None:
                    inside = folder.relative_to(root).as_posix()
                    return Answer(
                        f"`{module}` is in the workspace ({path.relative_to(root)}), but its folder is not among those "
                        f"that Python searches. Start the program from there (`python -m ...`), install the project "
                        f"(`pip install -e .`), or set PYTHONPATH to `{inside}`.",
                        is_environment=True,
                    )
    return None


def _unknown(site: Site, module: str) -> Answer:
    program = interpreter(site)
    where = f" {program}" if program else " the Python that ran this"
    listing = _listed_in(site, module)
    if listing is not None:
        command = f"{_program(site)} -m pip install {listing[1]}"
        return Answer(
            f"`{listing[0]}` asks for `{module}`, but it is not installed for{where}.",
            None,
            command,
            is_environment=True,
        )
    return Answer(
        f"No module `{module}` is installed for{where}, and the workspace has none. Install the package that brings it "
        f"(it may bear another name), or run the program with the environment that has it.",
        is_environment=True,
    )


def _listed_in(site: Site, module: str) -> tuple[str, str] | None:
    """Return the file of the workspace that lists the package, and what pip is to install for it."""
    name = re.compile(rf"(?mi)^[ \t\"']*{re.escape(module).replace('_', '[-_.]')}(?![\w.-]*[\w])")
    for root in site.roots:
        for file, argument in (("requirements.txt", "-r requirements.txt"), ("pyproject.toml", "-e .")):
            snapshot = site.documents.read(root / file)
            if snapshot is not None and name.search(snapshot.text):
                return file, argument
    return None


def _no_submodule(site: Site, dotted: str) -> Answer | None:
    parent, _, last = dotted.rpartition(".")
    code = site.code
    package = find_module(site, code, parent) if code is not None else None
    if package is None:
        return None
    known = set(bindings_in(package, package.tree.root))
    meant = near(last, known)
    hint = f" Did you mean {said(meant)}?" if meant else ""
    return Answer(f"The package `{parent}` ({package.snapshot.path.name}) has no module `{last}`.{hint}")


def _no_name(site: Site, match: re.Match[str]) -> Answer | None:
    name, module = match["name"], match["module"]
    hiding = hides_standard_module(site, module)
    if hiding is not None and not _UNIX_LIBRARY.search(site.failure.message):
        return hiding
    if "circular import" in site.failure.message:
        return Answer(
            f"`{module}` is not finished: its own imports led back here before it could define `{name}` (a circular "
            f"import). Import it inside the function that needs it, or move `{name}` to a third module."
        )
    code, place = site.code, site.place
    if code is None or place is None:
        return None
    statements = code.nodes(place, "import_from_statement", within=False)
    if len(statements) != 1:
        return None
    target = find_module(site, code, imported_modules(code, statements[0])[0])
    if target is None:
        return None
    known = set(bindings_in(target, target.tree.root))
    if name in known:
        return None
    meant = near(name, known)
    if not meant:
        return Answer(f"{target.snapshot.path.name} defines no `{name}`, nor anything with a name like it.")
    certain = only_near(name, known)
    change = _renamed(site, name, certain) if certain else None
    return Answer(f"{target.snapshot.path.name} defines no `{name}`. Did you mean {said(meant)}?", change)


def _relative(site: Site, _match: re.Match[str]) -> Answer | None:
    command = None
    for root in site.roots if site.snapshot is not None else ():
        path = site.snapshot.path if site.snapshot is not None else root
        parts = path.relative_to(root).with_suffix("").parts if path.is_relative_to(root) else ()
        if len(parts) > 1 and all(part.isidentifier() for part in parts):
            command = f"{_program(site)} -m {'.'.join(parts)}"
    return Answer(
        "A file that is started by its path is not part of a package, so that imports with a leading dot have nothing "
        "to start from. Start it as a module of its package.",
        command=command,
        is_environment=True,
    )


RULES: tuple[Rule, ...] = (
    rule(
        "ModuleNotFoundError ImportError",
        r"No module named '?(?P<module>[\w.]+)'?(?:; '(?P<not_package>[\w.]+)' is not a package)?",
        _no_module,
    ),
    rule(
        "ImportError",
        r"cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<module>[\w.]+)'",
        _no_name,
    ),
    rule("ImportError", "attempted relative import with no known parent package", _relative),
)

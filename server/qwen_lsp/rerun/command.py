"""The command that failed: as the user typed it, or worked out from what its log says was running."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qwen_lsp.model import Located

_PROGRAM_FOLDERS = (".venv/bin", "venv/bin", "node_modules/.bin")
"""Where a workspace keeps the programs that its activated shell would find first."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is run again: ``argv`` in the folder ``cwd`` (absolute)."""

    argv: tuple[str, ...]
    cwd: Path

    @classmethod
    def typed(cls, line: str, cwd: Path) -> Command:
        """Return the command line ``line`` as a shell understands it."""
        return cls(("/bin/sh", "-c", line), cwd)

    @property
    def shown(self) -> str:
        """The command as a user would type it."""
        return self.argv[2] if self.argv[:2] == ("/bin/sh", "-c") else shlex.join(self.argv)


def command_of(located: Located, roots: Sequence[Path], cwd: Path | None) -> Command | None:
    """Return the command that the failure most likely came from, or None where the log does not tell.

    Only a Python file of the workspace is ever run, by the interpreter, pytest or unittest: no words of the log become
    part of the command but a test's name, as an argument of its own.
    """
    if located.failure.language != "python" or located.crash is None:
        return None
    crash = located.crash.path
    root = next((root for root in roots if crash is not None and crash.is_relative_to(root)), None)
    if root is None:
        return None
    folder = cwd or root
    test_id = located.failure.test_id
    if test_id is not None:
        path, _, name = test_id.partition("::")
        file = folder / path
        if name and file.suffix == ".py" and _is_in(file, roots):
            return Command((_python(roots), "-m", "pytest", "-x", "-q", test_id), folder)
        return _unittest(test_id, located, folder, roots)
    script = next((one for one in located.frames if one.frame.function == "<module>" and one.path is not None), None)
    if script is None or script.path is None or not _is_in(script.path, roots):
        return None
    return Command((_python(roots), str(script.path)), folder)


def _unittest(test_id: str, located: Located, folder: Path, roots: Sequence[Path]) -> Command | None:
    """Return the command of the test "package.test_module.TestCase.test_name", whose module is in the workspace."""
    names = test_id.split(".")
    if not all(name.isidentifier() for name in names):
        return None
    python = (_python(roots), "-m", "unittest")
    for length in range(len(names) - 1, 0, -1):
        module = Path(*names[:length]).with_suffix(".py")
        if _is_in(folder / module, roots):
            return Command((*python, test_id), folder)
        # Found by `discover -s tests`: the module's name begins in that folder.
        for one in located.frames:
            start = one.path.parents[length - 1] if one.path is not None and len(one.path.parents) >= length else None
            if start is not None and one.path == start / module and _is_in(start / module, roots):
                return Command((*python, "discover", "-s", str(start), "-p", module.name, "-k", test_id), folder)
    return None


def _python(roots: Sequence[Path]) -> str:
    """Return what starts Python here: Debian, for one, has no ``python`` outside of environments."""
    search = os.pathsep.join([*_program_folders(roots), os.environ.get("PATH", os.defpath)])
    return "python" if shutil.which("python", path=search) else "python3"


def _is_in(file: Path, roots: Sequence[Path]) -> bool:
    resolved = file.resolve()
    return resolved.is_file() and any(resolved.is_relative_to(root.resolve()) for root in roots)


def environment(roots: Sequence[Path], environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ`` for the command: the workspace's own programs first, no colours, nothing written aside.

    The key of the model's server is not the command's to know.
    """
    return {
        **{name: value for name, value in environ.items() if not name.startswith("QWEN_LSP_")},
        "PATH": os.pathsep.join([*_program_folders(roots), environ.get("PATH", os.defpath)]),
        "NO_COLOR": "1",
        "CI": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _program_folders(roots: Sequence[Path]) -> list[str]:
    return [str(root / folder) for root in roots for folder in _PROGRAM_FOLDERS if (root / folder).is_dir()]

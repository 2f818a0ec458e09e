"""Whose code a file is, and in which language, as far as its path tells."""

from __future__ import annotations

import re

from qwen_lsp.model import StackFrame

_LANGUAGES = {
    "c": ("c", "h", "i", "y", "l", "inc"),
    "cpp": (
        "cc",
        "cpp",
        "cxx",
        "c++",
        "hh",
        "hpp",
        "hxx",
        "h++",
        "ii",
        "inl",
        "ipp",
        "tpp",
        "tcc",
        "txx",
        "ino",
        "cppm",
        "ixx",
    ),
    "objective-c": ("m", "mm"),
    "cuda": ("cu", "cuh"),
    "assembly": ("s", "asm", "sx"),
    "fortran": ("f", "for", "f77", "f90", "f95", "f03", "f08", "fpp"),
}
_BY_EXTENSION = {extension: language for language, extensions in _LANGUAGES.items() for extension in extensions}

# Compilers' and systems' headers, the C library's and the sanitizers' own sources (by the paths that they were built
# with), installed and fetched packages, and places without a file.
_FOREIGN = re.compile(
    r"^<|^\{|^\?\?|^/usr/(?:include|lib|lib64|bin|share|libexec|local/(?:include|lib|share))/|^/(?:lib|lib64|opt/homebrew)/"
    r"|^/nix/store/|^/Applications/Xcode|^/Library/Developer/"
    r"|^[A-Za-z]:/Program Files|/Microsoft Visual Studio/|/Windows Kits/"
    r"|^(?:csu/)?\.{1,2}/(?:\.\./)*+"
    r"(?:sysdeps|nptl|csu|stdlib|assert|malloc|elf|debug|signal|string|libio|stdio-common|misc|time)/"
    r"|/(?:sysdeps|libsanitizer|compiler-rt|libstdc\+\+-v3|libcxx|libcxxabi)/|^vg_replace_|/vg_replace_"
    r"|/(?:glibc|gcc|llvm)-[0-9][^/]*/|(?:^|/)(?:_deps|\.conan2?|vcpkg_installed|third_party|node_modules)/"
    r"|^(?:libc[-_]start|raise\.c$|abort\.c$|pthread_kill\.c$|pthread_create\.c$|clone(?:-internal)?\.[cS]$|start\.S$|assert\.c$)"
)


def is_in_app(path: str) -> bool:
    """Return whether ``path``, as printed, may be the user's own code."""
    return _FOREIGN.search(path.replace("\\", "/")) is None


def known_language(path: str) -> str | None:
    """Return the language of the file at ``path`` if it is one of this family's; "c" for C++'s bare header names."""
    name = re.split(r"[/\\]", path)[-1]
    stem, dot, extension = name.rpartition(".")
    if dot and stem:
        return _BY_EXTENSION.get(extension.lower())
    return "cpp" if "/include/" in path.replace("\\", "/") else None


def language_of(frames: tuple[StackFrame, ...]) -> str:
    """Return the language of the innermost of the user's own ``frames`` that has a known one."""
    inner_first = frames[::-1]
    candidates = (*(frame for frame in inner_first if frame.in_app), *inner_first)
    return next((language for frame in candidates if (language := known_language(frame.path))), "c")


def make_frame(path: str, lineno: int | None, colno: int | None = None, function: str | None = None) -> StackFrame:
    """Return the frame at ``path``, as printed; ``lineno`` and ``colno`` are 1-based, 0 counts as unknown."""
    return StackFrame(path, lineno or None, colno or None, function or None, in_app=is_in_app(path))

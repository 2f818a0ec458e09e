"""Fuzz the reading of logs, guided by coverage: ``python -m tests.fuzz.logs --minutes 10``.

Needs the extra ``fuzz`` (``pip install -e '.[fuzz]'``). It starts from all logs of ``tests/data`` and knows the marks
of all families as words. It ends with an error, and the input in a file ``crash-...``, when reading raises, gives what
must not be (see ``tests/unit/logparse/invariants.py``), or takes more time than a text of that length may. Every so
many inputs are read again, repeated to a long log, which shows what grows faster than the log.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import atheris

from tests.unit.logparse import invariants

# Whatever is imported here is watched.
with atheris.instrument_imports(include=["qwen_lsp.logparse"]):
    from qwen_lsp.logparse import decode_log, parse_log
    from qwen_lsp.logparse.family import Mark
    from qwen_lsp.logparse.registry import FAMILIES

_DATA = Path(__file__).parents[1] / "data"
_MAX_INPUT_BYTES = 8_192
_LONG_CHARS = 300_000
_EVERY = 400
# Under coverage, on a busy machine; a text of this length takes a hundredth of it otherwise.
_SLOWEST_S, _SLOWEST_LONG_S = 5.0, 60.0


class _Target:
    """Reads one input after the other."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, raw: bytes) -> None:
        text, _ = decode_log(raw)
        _read(text, _SLOWEST_S)
        self._count += 1
        if text and self._count % _EVERY == 0:
            _read((text + "\n") * (_LONG_CHARS // (len(text) + 1) + 1), _SLOWEST_LONG_S)


def _read(text: str, slowest_s: float) -> None:
    started = time.process_time()
    invariants.check(parse_log(text))
    seconds = time.process_time() - started
    if seconds > slowest_s:
        raise TimeoutError(f"{len(text)} characters took {seconds:.1f} s")


def _words() -> str:
    """Return the marks in the form of libFuzzer's dictionaries."""
    marks = {mark.text if isinstance(mark, Mark) else mark for family in FAMILIES for mark in family.marks}
    quoted = ("".join(f"\\x{byte:02x}" for byte in mark.encode()) for mark in sorted(marks))
    return "".join(f'"{word}"\n' for word in quoted)


def main() -> None:
    """Fuzz for the given time."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.logs", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--input", type=Path, help="read this one file, such as crash-..., and end")
    options = parser.parse_args()
    if options.input is not None:
        _Target()(options.input.read_bytes())
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = folder / "seeds"
        seeds.mkdir()
        logs = [path for suffix in ("*.log", "*.txt") for path in sorted(_DATA.rglob(suffix))]
        for number, log in enumerate(logs):
            (seeds / f"{number}-{log.stem}").write_bytes(log.read_bytes()[:_MAX_INPUT_BYTES])
        (folder / "words").write_text(_words(), encoding="ascii")
        atheris.Setup(
            [
                sys.argv[0],
                f"-max_total_time={options.minutes * 60:.0f}",
                f"-max_len={_MAX_INPUT_BYTES}",
                f"-dict={folder / 'words'}",
                "-timeout=120",
                "-print_final_stats=1",
                str(seeds),
            ],
            _Target(),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()

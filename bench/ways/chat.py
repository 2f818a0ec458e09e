"""Plain chat, as a competent user has it: the log and the files in, corrected files out."""

from __future__ import annotations

import re
import time
from difflib import SequenceMatcher
from pathlib import Path

from tests.failures import FailureCase

from bench.ways.attempt import Attempt, Offer, Way, shown_command, source_files
from qwen_lsp.model import ChatPrompt

_PROMPT = """\
My program fails. This is the command and what it prints:

```
$ {command}
{log}
```

These are its files:

{files}
Find the bug and fix it. Explain the cause in one or two sentences. Then give me the complete corrected content of \
each file that you change, each in a fenced code block with the file's path on the line before it. Keep everything \
else as it is."""

_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>.*)$")
_LINES_BEFORE = 3
_CHARACTERS_PER_TOKEN = 2.5
_EXPLANATION_TOKENS = 300
_MAX_TOKENS = 6000
_LIKE_THE_FILE = 0.5
"""A block without a path is taken for the file that it is most like, if it is this much like it."""


class PlainChat(Way):
    """One question and one answer, without samples, checks or edits by line."""

    async def attempts(self, case: FailureCase, workspace: Path, log: str) -> dict[str, Attempt]:
        """Return what the answer makes of the program in ``workspace``, which failed with ``log``."""
        files = {path.relative_to(workspace).as_posix(): path.read_text("utf-8") for path in source_files(workspace)}
        shown = "".join(f"{name}\n```\n{text}```\n\n" for name, text in files.items())
        question = _PROMPT.format(command=shown_command(case), log=log.rstrip(), files=shown)
        started = time.perf_counter()
        completion = await self.backend.complete(
            ChatPrompt((("user", question),), "plain-chat", 1),
            max_tokens=answer_tokens(sum(map(len, files.values()))),
            on_text=lambda _: None,
            on_wait=lambda _: None,
            ends_with_code=False,
        )
        seconds = time.perf_counter() - started
        new = corrected(completion.text + "\n", files)
        contents = {name: text.encode() for name, text in new.items() if text != files[name]}
        attempt = Attempt(
            offers=(Offer(contents),) if contents else (),
            seconds=seconds,
            first_token_s=None if completion.first_token_ms is None else completion.first_token_ms / 1000,
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            reply=completion.text,
        )
        return dict.fromkeys(self.names, attempt)


def answer_tokens(characters: int) -> int:
    """Return how long an answer may be that explains and gives back files of so many ``characters``."""
    return min(_MAX_TOKENS, _EXPLANATION_TOKENS + int(characters / _CHARACTERS_PER_TOKEN))


def corrected(reply: str, files: dict[str, str]) -> dict[str, str]:
    """Return the new content of each file that ``reply`` gives, the last of several; other blocks are left."""
    found, lines, index = {}, reply.splitlines(keepends=True), 0
    while index < len(lines):
        opening = _FENCE.match(lines[index].rstrip())
        if opening is None:
            index += 1
            continue
        closers = (i for i in range(index + 1, len(lines)) if lines[i].strip() == opening["fence"])
        end = next(closers, len(lines))
        code = "".join(lines[index + 1 : end])
        said = [*reversed(lines[max(0, index - _LINES_BEFORE) : index]), opening["info"], code.partition("\n")[0]]
        name = _named(said, files) or _most_like(code, files)
        if name is not None and end < len(lines):
            found[name] = code
        index = end + 1
    return found


def _named(said: list[str], files: dict[str, str]) -> str | None:
    """Return the file whose path stands in one of the lines around a block, the nearest first."""
    by_length = sorted(files, key=len, reverse=True)
    patterns = [(name, re.compile(rf"(?<![\w/]){re.escape(name)}\b")) for name in by_length]
    return next((name for line in said for name, pattern in patterns if pattern.search(line)), None)


def _most_like(code: str, files: dict[str, str]) -> str | None:
    likeness = {name: SequenceMatcher(None, text.split("\n"), code.split("\n")).ratio() for name, text in files.items()}
    best = max(likeness, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= _LIKE_THE_FILE else None

"""Taking a model's reply apart."""

from __future__ import annotations

import time

import pytest

from qwen_lsp.fixes import Reply, parse_reply

CODE = "def f():\n    return 1\n"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (f"Cause: it is wrong.\n```python\n{CODE}```", Reply("it is wrong.", CODE)),
        (f"Cause: it is wrong.\n\n```\n{CODE}```\nDone.", Reply("it is wrong.", CODE)),
        (f"**Cause:** it is wrong.\n~~~python\n{CODE}~~~\n", Reply("it is wrong.", CODE)),
        (f"**Cause**: it is\nwrong.\n```python\n{CODE}```\n", Reply("it is wrong.", CODE)),
        (f"## Root cause: it is wrong.\n```python\n{CODE}```\n", Reply("it is wrong.", CODE)),
        (f"It is wrong.\n```python\n{CODE}```", Reply("It is wrong.", CODE)),
        (f"```python\n{CODE}```\nCause: said below.", Reply("said below.", CODE)),
        (f"```python\n{CODE}```", Reply("", CODE)),
        ("Cause: no code.", Reply("no code.", None)),
        ("", Reply("", None)),
        ("```", Reply("", "", is_cut=True)),
        (f"Cause: x.\n```python\n{CODE}", Reply("x.", CODE, is_cut=True)),
        (f"Cause: x.\n```python\nold = 1\n```\nbecomes\n```python\n{CODE}```", Reply("x.", CODE)),
        (f"Cause: x.\n```python\nold = 1\n```\nbecomes\n```python\n{CODE}", Reply("x.", CODE, is_cut=True)),
        (f"Cause: x.\n````python\n{CODE}```\ntext\n````", Reply("x.", CODE + "```\ntext\n")),
        (f"Cause: x.\n```python\n{CODE}````", Reply("x.", CODE)),
        ("Cause: x.\n```python\ndef f():\n    '''\n    ```\n    f()\n    ```\n    '''\n```",
         Reply("x.", "def f():\n    '''\n    ```\n    f()\n    ```\n    '''\n")),
        ("Cause: x.\r\n```python\r\na = 1\r\n```\r\n", Reply("x.", "a = 1\r\n")),
        (f"Cause: x.\n```python\n{CODE}```\nRun it:\n```bash\npython main.py\n```", Reply("x.", CODE)),
        (f"Cause: x.\n```\n{CODE}```\nIt prints:\n```text\n1\n```", Reply("x.", CODE)),
        (f"Cause: the `[]` default.\n```python\n{CODE}```", Reply("the `[]` default.", CODE)),
    ],
)  # fmt: skip
def test_the_cause_and_the_corrected_code_are_found(text: str, reply: Reply) -> None:
    """Whatever labels, fences and line endings the model chose."""
    assert parse_reply(text) == reply


def test_a_long_cause_is_cut() -> None:
    """A model that rambles does not fill the editor's hover."""
    assert len(parse_reply(f"Cause: {'word ' * 1000}\n```python\n{CODE}```").cause) < 700


@pytest.mark.parametrize("noise", ["\n", "`\n", "=\n", " ", "*", "```\n", "cause\n", "cause:\n\n", "\n \n#"])
def test_a_model_that_repeats_itself_is_read_in_no_time(noise: str) -> None:
    """Small models loop until their token limit; the editor must not wait for us."""
    started = time.process_time()
    parse_reply(noise * (20_000 // len(noise)))
    assert time.process_time() - started < 1

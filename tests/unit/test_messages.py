"""Messages in the user's language: chosen rightly, complete, and with the same values in both."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import qwen_lsp
from qwen_lsp import analysis, conversation
from qwen_lsp.messages import CHINESE, catalogue, choose, say, speak
from qwen_lsp.model import Region, Rung, WorkspaceContext
from qwen_lsp.prompting import fix_prompt, load_roles
from tests.unit.test_prompting import ROOT, _located

SAYING = frozenset({"say", "RejectedFix"})
SOURCES = Path(qwen_lsp.__file__).parent


@pytest.fixture
def in_chinese() -> Iterator[None]:
    """Everything is said in Chinese."""
    speak(CHINESE)
    yield
    speak("en")


@pytest.mark.parametrize(
    ("setting", "locale", "language"),
    [
        ("auto", None, "en"),
        ("auto", "de", "en"),
        ("auto", "zh-cn", "zh-cn"),
        ("auto", "zh-Hans-CN", "zh-cn"),
        ("auto", "zh_CN.UTF-8", "zh-cn"),
        ("auto", "C.UTF-8", "en"),
        ("en", "zh-cn", "en"),
        ("zh-cn", "en-GB", "zh-cn"),
    ],
)
def test_the_setting_wins_over_the_locale(setting: str, locale: str | None, language: str) -> None:
    """The locale is the editor's or the terminal's."""
    assert choose(setting, locale) == language


@pytest.mark.usefixtures("in_chinese")
def test_a_message_is_said_with_its_values() -> None:
    """A text without a translation stays as it is, braces and all."""
    assert say("called from {where}", where="f()") == "调用自 f()"
    assert say("{nobody} says this") == "{nobody} says this"


def test_every_message_has_both_languages() -> None:
    """What the code says is in the catalogue, and the catalogue has nothing that the code does not say."""
    said = {*_said(), *analysis.Stage, *conversation.Stage, *(rung.label for rung in Rung)}
    assert said - catalogue(CHINESE).keys() == set()
    assert catalogue(CHINESE).keys() - said == set()


def test_translations_have_the_values_of_the_original() -> None:
    """None is forgotten or misspelt."""
    differing = {english for english, other in catalogue(CHINESE).items() if _names(english) != _names(other)}
    assert differing == set()


def test_every_shipped_role_has_both_languages(tmp_path: Path) -> None:
    """Title and description."""
    english = load_roles(tmp_path)[0]
    speak(CHINESE)
    chinese = load_roles(tmp_path)[0]
    speak("en")
    for name, role in english.items():
        assert role.title.isascii()
        assert not chinese[name].title.isascii() or "SQL" in role.title
        assert not chinese[name].description.isascii()


def test_the_english_prompt_is_the_one_that_was_measured() -> None:
    """How many programs get mended depends on its wording; another language adds a few words, and nothing else."""
    region = Region("r", ROOT / "a.py", None, 0, 2, "def f():\n    pass\n", "the crash")
    question = fix_prompt(_located(), WorkspaceContext((region,)), [ROOT]).messages[-1][1]
    speak(CHINESE)
    in_chinese = fix_prompt(_located(), WorkspaceContext((region,)), [ROOT]).messages[-1][1]
    speak("en")
    assert question.endswith(
        "There is a mistake in a.py, lines 1-2. Find it and correct it. Do not hide the failure with try/except or a "
        'default value. First write one sentence that begins with "Cause:" and says which line is wrong and why. Then '
        "always write the complete corrected code of a.py, lines 1-2 in one fenced code block."
    )
    before, after = question.split("is wrong and why")
    assert in_chinese.startswith(f"{before}is wrong and why, in Simplified Chinese, like this: ")
    assert in_chinese.endswith(after)


def _said() -> Iterator[str]:
    """Yield the texts given to ``say`` in the sources, also the reasons that it is given later."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and isinstance(called, ast.Name) and called.id in SAYING:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def _names(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

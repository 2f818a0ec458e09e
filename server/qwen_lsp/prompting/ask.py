"""The prompts of a conversation.

Order matters, as in a question for a fix: the role, then what the conversation is about, which stays the same from
question to question, then what was said, so that the engine's prefix cache serves all but the newest question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qwen_lsp.messages import CHINESE, ENGLISH, spoken
from qwen_lsp.model import ChatPrompt, Diagnosis, Region
from qwen_lsp.prompting.evidence import describe, relative_name
from qwen_lsp.prompting.quoting import DELIMITER, code_block, fenced
from qwen_lsp.prompting.roles import Role
from qwen_lsp.prompting.templates import load_template

_ANSWER_IN = {ENGLISH: "Answer in English.", CHINESE: "请用简体中文回答。"}
"""In the language itself: told in English, a small model goes on in English."""

_MAX_CODE_CHARACTERS = 16_000
_MAX_DIFF_CHARACTERS = 3_000


def ask_prompt(
    role: Role, subject: str, facts: Sequence[str], rounds: Sequence[tuple[str, str]], question: str
) -> ChatPrompt:
    """Return the next question of a conversation about ``subject``.

    ``rounds`` are the questions and answers that are still known word by word, ``facts`` what is left of older ones.
    """
    about = [subject] if subject else []
    if facts:
        about.append("Found out earlier in this conversation:\n" + "\n".join(f"- {fact}" for fact in facts))
    questions = [_asked(one) for one, _ in rounds] + [_asked(question)]
    questions[0] = "\n\n".join((*about, questions[0]))
    start = load_template("ask").render(
        {
            "role": role.instructions,
            "language": _ANSWER_IN[spoken()],
            "subject": questions[0],
        }
    )
    messages = list(start.messages)
    for (_, answer), following in zip(rounds, questions[1:], strict=True):
        messages += [("assistant", answer), ("user", following)]
    return ChatPrompt(tuple(messages), f"{start.prompt_id}/{role.id}", start.prompt_version)


def facts_prompt(question: str, answer: str) -> ChatPrompt:
    """Return the question for what a round of a conversation established."""
    return load_template("facts").render({"delimiter": DELIMITER, "question": question, "answer": answer})


def about_diagnosis(diagnosis: Diagnosis, code: Sequence[Region], diffs: Sequence[str], roots: Sequence[Path]) -> str:
    """Return what a conversation about a diagnosis needs to know: code, failure, cause, and the fixes as ``diffs``."""
    parts = _within([code_block(region, roots) for region in code if region.text.strip()], _MAX_CODE_CHARACTERS)
    if diagnosis.primary is not None:
        parts.append(f"The program failed:\n<{DELIMITER}>\n{describe(diagnosis.primary, roots)}\n</{DELIMITER}>")
    cause = diagnosis.root_cause
    if cause is not None:
        place = f"{relative_name(cause.path, roots)}, line {cause.range.start.line + 1}"
        parts.append(f"The diagnosis so far, at {place}: {cause.explanation}")
    for fix, diff in zip(diagnosis.fixes, _within(diffs, _MAX_DIFF_CHARACTERS), strict=False):
        parts.append(f"A fix that was offered ({fix.rung.label}):\n{fenced(diff, 'diff')}")
    return "\n\n".join(parts)


def about_selection(region: Region, roots: Sequence[Path]) -> str:
    """Return what a conversation about selected text needs to know; of a long one the beginning."""
    kept, left = region.text[:_MAX_CODE_CHARACTERS], len(region.text) - _MAX_CODE_CHARACTERS
    shown = Region(region.id, region.path, region.version, region.start_line, region.end_line, kept, region.why)
    return code_block(shown, roots) + (f"\n({left} more characters are not shown.)" if left > 0 else "")


def _asked(question: str) -> str:
    # At the end of the question as well: a small model answers in the language of the code and the log around it.
    return question if spoken() == ENGLISH else f"{question}\n{_ANSWER_IN[spoken()]}"


def _within(blocks: Sequence[str], limit: int) -> list[str]:
    """Return the blocks up to ``limit`` characters altogether, whole ones only."""
    kept: list[str] = []
    for block in blocks:
        if sum(map(len, kept)) + len(block) <= limit:
            kept.append(block)
    return kept

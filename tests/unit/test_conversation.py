"""What is kept of a conversation, and what the model is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from qwen_lsp.backend import BackendError
from qwen_lsp.conversation import Answerer, Conversation, Stage
from qwen_lsp.model import ChatPrompt, Completion, Diagnosis
from qwen_lsp.prompting import Role, TemplateError, load_roles
from qwen_lsp.prompting.roles import parse_role
from qwen_lsp.workspace import DiskDocuments

ROLE = Role("debugger", "Debugger", "Finds it.", "You are a debugger.")
LONG = "The list is empty, and so on. " * 40
GOOD = '+++\nid = "mine"\nversion = 1\ntitle = "T"\ndescription = "D"\n+++\nBe $brief.\n'


class Model:
    """Answers each question with ``answer`` and each request for facts with ``fact``."""

    def __init__(self, answer: str = "So.", fact: str | BackendError = "It is empty.", finish: str = "stop") -> None:
        self.answer, self.fact, self.finish = answer, fact, finish
        self.prompts: list[ChatPrompt] = []

    async def complete(
        self,
        prompt: ChatPrompt,
        *,
        max_tokens: int,  # noqa: ARG002 - the protocol's names
        on_text: Callable[[str], None],
        on_wait: Callable[[str], None],
        temperature: float = 0.0,  # noqa: ARG002
        ends_with_code: bool = True,
    ) -> Completion:
        """Return the answer that is set."""
        assert not ends_with_code
        self.prompts.append(prompt)
        if prompt.prompt_id == "facts":
            if isinstance(self.fact, BackendError):
                raise self.fact
            return Completion(self.fact, "stop")
        on_wait("loading")
        on_text(self.answer)
        return Completion(self.answer, self.finish)

    async def talk(self, rounds: int, subject: str = "The program failed.") -> Conversation:
        """Return the conversation after questions Q1, Q2, and so on."""
        conversation = Conversation(ROLE, subject)
        answerer = Answerer(DiskDocuments(), self)
        for number in range(1, rounds + 1):
            answer = await answerer.answer(conversation, f"Q{number}", lambda *_: None)
            conversation = answer.conversation
        return conversation


async def test_three_rounds_are_kept_and_older_ones_become_facts() -> None:
    """Short answers are their own summary, for which no model is asked; the subject stays in its place."""
    model = Model()
    conversation = await model.talk(5)
    assert [question for question, _ in conversation.rounds] == ["Q3", "Q4", "Q5"]
    assert conversation.facts == ("So.", "So.")
    assert {prompt.prompt_id for prompt in model.prompts} == {"ask/debugger"}
    last = model.prompts[-1].messages
    assert [role for role, _ in last] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert last[1][1] == "The program failed.\n\nFound out earlier in this conversation:\n- So.\n\nQ2"
    assert last[-1] == ("user", "Q5")


@pytest.mark.parametrize(
    ("fact", "kept"), [("It is\nempty.", "It is empty."), (BackendError("down"), LONG[:300] + " ...")]
)
async def test_the_model_sums_up_long_answers(fact: str | BackendError, kept: str) -> None:
    """Where it cannot, the beginning is kept."""
    model = Model(LONG, fact)
    conversation = await model.talk(4)
    assert [prompt.prompt_id for prompt in model.prompts].count("facts") == 1
    (found,) = conversation.facts
    assert found == kept


async def test_a_conversation_does_not_grow_without_end() -> None:
    """However long it is."""
    model = Model(LONG, LONG)
    conversation = await model.talk(30)
    assert len(conversation.facts) == 8
    assert sum(len(text) for _, text in model.prompts[-1].messages) < 8000


async def test_cancelling_cancels_the_summary_too() -> None:
    """No request is left running."""
    model = Model(LONG)
    conversation = await model.talk(3)
    begun: list[str] = []
    cancelled: list[str] = []
    both = asyncio.Event()

    async def hang(prompt: ChatPrompt, **_: object) -> Completion:
        begun.append(prompt.prompt_id)
        if len(begun) == 2:
            both.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(prompt.prompt_id)
        raise AssertionError

    model.complete = hang  # type: ignore[method-assign, assignment]
    asking = asyncio.create_task(Answerer(DiskDocuments(), model).answer(conversation, "?", lambda *_: None))
    await asyncio.wait_for(both.wait(), 5)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0)
    assert sorted(cancelled) == ["ask/debugger", "facts"]


async def test_an_answer_that_was_cut_off_says_so() -> None:
    """The stages are told on the way."""
    stages: list[tuple[Stage, str]] = []
    answerer = Answerer(DiskDocuments(), Model("So it", finish="length"))
    answer = await answerer.answer(Conversation(ROLE, ""), "Why?", lambda *one: stages.append(one))
    assert answer.problems == ("The answer was cut off at its length limit; ask for the rest.",)
    assert stages == [(Stage.STARTING, "loading"), (Stage.ANSWERING, "So it")]


def test_without_a_diagnosis_there_is_nothing_to_tell() -> None:
    """A question can still be asked."""
    assert Answerer(DiskDocuments(), Model()).about(Diagnosis(), ()) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('id = "mine"\n', ""), "id: missing"),
        (GOOD.replace('"mine"', '"My Role"'), "id: must be lower-case words"),
        (GOOD.replace("version = 1", "version = true"), "version: must be a whole number"),
        (GOOD.replace('"T"', "3"), "title: must be a text, not 3"),
        (GOOD.replace('"D"', '" "'), "description: must be a text"),
        (GOOD.replace("version = 1", "version = 1\nmodel = 2"), "model: no such field"),
        (GOOD.replace("\n+++\nBe", '\nzh-cn = "x"\n+++\nBe'), "zh-cn: must be a table"),
        (GOOD.replace("Be $brief.", ""), "the text below the front matter"),
        (GOOD.replace("Be $brief.", "x" * 9000), "has 9000"),
        (GOOD.replace("+++", "---"), "no front matter"),
        (GOOD.replace("= 1", "="), "not TOML"),
    ],
)
def test_a_bad_role_is_refused_with_file_and_field(text: str, said: str) -> None:
    """Whoever writes one learns what to mend."""
    with pytest.raises(TemplateError, match=f"mine.md: .*{said}"):
        parse_role(text, "mine.md")


def test_the_users_roles_win(tmp_path: Path) -> None:
    """Of two with one id the first is taken; a dollar is a dollar; a folder that is not there is no problem."""
    for name, body in (("a", GOOD), ("b", GOOD), ("c", GOOD.replace('"mine"', '"debugger"'))):
        (tmp_path / f"{name}.md").write_text(body, encoding="utf-8")
    (tmp_path / "d.md").write_bytes(b"\xff")
    roles, problems = load_roles(tmp_path)
    assert roles["mine"].instructions == roles["debugger"].instructions == "Be $brief."
    assert len(problems) == 2
    assert "b.md: id: 'mine' is the id of a.md too" in problems[0]
    assert "d.md: cannot be read" in problems[1]
    assert "mine" not in load_roles(tmp_path / "missing")[0]

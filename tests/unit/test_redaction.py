"""Secrets stay out of prompts and come back in replies."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.backend.redaction import MASK, masked, redact
from qwen_lsp.model import ChatPrompt
from qwen_lsp.settings import BackendSettings
from tests.fake_backend import fake_backend

SECRET = "Xk29fQ7bLm51tRw8"  # noqa: S105 - nobody's
CODE = Path(__file__).parents[1] / "data"


def _prompt(text: str) -> ChatPrompt:
    return ChatPrompt((("system", "be brief"), ("user", text)), "fix", 1)


@pytest.mark.parametrize(
    "text",
    [
        f'password = "{SECRET}"',
        f"DB_PASSWORD: '{SECRET}'",
        f'{{"api_key": "{SECRET}"}}',
        f"os.environ['SECRET_KEY'] = '{SECRET}'",
        f"connect(host, passwd='{SECRET}')",
        f"postgresql://shop:{SECRET}@db.example.com/shop",
        f"Authorization: Bearer {SECRET}",
        f"curl -H 'authorization: basic {SECRET}=='",
        f"export GITHUB_ACCESS_TOKEN={SECRET}",
        f"sk-{SECRET}",
        f"hf_{SECRET}",
        f"ghp_{SECRET}",
        f"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: x\n\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_a_secret_of_a_known_form_is_taken_out_and_comes_back(text: str) -> None:
    """The model sees a stand-in; what it writes with the stand-in is the user's text again."""
    redaction = redact(_prompt(text), {})
    sent = redaction.prompt.messages[1][1]
    assert SECRET not in sent
    assert "__SECRET_1__" in sent
    assert redaction.restored(sent) == text
    assert SECRET not in masked(text, {})
    assert MASK in masked(text, {})


@pytest.mark.parametrize(
    "text",
    [
        "password = input('Password: ')",
        "token = next(tokens)",
        'password = ""',
        "if password == 'short':",
        "postgresql://{user}:{password}@{host}/db",
        "https://example.com:8080/@me",
        "api_key: str | None = None",
        "basic arithmetic",
    ],
)
def test_code_about_secrets_is_left_alone(text: str) -> None:
    """The model must see the code that it is to mend."""
    assert redact(_prompt(text), {}).prompt.messages[1][1] == text


@pytest.mark.parametrize(
    "piece",
    [
        *("a.", "PASSWORD", "password", "A_", "http://", "http://a:", "eyJaaaaaaaaa-", "password='", "Bearer "),
        "-----BEGIN PRIVATE KEY-----\n",
    ],
)
def test_a_long_line_costs_no_more_than_its_length(piece: str) -> None:
    """A minified file or a log's worst line must not hold the question up."""
    started = time.process_time()
    masked(piece * (100_000 // len(piece)), {})
    assert time.process_time() - started < 3


def test_equal_secrets_stay_equal_and_different_ones_different() -> None:
    """A comparison that fails can still be understood."""
    text = f'password = "{SECRET}"\nassert password == "{SECRET}"\nother_secret = "{SECRET[::-1]}"'
    sent = redact(_prompt(text), {}).prompt.messages[1][1]
    assert sent == 'password = "__SECRET_1__"\nassert password == "__SECRET_1__"\nother_secret = "__SECRET_2__"'


def test_values_of_secret_environment_variables_are_known() -> None:
    """Wherever they stand, as whole words; those of other variables are not."""
    environ = {"NPM_TOKEN": "correcthorse", "EDITOR": "emacsclient", "PIN_TOKEN": "1234"}
    sent = redact(_prompt("correcthorse emacsclient 1234 correcthorses"), environ).prompt.messages[1][1]
    assert sent == "__SECRET_1__ emacsclient 1234 correcthorses"


def test_a_stand_in_that_the_user_wrote_is_no_stand_in() -> None:
    """It keeps its meaning."""
    text = f'__SECRET_1__ = 1\npassword = "{SECRET}"'
    redaction = redact(_prompt(text), {})
    assert redaction.prompt.messages[1][1] == '__SECRET_1__ = 1\npassword = "__SECRET_2__"'
    assert redaction.restored("__SECRET_1__ __SECRET_2__") == f"__SECRET_1__ {SECRET}"


def test_programs_without_secrets_are_sent_as_they_are() -> None:
    """None of the programs on which the fix rate is measured holds anything that looks like one."""
    sources = [path.read_text(encoding="utf-8") for path in (CODE / "failures").rglob("*.py")]
    assert len(sources) > 50
    assert [text for text in sources if redact(_prompt(text), {}).prompt.messages[1][1] != text] == []


@pytest.mark.parametrize("redacts", [True, False])
async def test_what_is_sent_has_no_secret_and_the_reply_has(redacts: bool) -> None:
    """Unless the user turned that off."""
    with fake_backend() as server:
        shown = "__SECRET_1__" if redacts else SECRET
        server.says(f'password = "{shown}"')
        pieces: list[str] = []
        backend = OpenAIBackend(BackendSettings(server.base_url), redacts=redacts)
        completion = await backend.complete(
            _prompt(f'password = "{SECRET}"'), max_tokens=9, on_text=pieces.append, on_wait=pieces.append
        )
        assert server.requests[0]["messages"][1]["content"] == f'password = "{shown}"'
        assert completion.text == pieces[-1] == f'password = "{SECRET}"'


@pytest.mark.parametrize("ends_with_code", [True, False])
async def test_only_a_fix_ends_with_its_code_block(ends_with_code: bool) -> None:
    """An explanation may go on after one."""
    with fake_backend() as server:
        server.says("so")
        await OpenAIBackend(BackendSettings(server.base_url)).complete(
            _prompt("why?"), max_tokens=9, on_text=print, on_wait=print, ends_with_code=ends_with_code
        )
        assert server.requests[0].get("stop", []) == (["\n```\n"] if ends_with_code else [])

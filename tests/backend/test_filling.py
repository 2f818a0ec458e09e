"""Gaps in code, with the real model: what it writes there, and how likely it finds what stands there."""

from __future__ import annotations

import pytest

from qwen_lsp.backend import OpenAIBackend
from qwen_lsp.model import Gap
from qwen_lsp.settings import BackendSettings
from tests.conftest import RealBackend

pytestmark = pytest.mark.model

SUM = Gap('def add(a, b):\n    """Return the sum of a and b."""\n', "\n\nprint(add(1, 2))\n")


@pytest.fixture
def backend(real_backend: RealBackend) -> OpenAIBackend:
    """The running engine."""
    return OpenAIBackend(BackendSettings(base_url=real_backend.state.base_url, api_key=real_backend.key))


async def test_a_gap_is_filled(backend: OpenAIBackend) -> None:
    """The line that belongs there is among what is written, with how likely it is."""
    written = await backend.infill(SUM, samples=1, temperature=0, max_tokens=20)
    assert "    return a + b" in {one.text.rstrip() for one in written}
    assert all(one.logprob < 0 for one in written)


async def test_the_right_line_is_likelier_than_a_wrong_one(backend: OpenAIBackend) -> None:
    """What stands around the gap tells which."""
    right, wrong = [await backend.likelihood(SUM, f"    return a {sign} b\n") for sign in "+-"]
    assert right is not None
    assert wrong is not None
    assert wrong < right < 0

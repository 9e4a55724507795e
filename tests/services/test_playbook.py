"""Finding plays."""

from dataclasses import replace

import pytest

from bot.domain.entry import Lang
from bot.errors import EntryNotFoundError
from bot.matching import Decision
from bot.services.playbook import language_of
from tests.services.conftest import Desk


async def test_an_answer_names_the_play(desk: Desk) -> None:
    answer = await desk.services.playbook.answer(await desk.actor(), "嫌费率高")
    assert (answer.decision, answer.played) == (Decision.ONE, ("cost/fee-too-high",))


async def test_a_process_without_a_matcher_finds_nothing(desk: Desk) -> None:
    """A worker answers nobody and is spared the loading."""
    worker = replace(desk, core=replace(desk.core, matcher=None))
    assert worker.services.playbook.shipped.match("嫌费率高").decision is Decision.NONE
    assert await worker.services.visits.heard(await worker.actor(), "嫌费率高") == ()


async def test_an_entry_that_is_gone(desk: Desk) -> None:
    """An old button may name one."""
    assert desk.services.playbook.shipped.entry("cost/fee-too-high").id == "cost/fee-too-high"
    with pytest.raises(EntryNotFoundError):
        desk.services.playbook.shipped.entry("cost/withdrawn")


@pytest.mark.parametrize(
    ("text", "otherwise", "lang"),
    [
        ("嫌费率高", "en", "zh"),
        ("he says 太贵了", "en", "zh"),
        ("too expensive", "zh", "en"),
        ("12%?", "zh", "zh"),
        ("A", "zh", "zh"),
        ("", "en", "en"),
    ],
    ids=["Chinese", "a mixture", "English", "numbers", "a letter", "nothing"],
)
def test_the_play_follows_the_questions_language(text: str, otherwise: Lang, lang: Lang) -> None:
    """Where it has none, the person's own."""
    assert language_of(text, otherwise) == lang


async def test_what_holds_a_playbook_does_not_spell_it_out(desk: Desk) -> None:
    """A task's result stands in every message about the task; megabytes of playbook there cost a second each time."""
    assert repr(desk.core.playbook).startswith("Playbook(")
    assert len(repr(desk.core.playbook)) < 100
    assert len(repr(desk.core)) < 100
    assert len(repr(desk.services)) < 100

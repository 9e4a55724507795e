"""Drafts: a person's own, sealed, for a week, and gone with the note that they became."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.draft import Draft, KeptDraft
from bot.domain.heard import Choice, Heard, Kind
from bot.domain.visit import Channel
from bot.storage import keys
from bot.storage.visits import Consequences
from tests.builders import LIN, MONDAY, TEAM, make_customer, make_visit
from tests.storage.conftest import Stores
from tests.storage.reading import everything

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PROMISE = Heard("promise|ours|2026-03-04|给报价", "周三前给报价")
DRAFT = Draft(
    customer=make_customer(),
    customer_name="远大纺织",
    note="客户嫌费率高",
    objection_ids=("cost/fee-too-high",),
    pasted="很长的会议纪要",
    on=MONDAY,
    channel=Channel.PHONE,
    next_step="发测算表",
    next_step_on=date(2026, 3, 4),
    choices=(Choice(Kind.PROMISE, (PROMISE,), frozenset({PROMISE.value}), frozenset(), 2, is_settled=True),),
    dues={PROMISE.value: date(2026, 3, 5)},
)


def kept(draft_id: str = "d1", minutes: int = 0, **changes: Any) -> KeptDraft:
    return KeptDraft(draft_id, NOW, NOW + timedelta(minutes=minutes), replace(DRAFT, **changes))


async def keep(stores: Stores, draft: KeptDraft, user_id: str = LIN, visit_id: str = "v1") -> bool:
    return await stores.drafts.keep(TEAM, user_id, draft, visit_id)


def decide(*_: object) -> Consequences:
    return Consequences(make_customer(), ())


async def test_a_draft_comes_back_as_it_was(stores: Stores) -> None:
    """Whatever was typed, picked, offered and ticked."""
    assert await keep(stores, kept())
    assert await stores.drafts.find(TEAM, LIN, "d1") == kept()
    assert await stores.drafts.latest(TEAM, LIN, 9, NOW) == [kept()]


async def test_a_later_state_takes_the_place_of_an_earlier_one(stores: Stores) -> None:
    await keep(stores, kept())
    await keep(stores, kept(minutes=1, note="又写了一句"))
    assert await stores.drafts.latest(TEAM, LIN, 9, NOW) == [kept(minutes=1, note="又写了一句")]


async def test_the_newest_come_first(stores: Stores) -> None:
    for number in range(4):
        await keep(stores, kept(f"d{number}", minutes=number))
    assert [each.id for each in await stores.drafts.latest(TEAM, LIN, 2, NOW)] == ["d3", "d2"]


async def test_drafts_are_a_persons_own(stores: Stores) -> None:
    await keep(stores, kept())
    assert await stores.drafts.latest(TEAM, "U2", 9, NOW) == []
    assert await stores.drafts.find(TEAM, "U2", "d1") is None


async def test_a_draft_thrown_away_is_gone(stores: Stores) -> None:
    """Twice is as good as once."""
    await keep(stores, kept())
    for _ in range(2):
        await stores.drafts.discard(TEAM, LIN, "d1")
    assert await stores.drafts.latest(TEAM, LIN, 9, NOW) == []
    assert await stores.drafts.find(TEAM, LIN, "d1") is None


async def test_a_saved_note_takes_its_draft_along(stores: Stores) -> None:
    """And what is still on its way brings it back no more."""
    await keep(stores, kept())
    await stores.visits.record(TEAM, make_visit(), [], decide, draft_id="d1")
    assert await stores.drafts.latest(TEAM, LIN, 9, NOW) == []
    assert not await keep(stores, kept())
    assert await stores.drafts.find(TEAM, LIN, "d1") is None


async def test_a_draft_lives_for_a_week(stores: Stores) -> None:
    """From when it was last kept; one that ran out is not listed either."""
    await keep(stores, kept())
    week = timedelta(days=7).total_seconds()
    assert week - 5 < await stores.redis.ttl(keys.draft(TEAM, LIN, "d1")) <= week
    assert await stores.drafts.latest(TEAM, LIN, 9, NOW + timedelta(days=8)) == []
    await stores.redis.delete(keys.draft(TEAM, LIN, "d1"))
    assert await stores.drafts.latest(TEAM, LIN, 9, NOW) == []


@pytest.mark.parametrize("words", ["远大", "费率", "会议纪要", "测算", "报价"])
async def test_a_draft_cannot_be_read_in_the_store(stores: Stores, words: str) -> None:
    await keep(stores, kept())
    assert words not in await everything(stores.redis)

"""Follow-ups: what is due for whom, and the open steps of a customer."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.domain.followup import MAX_SNOOZES, FollowUp, SnoozeLength
from bot.errors import FollowUpClosedError, FollowUpNotFoundError, SnoozedOftenError
from bot.storage.followups import put_followup
from bot.storage.records import Batch, Records
from tests.builders import LIN, MONDAY, TEAM, make_contact, make_followup, put_off, weekdays
from tests.storage.conftest import Stores
from tests.storage.reading import everything

TUESDAY = MONDAY + timedelta(days=1)


async def put(stores: Stores, *followups: FollowUp) -> None:
    for followup in followups:
        batch = Batch()
        put_followup(batch, TEAM, followup, stores.followups.sealer)
        assert await Records(stores.redis).commit(batch)


async def due_ids(stores: Stores, today: date, owner_id: str = LIN) -> list[str]:
    return sorted(each.id for each in await stores.followups.due(TEAM, owner_id, today))


def snoozed(followup: FollowUp) -> FollowUp:
    return put_off(followup, SnoozeLength.ONE_DAY, MONDAY, weekdays)


async def test_what_is_due_is_open_and_shown_by_today(stores: Stores) -> None:
    """For one owner: overdue and today's, neither tomorrow's, done ones nor another's."""
    await put(
        stores,
        make_contact(due_on=date(2026, 1, 5)),
        make_followup(id="today"),
        make_followup(id="tomorrow", due_on=TUESDAY),
        make_followup(id="done").completed(),
        make_followup(id="theirs", owner_id="U02CHEN"),
    )
    assert await due_ids(stores, MONDAY) == ["contact-c1", "today"]
    assert await due_ids(stores, TUESDAY) == ["contact-c1", "today", "tomorrow"]
    assert await due_ids(stores, MONDAY, "U02CHEN") == ["theirs"]


async def test_a_snooze_hides_and_the_day_brings_back(stores: Stores) -> None:
    """The list is kept by the day that is shown, not the day that was due."""
    await put(stores, make_followup())
    assert await stores.followups.change(TEAM, "step-1", snoozed) == snoozed(make_followup())
    assert await due_ids(stores, MONDAY) == []
    assert await due_ids(stores, TUESDAY) == ["step-1"]


async def test_a_done_step_leaves_both_lists(stores: Stores) -> None:
    """The owner's and the customer's; the record stays."""
    await put(stores, make_followup())
    done = await stores.followups.change(TEAM, "step-1", FollowUp.completed)
    assert await due_ids(stores, date(2027, 1, 1)) == []
    assert await stores.followups.open_steps(TEAM, "c1") == []
    assert await stores.followups.get(TEAM, "step-1") == done


async def test_open_steps_come_by_their_day(stores: Stores) -> None:
    """Of one customer, without its contact."""
    late, soon = make_followup(id="late", due_on=date(2026, 2, 2)), make_followup(id="soon", due_on=TUESDAY)
    await put(stores, soon, late, make_contact(), make_followup(id="other", customer_id="c2"))
    assert await stores.followups.open_steps(TEAM, "c1") == [late, soon]


async def test_what_is_not_there(stores: Stores) -> None:
    """`get_many` leaves it out, the others say so."""
    await put(stores, make_followup())
    assert await stores.followups.get_many(TEAM, ["gone", "step-1"]) == {"step-1": make_followup()}
    with pytest.raises(FollowUpNotFoundError):
        await stores.followups.get(TEAM, "gone")
    with pytest.raises(FollowUpNotFoundError):
        await stores.followups.change(TEAM, "gone", snoozed)


async def test_a_refused_change_writes_nothing(stores: Stores) -> None:
    """The step raises, the record stays as it was."""
    done = make_followup().completed()
    await put(stores, done)
    with pytest.raises(FollowUpClosedError):
        await stores.followups.change(TEAM, "step-1", snoozed)
    assert await stores.followups.get(TEAM, "step-1") == done


async def test_twenty_snoozes_at_once_are_two(stores: Stores) -> None:
    """Two people's clicks do not overwrite each other, and together do not go beyond what is allowed."""
    await put(stores, make_followup())
    tried = (stores.followups.change(TEAM, "step-1", snoozed) for _ in range(20))
    refused = [each for each in await asyncio.gather(*tried, return_exceptions=True) if isinstance(each, BaseException)]
    assert {type(each) for each in refused} == {SnoozedOftenError}
    assert len(refused) == 18
    assert len((await stores.followups.get(TEAM, "step-1")).snoozes) == MAX_SNOOZES


async def test_what_was_promised_cannot_be_read_in_the_store(stores: Stores) -> None:
    """A next step tells as much as a note."""
    await put(stores, make_followup(title="confidential step"))
    assert "confidential" not in await everything(stores.redis)
    assert (await stores.followups.get(TEAM, "step-1")).title == "confidential step"

"""What is due for a person, and putting it off."""

from datetime import date, timedelta

import pytest

from bot.domain.customer import Tier
from bot.domain.followup import SnoozeLength, SnoozeReason
from bot.domain.user import User
from bot.errors import FollowUpClosedError, FollowUpNotFoundError
from bot.services import Services
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, WEST, ZHOU, Desk

LATE = date(2026, 1, 5)


async def snooze(services: Services, actor: User, followup_id: str) -> date:
    changed = await services.finishing.snooze(actor, followup_id, SnoozeLength.ONE_DAY, SnoozeReason.TRAVELLING)
    return changed.shown_on


async def test_the_worst_is_listed_first(desk: Desk) -> None:
    """Severity times tier; only one's own, only what waits today."""
    days = {Tier.A: 17, Tier.B: 35, Tier.C: 90, Tier.D: 20}
    for tier, ago in days.items():
        await desk.create(f"客户{tier}", tier=tier, last_contact_on=MONDAY - timedelta(days=ago))
    await desk.create("别人的", by=CHEN, last_contact_on=LATE)
    due = (await desk.services.followups.due(await desk.actor())).own
    assert [(item.customer.name, item.followup.days_late(MONDAY)) for item in due] == [
        ("客户C", 31),
        ("客户A", 3),
        ("客户B", 5),
    ]


async def test_due_is_told_by_the_persons_own_day(desk: Desk) -> None:
    """What is due on Tuesday is due in Shanghai before it is in New York."""
    await desk.create(last_contact_on=date(2026, 2, 17))
    desk.clock.set("2026-03-03T00:30:00+08:00")
    assert len((await desk.services.followups.due(await desk.actor())).own) == 1
    await desk.moves_to(LIN, "America/New_York")
    assert not (await desk.services.followups.due(await desk.actor())).own


async def test_a_snoozed_row_comes_back_on_its_day(desk: Desk) -> None:
    """And who put what off is written down."""
    customer = await desk.create(last_contact_on=LATE)
    lin = await desk.actor()
    assert await snooze(desk.services, lin, f"contact-{customer.id}") == date(2026, 3, 3)
    assert not (await desk.services.followups.due(lin)).own
    (line,) = await desk.services.workspaces.audit.newest(TEAM, 1)
    assert (line.who, line.action, line.subject) == (LIN, "followup.snooze", f"contact-{customer.id}")
    desk.clock.set("2026-03-03T09:00:00+08:00")
    assert [item.customer for item in (await desk.services.followups.due(lin)).own] == [customer]


@pytest.mark.parametrize("who", [CHEN, WEST, REED], ids=["colleague", "other team's lead", "outsider"])
async def test_a_hidden_follow_up_is_refused_like_a_missing_one(desk: Desk, who: str) -> None:
    """To look at, to put off and to list; nothing is written down, so the audit list cannot be asked either."""
    customer = await desk.create(last_contact_on=LATE)
    actor = await desk.actor(who)
    before = await desk.services.workspaces.audit.newest(TEAM)
    refusals = []
    for followup_id in (f"contact-{customer.id}", "contact-gone"):
        for call in (desk.services.followups.get(actor, followup_id), snooze(desk.services, actor, followup_id)):
            with pytest.raises(FollowUpNotFoundError) as told:
                await call
            refusals.append(str(told.value))
    assert len(set(refusals)) == 1
    assert await desk.services.followups.items(actor, (f"contact-{customer.id}",)) == []
    assert await desk.services.workspaces.audit.newest(TEAM) == before
    assert (await desk.services.followups.get(await desk.actor(), f"contact-{customer.id}")).snoozes == ()


async def test_a_lead_puts_off_for_the_team(desk: Desk) -> None:
    """It leaves the manager's list."""
    customer = await desk.create(last_contact_on=LATE)
    await snooze(desk.services, await desk.actor(ZHOU), f"contact-{customer.id}")
    assert not (await desk.services.followups.due(await desk.actor(LIN))).own


async def test_a_click_on_what_was_done_meanwhile_is_told_so(desk: Desk) -> None:
    """A contact that a visit has moved ahead is not put off by an old message's button."""
    customer = await desk.create(last_contact_on=LATE)
    await desk.log(customer)
    with pytest.raises(FollowUpClosedError):
        await snooze(desk.services, await desk.actor(), f"contact-{customer.id}")


async def test_the_rows_of_a_message_keep_their_order(desk: Desk) -> None:
    """Done or not, as they stood when it was sent; what is gone is left out."""
    first, second = await desk.create(last_contact_on=LATE), await desk.create("宏达机械", last_contact_on=LATE)
    await desk.log(first)
    ids = (f"contact-{second.id}", "contact-gone", f"contact-{first.id}")
    items = await desk.services.followups.items(await desk.actor(), ids)
    assert [(item.customer.name, item.followup.is_waiting(MONDAY)) for item in items] == [
        ("宏达机械", True),
        ("远大纺织", False),
    ]

"""While somebody is away, the stand-in has the list and the rights that go with it, and nothing is lost."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.domain.absence import AwayKind, Status
from bot.domain.finishing import Done
from bot.domain.followup import SnoozeLength, SnoozeReason, contact_id
from bot.domain.user import Profile
from bot.domain.visit import Channel
from bot.errors import CustomerNotFoundError, FollowUpNotFoundError, FormError, NotCustomerOwnerError
from bot.services.absences import PersonalSettings
from bot.storage import keys
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, ZHOU, Desk

LATE = date(2026, 1, 5)
FRIDAY = MONDAY + timedelta(days=4)


async def goes(desk: Desk, user_id: str = LIN, stand_in_id: str | None = CHEN, **changes: Any) -> None:
    """On leave this week, unless something else is chosen."""
    wanted = PersonalSettings(None, None, stand_in_id, AwayKind.LEAVE, MONDAY, FRIDAY)
    await desk.services.absences.choose(await desk.actor(user_id), replace(wanted, **changes))


async def has_status(desk: Desk, user_id: str, status: Status) -> None:
    desk.profiles[user_id] = Profile(name=user_id, tz="Asia/Shanghai", status=status)
    await desk.redis.delete(keys.profile(TEAM, user_id))


async def listed(desk: Desk, user_id: str) -> tuple[list[str], list[str]]:
    """Names in the message of the day: one's own, and those of colleagues."""
    daily = await desk.services.daily.of(await desk.actor(user_id), desk.today)
    return [each.customer.name for each in daily.items], [each.customer.name for each in daily.covered]


async def test_the_stand_in_gets_the_list_and_nobody_gets_it_twice(desk: Desk) -> None:
    """From the first day to the last; afterwards everything is as before."""
    await desk.create(last_contact_on=LATE)
    await desk.create("宏达机械", by=CHEN, last_contact_on=LATE)
    await goes(desk, first_on=MONDAY + timedelta(days=1))
    assert (await listed(desk, LIN), await listed(desk, CHEN)) == ((["远大纺织"], []), (["宏达机械"], []))
    desk.clock.set("2026-03-03T09:00:00+08:00")
    assert (await listed(desk, LIN), await listed(desk, CHEN)) == (([], []), (["宏达机械"], ["远大纺织"]))
    desk.clock.set("2026-03-09T09:00:00+08:00")
    assert (await listed(desk, LIN), await listed(desk, CHEN)) == ((["远大纺织"], []), (["宏达机械"], []))


async def test_the_stand_in_sees_and_logs_and_no_more(desk: Desk) -> None:
    """As for a customer's own stand-in; before and afterwards the customer does not exist for that person."""
    customer = await desk.create(last_contact_on=LATE)
    with pytest.raises(CustomerNotFoundError):
        await desk.services.customers.get(await desk.actor(CHEN), customer.id)
    await goes(desk)
    chen = await desk.actor(CHEN)
    assert [each.id for each in await desk.services.customers.named(chen, "远大")] == [customer.id]
    done = Done("V1", "替林悦打了电话", Channel.PHONE)
    await desk.services.finishing.finish(chen, contact_id(customer.id), "", done)
    assert (await desk.services.customers.get(chen, customer.id)).last_contact_on == MONDAY
    with pytest.raises(NotCustomerOwnerError):
        await desk.services.dossiers.to_edit(chen, customer.id)
    desk.clock.set("2026-03-09T09:00:00+08:00")
    with pytest.raises(FollowUpNotFoundError):
        await desk.services.followups.get(chen, contact_id(customer.id))


async def test_what_is_done_for_another_is_written_down(desk: Desk) -> None:
    """Who may see whose customers, who was shown them, and who acted."""
    customer = await desk.create(last_contact_on=LATE)
    await goes(desk)
    chen = await desk.actor(CHEN)
    await desk.services.daily.shown(chen, await desk.services.daily.of(chen, MONDAY))
    await desk.services.finishing.snooze(chen, contact_id(customer.id), SnoozeLength.WEEK, SnoozeReason.OTHER)
    rows = [(each.who, each.action, each.subject) for each in await desk.services.workspaces.audit.newest(TEAM, 3)]
    assert rows == [
        (CHEN, "followup.snooze", contact_id(customer.id)),
        (CHEN, "followup.stand_in", LIN),
        (LIN, "member.away", CHEN),
    ]


@pytest.mark.parametrize(
    ("status", "own", "covered"),
    [
        (Status(emoji=":palm_tree:"), [], ["远大纺织"]),
        (Status(words="年假"), [], ["远大纺织"]),
        (Status(emoji=":no_bell:", words="勿扰"), ["远大纺织"], []),
    ],
    ids=["palm tree", "words", "do not disturb"],
)
async def test_a_status_in_slack_counts_too(desk: Desk, status: Status, own: list[str], covered: list[str]) -> None:
    """Once somebody is named who looks after the list. Do-not-disturb keeps no message back."""
    await desk.create(last_contact_on=LATE)
    await goes(desk, kind=None, first_on=None, last_on=None)
    await has_status(desk, LIN, status)
    assert (await listed(desk, LIN), await listed(desk, CHEN)) == ((own, []), ([], covered))


async def test_nothing_is_lost_where_nobody_can_look_after_it(desk: Desk) -> None:
    """No stand-in, or one who is away too: the message goes to its owner."""
    await desk.create(last_contact_on=LATE)
    await has_status(desk, LIN, Status(emoji=":palm_tree:"))
    assert await listed(desk, LIN) == (["远大纺织"], [])
    await goes(desk)
    await goes(desk, CHEN, ZHOU)
    assert await listed(desk, LIN) == (["远大纺织"], [])


async def test_a_customers_own_stand_in_comes_first(desk: Desk) -> None:
    """While the owner is there, that person has nothing of it in the list."""
    customer = await desk.create(last_contact_on=LATE)
    change = desk.services.customers.customers.change
    await change(TEAM, customer.id, lambda found: found.model_copy(update={"stand_in_id": ZHOU}))
    assert await listed(desk, ZHOU) == ([], [])
    await goes(desk)
    assert (await listed(desk, CHEN), await listed(desk, ZHOU)) == (([], []), ([], ["远大纺织"]))


@pytest.mark.parametrize("who", [LIN, REED], ids=["oneself", "somebody without customers"])
async def test_not_everybody_can_stand_in(desk: Desk, who: str) -> None:
    with pytest.raises(FormError) as told:
        await goes(desk, stand_in_id=who)
    assert [(each.field, each.key) for each in told.value.faults] == [("stand_in", "settings.error_person")]
    assert (await desk.services.members.find(TEAM, LIN)).away is None


async def test_only_hours_of_the_list_can_be_chosen(desk: Desk) -> None:
    nothing: dict[str, Any] = {"kind": None, "first_on": None, "last_on": None}
    with pytest.raises(FormError):
        await goes(desk, digest_at=time(6), **nothing)
    await goes(desk, digest_at=time(7, 30), **nothing)
    assert (await desk.actor()).digest_at == time(7, 30)


async def test_a_leaver_covers_nobody_and_is_covered_by_nobody(desk: Desk) -> None:
    await desk.create(last_contact_on=LATE)
    await goes(desk)
    await desk.services.leavers.left(TEAM, [LIN])
    assert await desk.services.absences.covered(await desk.actor(CHEN)) == []


async def test_what_is_due_soon_is_told_two_working_days_before(desk: Desk) -> None:
    """What we promised to tier A: on Thursday for Monday, not on Wednesday, and once it is due as a row of its own."""
    customer = await desk.create()
    await desk.log(customer, next_step="发合同", next_step_on=date(2026, 3, 9))
    found = {}
    for day in (4, 5, 6, 9):
        desk.clock.set(f"2026-03-0{day}T09:00:00+08:00")
        daily = await desk.services.daily.of(await desk.actor(), desk.today)
        found[day] = ([each.followup.title for each in daily.soon], [each.followup.title for each in daily.items])
    assert found == {4: ([], []), 5: (["发合同"], []), 6: (["发合同"], []), 9: ([], ["发合同"])}

"""What a click does to a row of the daily message: log the visit, or put it off, in place."""

from typing import Any

import pytest

from bot.domain.customer import Tier
from bot.domain.followup import FollowUp, Kind
from bot.sandbox import ActingPerson, Message
from bot.views import followups as views
from bot.views.blocks import packed
from tests.handlers.cast import Cast
from tests.handlers.reading import due_part, element, entered, field, has, options, press, prose
from tests.world import TEAM, World

LENGTHS = {"1wd": "11月25日（周三）", "3wd": "11月27日（周五）", "7d": "12月1日（周二）"}
REASONS = {
    "asked_to_wait": "客户让等一等",
    "travelling": "我在出差",
    "waiting_for_papers": "在等资料",
    "other": "其他原因",
}


async def digest(cast: Cast, person: ActingPerson, *names: str) -> Message:
    """The daily message with a row for each of these customers, all overdue."""
    for name in names or ("远大纺织",):
        await cast.customer(person, name, Tier.A, last_contact_on="2026-11-02")
    return await cast.nudge(person)


async def contact(world: World, person: ActingPerson) -> FollowUp:
    """The person's one open contact."""
    due = await world.services.followups.store.due(TEAM, person.id, world.clock().date().replace(year=2099))
    (found,) = [each for each in due if each.kind is Kind.CONTACT]
    return found


async def test_row_offers_every_length_with_every_reason(cast: Cast, lin: ActingPerson) -> None:
    """One menu: 1 working day, 3, a week, each with its reasons one tap away."""
    menu = element(await digest(cast, lin), views.SNOOZE)
    offered = {f"{length}|{why}" for length in LENGTHS for why in REASONS}
    assert {each["value"] for each in options(menu)} == {*offered, views.PICK_DAY}


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("reason", REASONS)
async def test_snoozed_row_changes_in_place(
    world: World, cast: Cast, lin: ActingPerson, length: str, reason: str
) -> None:
    """Until when and why stands where the row stood; no other message comes."""
    message = await digest(cast, lin, "远大纺织", "霁川电子")
    assert await press(lin, message, views.SNOOZE, 0, selected=f"{length}|{reason}") == 200
    await world.slack.wait_for(lambda: "推迟到" in prose(message))
    (line,) = [each for each in prose(message).split("\n") if each.startswith("»")]
    assert LENGTHS[length] in line
    assert REASONS[reason] in line
    assert len([each for each in message.blocks if each["type"] == "actions"]) == 1
    assert lin.dm_messages() == [message]


async def test_snooze_shows_on_home_too(world: World, cast: Cast, lin: ActingPerson) -> None:
    """What is put off is not due today any more."""
    message = await digest(cast, lin)
    await lin.open_home()
    home = await world.slack.wait_for(lin.home)
    await world.slack.wait_for(lambda: "远大纺织" in due_part(home))
    await press(lin, message, views.SNOOZE, selected="1wd|other")
    await world.slack.wait_for(lambda: "远大纺织" not in due_part(home))


async def test_snooze_from_home_changes_the_message_too(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The same row stands in both places."""
    message = await digest(cast, lin)
    await lin.open_home()
    home = await world.slack.wait_for(lin.home)
    await press(lin, home, views.SNOOZE, selected="3wd|travelling")
    await world.slack.wait_for(lambda: "»" in prose(message))
    await world.slack.wait_for(lambda: "远大纺织" not in due_part(home))


async def test_snooze_in_english(world: World, cast: Cast, grace: ActingPerson) -> None:
    """Until when and why, in the reader's language."""
    message = await digest(cast, grace, "Northlight")
    await press(grace, message, views.SNOOZE, selected="7d|waiting_for_papers")
    await world.slack.wait_for(lambda: "snoozed until Tue 1 Dec" in prose(message))
    assert "aiting for papers" in prose(message)


async def test_snoozed_row_comes_back_on_its_day(world: World, cast: Cast, lin: ActingPerson) -> None:
    """After one working day it is in the next message again."""
    message = await digest(cast, lin)
    await press(lin, message, views.SNOOZE, selected="1wd|other")
    await world.slack.wait_for(lambda: "»" in prose(message))
    world.clock.set("2026-11-25T09:00:30+08:00")
    await world.running.sweep()
    again = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[1:]), None))
    assert has(again, views.SNOOZE)


async def test_click_delivered_twice_snoozes_once(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Networks repeat clicks; the first one counts."""
    message = await digest(cast, lin)
    world.slack.deliver_twice("block_actions")
    await press(lin, message, views.SNOOZE, selected="1wd|other")
    await world.slack.wait_for(lambda: "»" in prose(message))
    assert len((await contact(world, lin)).snoozes) == 1


# logging from a row


async def test_visit_logged_from_a_row_ticks_it_off_in_place(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The form opens with the customer; once saved, the row is done in the message and gone from Home."""
    message = await digest(cast, lin, "远大纺织", "霁川电子")
    await press(lin, message, views.LOG, 0)
    view = lin.views()[-1]
    name = field(view, "customer")["initial_option"]["text"]["text"].split(" · ")[0]
    assert (await lin.submit(view, entered(view, note="谈妥了"))).closed
    await world.slack.wait_for(lambda: f"✓ {name}" in prose(message))
    assert has(message, views.LOG)
    home = await world.slack.wait_for(lin.home)
    await world.slack.wait_for(lambda: name not in due_part(home))


async def test_promised_step_is_ticked_in_the_form(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Opened from the row of a step, the form has that step ticked; saving finishes it."""
    await cast.customer(lin)
    await lin.command("/visit", "远大纺织 谈了")
    await lin.submit(lin.views()[-1], entered(lin.views()[-1], next_step="发合同", next_step_on="2026-11-25"))
    await world.slack.wait_for(lin.dm_messages)
    world.clock.set("2026-11-25T10:00:00+08:00")
    message = await cast.nudge(lin)
    assert "发合同" in prose(message)
    await press(lin, message, views.LOG)
    view = lin.views()[-1]
    assert len(field(view, "done")["initial_options"]) == 1
    assert (await lin.submit(view, entered(view, note="已发"))).closed
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(message))
    assert not has(message, views.SNOOZE)


async def test_all_done_says_so(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The last row ticked off: the message says that this was all."""
    message = await digest(cast, lin)
    await press(lin, message, views.LOG)
    await lin.submit(lin.views()[-1], entered(lin.views()[-1], note="谈妥了"))
    await world.slack.wait_for(lambda: "都处理完了" in prose(message))


async def test_visit_logged_elsewhere_ticks_the_row_off(world: World, cast: Cast, lin: ActingPerson) -> None:
    """/visit does as well as the row's own button."""
    message = await digest(cast, lin)
    await lin.command("/visit", "远大纺织 谈妥了")
    await lin.submit(lin.views()[-1])
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(message))


# rows that are out of date or never were


async def stale_row(world: World, cast: Cast, person: ActingPerson) -> Message:
    """Yesterday's message, whose customer was visited since from today's."""
    old = await digest(cast, person)
    world.clock.set("2026-11-25T10:00:00+08:00")
    await person.command("/visit", "远大纺织 谈妥了")
    await person.submit(person.views()[-1])
    await world.slack.wait_for(lambda: len(person.dm_messages()) == 2)
    assert has(old, views.SNOOZE)
    return old


async def test_snoozing_what_is_done_is_said_kindly(world: World, cast: Cast, lin: ActingPerson) -> None:
    """An old message still shows the row; the click is answered in words and changes nothing."""
    old = await stale_row(world, cast, lin)
    assert await press(lin, old, views.SNOOZE, selected="1wd|other") == 200
    told = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[2:]), None))
    assert told.text == "这条跟进已经处理过了，不用再点。"
    assert (await contact(world, lin)).snoozes == ()


async def test_visit_can_be_logged_from_an_old_row(world: World, cast: Cast, lin: ActingPerson) -> None:
    """One may always have something more to note; saving brings the old message up to date."""
    old = await stale_row(world, cast, lin)
    await press(lin, old, views.LOG)
    assert (await lin.submit(lin.views()[-1], entered(lin.views()[-1], note="补充"))).closed
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(old))


FORGED: dict[str, dict[str, Any]] = {
    "length": {"value": "99wd|other"},
    "reason": {"value": "1wd|bored"},
    "neither": {"value": "x"},
    "empty": {"value": ""},
}


@pytest.mark.parametrize("option", FORGED.values(), ids=FORGED.keys())
async def test_forged_snooze_is_said_kindly(
    world: World, cast: Cast, lin: ActingPerson, option: dict[str, Any]
) -> None:
    """A length or reason that no menu has: a sentence, nothing changed."""
    message = await digest(cast, lin)
    menu = element(message, views.SNOOZE)
    menu["option_groups"][0]["options"][0] |= option
    assert await press(lin, message, views.SNOOZE, selected=option["value"]) == 200
    told = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[1:]), None))
    assert told.text == "没有找到这条跟进，它可能已经转给别人了。"
    assert (await contact(world, lin)).snoozes == ()


@pytest.mark.parametrize("kind", [views.SNOOZE, views.LOG])
@pytest.mark.parametrize("whose", ["a colleague's", "nobody's"])
async def test_others_followup_behind_a_forged_row_is_not_found(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, kind: str, whose: str
) -> None:
    """The same answer for a colleague's follow-up as for one that never was."""
    theirs = await cast.customer(chen, "霁川电子")
    message = await digest(cast, lin)
    wanted = f"contact-{theirs.id}" if whose == "a colleague's" else "contact-0"
    forged = packed({"f": wanted, "d": "2026-11-24"})
    row = next(each for each in message.blocks if each["type"] == "actions")
    row["block_id"] = forged
    element(message, views.LOG)["value"] = forged
    choice: dict[str, Any] = {"selected": "1wd|other"} if kind == views.SNOOZE else {}
    assert await press(lin, message, kind, **choice) == 200
    told = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[1:]), None))
    assert told.text == "没有找到这条跟进，它可能已经转给别人了。"
    assert (await contact(world, chen)).snoozes == ()
    assert lin.views() == []


@pytest.mark.parametrize("row_id", ["", "{}", "null", "[1]", '{"f":1,"d":"someday"}'])
async def test_row_that_names_nothing_is_said_kindly(world: World, cast: Cast, lin: ActingPerson, row_id: str) -> None:
    """Whatever comes back as the row's id."""
    message = await digest(cast, lin)
    next(each for each in message.blocks if each["type"] == "actions")["block_id"] = row_id
    assert await press(lin, message, views.SNOOZE, selected="1wd|other") == 200
    told = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[1:]), None))
    assert told.text == "没有找到这条跟进，它可能已经转给别人了。"


async def test_odd_day_in_a_row_does_not_hinder(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The row's own follow-up with a day that is none: snoozed, and Home shows it."""
    message = await digest(cast, lin)
    row = next(each for each in message.blocks if each["type"] == "actions")
    row["block_id"] = packed({"f": (await contact(world, lin)).id, "d": "someday"})
    await press(lin, message, views.SNOOZE, selected="1wd|other")
    home = await world.slack.wait_for(lin.home)
    assert "远大纺织" not in due_part(home)

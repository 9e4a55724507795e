"""Being done with a follow-up where it stands: a line, no need, another day, taken back; and the list on demand."""

import pytest

from bot.domain.customer import Customer, Tier
from bot.domain.followup import DropReason, FollowUp, Kind, Status, contact_id
from bot.sandbox import ActingPerson, Message, View
from bot.views import finishing as forms
from bot.views import followups as views
from bot.views.blocks import packed
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, field, has, labels, press, prose, shown
from tests.world import TEAM, World

OVER = "过了一分钟，或者之后又有变化，不能撤销了。记错的内容可以在拜访记录里改。"
SETTLED = "这条跟进已经处理过了，不用再点。"
LATEST = "最多推迟 7 天。更久的话，请和客户约定时间，写成下一步。"
GONE = "没有找到这条跟进，它可能已经转给别人了。"


async def customer_of(cast: Cast, person: ActingPerson, name: str = "远大纺织", tier: Tier = Tier.B) -> Customer:
    return await cast.customer(person, name, tier, last_contact_on="2026-10-09")


async def stored(world: World, customer: Customer) -> FollowUp:
    return await world.services.followups.store.get(TEAM, contact_id(customer.id))


async def notes(world: World, customer: Customer) -> list[str]:
    return [each.note for each in await world.services.visits.store.latest(TEAM, customer.id, 9)]


async def promise(world: World, person: ActingPerson, customer: Customer) -> FollowUp:
    """A next step of ours, due today."""
    values = {"id": f"step-x-{customer.id}", "kind": Kind.STEP, "customer_id": customer.id, "owner_id": person.id}
    step = FollowUp.model_validate({**values, "due_on": world.clock().date(), "title": "报价"})
    change = world.services.dossiers.store.change
    await change(TEAM, customer.id, lambda found: found.with_followups([step]))
    return step


async def form(person: ActingPerson, message: Message, row: int = 0) -> View:
    await press(person, message, views.DONE, row)
    return person.views()[-1]


async def told(world: World, person: ActingPerson, known: int = 1) -> str:
    """What comes besides the messages that were there."""
    return (await world.slack.wait_for(lambda: next(iter(person.dm_messages()[known:]), None))).text


async def test_every_way_out_stands_in_the_row(cast: Cast, lin: ActingPerson) -> None:
    await customer_of(cast, lin)
    message = await cast.nudge(lin)
    assert labels(message)[:2] == ["记拜访", "完成"]
    assert [element(message, each)["placeholder"]["text"] for each in (views.SNOOZE, views.DROP)] == [
        "推迟…",
        "不需要…",
    ]


async def test_a_contact_done_with_a_line_is_a_note_and_moves_the_clock(
    world: World, cast: Cast, lin: ActingPerson
) -> None:
    """In place; the window asks how and what came of it, and says when it comes round again."""
    customer = await customer_of(cast, lin)
    message = await cast.nudge(lin)
    view = await form(lin, message)
    assert "不填的话，按节奏 12月24日（周四）再跟进。" in shown(view)
    assert (await lin.submit(view, entered(view, line="电话里说年底再用款"))).closed
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(message))
    assert await notes(world, customer) == ["电话里说年底再用款"]
    assert (await stored(world, customer)).due_on.isoformat() == "2026-12-24"


async def test_an_attempt_is_noted_and_is_no_contact(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The row stays, and says nothing else than before; the person is told."""
    customer = await customer_of(cast, lin)
    message, before = await cast.nudge(lin), await stored(world, customer)
    view = await form(lin, message)
    assert (await lin.submit(view, entered(view, channel="missed", line="没人接"))).closed
    assert await told(world, lin) == "记下了一次没联系上。远大纺织（B 级）仍在清单里，请再联系一次。"
    assert await notes(world, customer) == ["没人接"]
    assert (await stored(world, customer)).turn == before.turn
    assert has(message, views.DONE)


async def test_a_line_is_asked_for(cast: Cast, lin: ActingPerson) -> None:
    await customer_of(cast, lin)
    view = await form(lin, await cast.nudge(lin))
    result = await lin.submit(view, entered(view, line="  "))
    assert result.errors == {forms.LINE: "请写一句结果。"}


async def test_the_next_step_is_accepted_with_one_click(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Of a promise from a note with an objection the play's own follow-up is filled in, with its day."""
    customer = await customer_of(cast, lin)
    await lin.command("/visit", "远大纺织 嫌费率高")
    view = lin.views()[-1]
    await lin.submit(view, entered(view, next_step="给报价", next_step_on="2026-11-25"))
    await world.slack.wait_for(lin.dm_messages)
    world.clock.set("2026-11-25T10:00:00+08:00")
    message = await cast.nudge(lin)
    play = world.objection("cost/fee-too-high").follow_up[0]
    view = await form(lin, message)
    assert field(view, forms.NEXT)["initial_value"] == play.zh
    await lin.submit(view, entered(view, line="已报价"))
    await world.slack.wait_for(lambda: "✓ 远大纺织：已完成（已报价）" in prose(message))
    steps = await world.services.customers.open_steps(await cast.actor(lin), customer.id)
    assert [each.title for each in steps] == [play.zh]


async def test_not_needed_says_why_and_comes_round_again(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A promise is closed for good; the contact waits a whole gap."""
    customer = await customer_of(cast, lin)
    message = await cast.nudge(lin)
    await press(lin, message, views.DROP, selected=DropReason.OVERTAKEN)
    await world.slack.wait_for(lambda: "– 远大纺织：不需要，情况变了" in prose(message))
    found = await stored(world, customer)
    assert (found.status, found.due_on.isoformat()) == (Status.OPEN, "2026-12-24")


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("2026-11-24", "请选今天以后的日期。"),
        ("2026-12-02", LATEST),
        ("2026-11-28", None),
    ],
    ids=["today", "too late", "a Saturday"],
)
async def test_a_day_of_ones_own_choice(
    world: World, cast: Cast, lin: ActingPerson, day: str, error: str | None
) -> None:
    """At most a week, and on a working day."""
    await customer_of(cast, lin)
    message = await cast.nudge(lin)
    await press(lin, message, views.SNOOZE, selected=views.PICK_DAY)
    view = lin.views()[-1]
    result = await lin.submit(view, entered(view, until=day))
    if error:
        assert result.errors == {forms.UNTIL: error}
    else:
        await world.slack.wait_for(lambda: "推迟到11月30日（周一）" in prose(message))


async def test_a_promise_to_tier_a_is_not_put_off_by_an_old_click_either(
    world: World, cast: Cast, lin: ActingPerson
) -> None:
    """Its row has no such menu; whoever still has one in an old message is told why."""
    customer = await customer_of(cast, lin, tier=Tier.A)
    step = await promise(world, lin, customer)
    message = await cast.nudge(lin)
    rows = [each for each in message.blocks if each["type"] == "actions"]
    mine, other = sorted(rows, key=lambda each: step.id not in each["block_id"])
    assert not any(views.SNOOZE in each["action_id"] for each in mine["elements"])
    other["block_id"], mine["block_id"] = mine["block_id"], other["block_id"]
    await press(lin, message, views.SNOOZE, selected="1wd|other")
    assert (await told(world, lin)).startswith("答应 A 级客户的事和风险事项不能推迟。")


async def test_nothing_is_put_off_a_third_time(world: World, cast: Cast, lin: ActingPerson) -> None:
    await customer_of(cast, lin)
    for day in (24, 25):
        world.clock.set(f"2026-11-{day}T10:00:00+08:00")
        message = await cast.nudge(lin)
        await press(lin, message, views.SNOOZE, selected="1wd|other")
        await world.quiet()
    world.clock.set("2026-11-26T10:00:00+08:00")
    assert not has(await cast.nudge(lin), views.SNOOZE)


# taking back


async def test_a_contact_is_taken_back_with_its_note(world: World, cast: Cast, lin: ActingPerson) -> None:
    customer = await customer_of(cast, lin)
    before = await stored(world, customer)
    message = await cast.nudge(lin)
    view = await form(lin, message)
    await lin.submit(view, entered(view, line="打错了", next="再约", next_on="2026-11-27"))
    await world.slack.wait_for(lambda: has(message, views.UNDO))
    await press(lin, message, views.UNDO)
    await world.slack.wait_for(lambda: has(message, views.DONE))
    assert (await notes(world, customer), await stored(world, customer)) == ([], before)
    again = await world.services.customers.get(await cast.actor(lin), customer.id)
    assert again.last_contact_on == customer.last_contact_on
    assert await world.services.customers.open_steps(await cast.actor(lin), customer.id) == []


@pytest.mark.parametrize("what", ["done", "dropped", "snoozed"])
async def test_a_minute_is_enough_and_no_more(world: World, cast: Cast, lin: ActingPerson, what: str) -> None:
    customer = await customer_of(cast, lin)
    message = await cast.nudge(lin)
    if what == "done":
        view = await form(lin, message)
        await lin.submit(view, entered(view, line="谈了"))
    else:
        choice = {"dropped": (views.DROP, DropReason.OTHER), "snoozed": (views.SNOOZE, "1wd|other")}[what]
        await press(lin, message, choice[0], selected=choice[1])
    await world.slack.wait_for(lambda: has(message, views.UNDO))
    after = await stored(world, customer)
    world.clock.set("2026-11-24T10:01:00+08:00")
    await press(lin, message, views.UNDO)
    assert await told(world, lin) == OVER
    await world.slack.wait_for(lambda: not has(message, views.UNDO))
    assert await stored(world, customer) == after


async def test_undo_delivered_twice_takes_back_once(world: World, cast: Cast, lin: ActingPerson) -> None:
    customer = await customer_of(cast, lin)
    message = await cast.nudge(lin)
    await press(lin, message, views.SNOOZE, selected="1wd|other")
    await world.slack.wait_for(lambda: has(message, views.UNDO))
    world.slack.deliver_twice("block_actions")
    await press(lin, message, views.UNDO)
    await world.slack.wait_for(lambda: has(message, views.SNOOZE))
    assert (await stored(world, customer)).snoozes == ()
    assert lin.dm_messages() == [message]


# two people, old messages, what is somebody else's by now


async def test_form_sent_twice_is_one_contact(world: World, cast: Cast, lin: ActingPerson) -> None:
    customer = await customer_of(cast, lin)
    message = await cast.nudge(lin)
    view = await form(lin, message)
    world.slack.deliver_twice("view_submission")
    await lin.submit(view, entered(view, line="谈了"))
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(message))
    assert await notes(world, customer) == ["谈了"]


async def test_owner_and_stand_in_finish_it_once(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson
) -> None:
    """Both have the window open; the second one is told, and nothing happens twice."""
    customer = await customer_of(cast, lin)
    change = world.services.customers.customers.change
    await change(TEAM, customer.id, lambda found: found.model_copy(update={"stand_in_id": chen.id}))
    mine = await cast.nudge(lin)
    await chen.command("/followups", "远大纺织")
    theirs = chen.dm_messages()[-1]
    both = [await form(lin, mine), await form(chen, theirs)]
    assert (await lin.submit(both[0], entered(both[0], line="我谈了"))).closed
    result = await chen.submit(both[1], entered(both[1], line="我也谈了"))
    assert result.errors == {forms.LINE: SETTLED}
    assert await notes(world, customer) == ["我谈了"]


async def test_a_week_old_message_closes_nothing_of_today(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The row is of an earlier turn: a kind sentence, and the old message is brought up to date."""
    customer = await customer_of(cast, lin, tier=Tier.A)
    old = await cast.nudge(lin)
    await lin.command("/visit", "远大纺织 谈妥了")
    await lin.submit(lin.views()[-1])
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(old))
    row = {"f": contact_id(customer.id), "t": "2026-10-23", "d": "2026-11-24"}
    world.clock.set("2026-12-08T10:00:00+08:00")
    new = await cast.nudge(lin)
    element(new, views.DONE)["value"] = packed(row)
    before = await stored(world, customer)
    known = len(lin.dm_messages())
    await press(lin, new, views.DONE)
    assert await told(world, lin, known) == SETTLED
    assert (lin.views(), await stored(world, customer)) == ([], before)


async def test_after_a_hand_over_the_old_row_does_nothing(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson
) -> None:
    customer = await customer_of(cast, lin)
    message = await cast.nudge(lin)
    view = await form(lin, message)
    await world.services.dossiers.store.change(TEAM, customer.id, lambda found: found.handed_over(chen.id))
    result = await lin.submit(view, entered(view, line="谈了"))
    assert result.errors == {forms.LINE: GONE}
    assert await notes(world, customer) == []
    await world.slack.wait_for(lambda: "远大纺织" not in prose(message))


# the list on demand


@pytest.mark.parametrize(
    ("typed", "title"),
    [("", "今天的跟进"), ("今天", "今天的跟进"), ("week", "到本周日为止的跟进"), ("远大", "远大纺织：未完成的跟进")],
)
async def test_the_list_comes_on_demand_with_the_same_buttons(
    world: World, cast: Cast, lin: ActingPerson, typed: str, title: str
) -> None:
    """Privately; a click changes it in place, and what was done stays in sight to be taken back."""
    await customer_of(cast, lin)
    await lin.command("/followups", typed)
    (listed,) = lin.dm_messages()
    assert (title in prose(listed), listed.is_ephemeral) == (True, True)
    await press(lin, listed, views.SNOOZE, selected="3wd|travelling")
    await world.slack.wait_for(lambda: "» 远大纺织：推迟到11月27日（周五）" in prose(listed))
    assert has(listed, views.UNDO)
    await press(lin, listed, views.UNDO)
    await world.slack.wait_for(lambda: has(listed, views.SNOOZE))


async def test_done_in_the_list_changes_the_list(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Through a window too."""
    await customer_of(cast, lin)
    await lin.command("/factormate", "followups")
    (listed,) = lin.dm_messages()
    view = await form(lin, listed)
    await lin.submit(view, entered(view, line="谈了"))
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(listed))
    assert not has(listed, views.DONE)


async def test_a_name_that_fits_nobody_or_several(world: World, cast: Cast, lin: ActingPerson) -> None:
    await customer_of(cast, lin, "远大纺织")
    await customer_of(cast, lin, "远大机械")
    for typed, said in (("远大", "请写全名"), ("没有这家", "没有找到这个客户")):
        await lin.command("/followups", typed)
        assert said in lin.dm_messages()[-1].text

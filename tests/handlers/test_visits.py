"""Logging a visit: the form, what a typed line fills in, saving once, and what is said about it."""

import asyncio
from datetime import date
from typing import Any, Final

import pytest

from bot.domain.customer import Tier
from bot.domain.note import VisitForm
from bot.domain.user import Role
from bot.domain.visit import Channel, Visit
from bot.sandbox import ActingPerson, Message, View
from bot.services.playbook import MAX_QUESTION
from bot.views import customers as customer_views
from bot.views import home as home_views
from tests.handlers.cast import Cast
from tests.handlers.reading import block_id, entered, field, fields, press, prose, shown
from tests.world import TEAM, World

TODAY: Final = "2026-11-24"
FEE: Final = "cost/fee-too-high"


async def opened(person: ActingPerson, line: str = "") -> View:
    """The form after /visit."""
    assert await person.command("/visit", line) == 200
    return person.views()[-1]


async def notes(world: World, customer_id: str) -> list[Visit]:
    return await world.services.visits.store.latest(TEAM, customer_id, 10)


async def confirmation(world: World, person: ActingPerson) -> Message:
    return await world.slack.wait_for(lambda: next((m for m in person.dm_messages() if m.is_bot), None))


def chosen_customer(view: View) -> str:
    found: str = field(view, "customer")["initial_option"]["value"]
    return found


# opening


async def test_visit_alone_opens_an_empty_form(lin: ActingPerson) -> None:
    """All fields are there; the day is today; nothing else is filled in."""
    view = await opened(lin)
    assert view.title == "记拜访"
    assert fields(view) == ["customer", "note", "on", "channel", "objections", "next_step", "next_step_on"]
    assert field(view, "on")["initial_date"] == TODAY
    assert not any(
        "initial" in name for each in ("customer", "note", "objections", "next_step") for name in field(view, each)
    )


async def test_form_in_english(grace: ActingPerson) -> None:
    """Titles, labels and choices follow the person's language."""
    view = await opened(grace)
    assert view.title == "Log a visit"
    assert {"Customer", "Date", "How", "Note", "Objections raised", "Next step", "Due on"} <= set(
        shown(view).split("\n")
    )
    assert [each["text"]["text"] for each in field(view, "channel")["options"]][::3] == ["Visit", "Message"]


async def test_typed_line_fills_the_form_in(cast: Cast, lin: ActingPerson) -> None:
    """«远大纺织 嫌费率高，周三前给报价»: the customer found, the objection matched, the rest as the note."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织 嫌费率高，周三前给报价")
    assert chosen_customer(view) == customer.id
    assert field(view, "note")["initial_value"] == "嫌费率高，周三前给报价"
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == [FEE]


@pytest.mark.parametrize(
    "line",
    [
        "远大纺织，嫌费率高",
        "远大纺织：嫌费率高",
        "远大 嫌费率高",
        "远大纺织嫌费率高",
        "ydfz 嫌费率高",
        "yuanda 嫌费率高",
        "远大纺织\u3000嫌费率高",
    ],
    ids=["comma", "colon", "alias", "no space", "initials", "pinyin", "wide space"],
)
async def test_customer_is_found_however_it_is_written(cast: Cast, lin: ActingPerson, line: str) -> None:
    """By name, alias, pinyin or its initials, whatever stands after it."""
    customer = await cast.customer(lin, aliases=("远大",))
    view = await opened(lin, line)
    assert chosen_customer(view) == customer.id
    assert field(view, "note")["initial_value"] == "嫌费率高"


@pytest.mark.parametrize("line", ["远大纺织", "ydfz", "yuanda"])
async def test_name_alone_fills_in_the_customer(cast: Cast, lin: ActingPerson, line: str) -> None:
    """Nothing but the name: the customer is chosen and the note is empty."""
    customer = await cast.customer(lin)
    view = await opened(lin, line)
    assert chosen_customer(view) == customer.id
    assert "initial_value" not in field(view, "note")


async def test_name_in_the_middle_is_found(cast: Cast, lin: ActingPerson) -> None:
    """The line stays whole as the note."""
    customer = await cast.customer(lin)
    view = await opened(lin, "今天去了远大纺织，财务嫌费率高")
    assert chosen_customer(view) == customer.id
    assert field(view, "note")["initial_value"] == "今天去了远大纺织，财务嫌费率高"


async def test_name_that_fits_several_is_left_to_the_person(cast: Cast, lin: ActingPerson) -> None:
    """No guess and no third customer: nothing is chosen, and nothing typed is lost."""
    await cast.customer(lin, "远大纺织")
    await cast.customer(lin, "远大机械")
    view = await opened(lin, "yuanda 嫌费率高")
    assert "initial_option" not in field(view, "customer")
    assert field(view, "note")["initial_value"] == "yuanda 嫌费率高"


@pytest.mark.parametrize(
    "typed",
    ["远大纺织 @channel <b> payload=1 &amp;", "远大纺织 https://example.cn/a", "远大纺织 \u200b😤\x07"],
    ids=["markup", "link", "invisible"],
)
async def test_odd_line_opens_the_form(cast: Cast, lin: ActingPerson, typed: str) -> None:
    """Whatever is typed, the form opens with the customer."""
    customer = await cast.customer(lin)
    assert chosen_customer(await opened(lin, typed)) == customer.id


async def test_long_line_stands_beside_the_note(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Longer than a note may be: to be read in full, saved with the one line that sums it up."""
    customer = await cast.customer(lin)
    line = "今天谈了很多" * MAX_QUESTION
    view = await opened(lin, f"远大纺织 {line}")
    parts = [each["text"]["text"] for each in view.blocks if each["block_id"].startswith("pasted")]
    assert [len(each) for each in parts] == [3000, 3000]
    assert "".join(parts) == line
    assert "initial_value" not in field(view, "note")
    assert (await lin.submit(view, entered(view, note="谈了授信方案"))).closed
    (saved,) = await notes(world, customer.id)
    assert (saved.note, saved.pasted) == ("谈了授信方案", line)


async def test_colleague_without_a_role_is_told_so(reed: ActingPerson) -> None:
    """No form is filled in for nothing."""
    await reed.command("/visit", "远大纺织 嫌费率高")
    assert reed.views() == []
    assert "aren't set up as an account manager" in reed.dm_messages()[-1].text


# saving


async def test_saved_note_is_confirmed_with_what_was_stored(world: World, cast: Cast, lin: ActingPerson) -> None:
    """By DM: customer, day, way, note, objections, next step, and the next contact with its reason."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织 嫌费率高")
    result = await lin.submit(view, entered(view, channel="phone", next_step="发费用测算表", next_step_on="2026-11-26"))
    assert result.closed
    told = prose(await confirmation(world, lin))
    assert "*远大纺织* 的电话记录" in told
    assert "11月24日（周二）" in told
    assert "嫌费率高" in told
    assert world.services.playbook.shipped.entry(FEE).title.zh in told
    assert "下一步：发费用测算表，11月26日（周四）前" in told
    assert "下次联系：*11月26日（周四）*，A 级客户，14 天一次；从今天这次电话算起" in told
    assert "有答应的事11月26日（周四）到期，比原定的12月8日（周二）早" in told
    (saved,) = await notes(world, customer.id)
    assert (saved.author_id, saved.on, saved.channel) == (lin.id, date(2026, 11, 24), Channel.PHONE)
    assert (saved.note, saved.objection_ids) == ("嫌费率高", (FEE,))
    assert (saved.next_step, saved.next_step_on) == ("发费用测算表", date(2026, 11, 26))


async def test_confirmation_in_english(world: World, cast: Cast, grace: ActingPerson) -> None:
    """The same in the other language: an A customer, every 14 days, counted from today's visit."""
    await cast.customer(grace, "Northlight Textiles")
    view = await opened(grace, "Northlight Textiles the fee is too high")
    await grace.submit(view)
    told = prose(await confirmation(world, grace))
    assert "Saved: Visit with *Northlight Textiles* on Tue 24 Nov" in told
    assert "Next contact: *Tue 8 Dec* — tier A: every 14 days; counted from today's visit" in told


async def test_visit_entered_later_counts_from_its_own_day(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A note of last Friday: the next contact is counted from Friday, and says so."""
    await cast.customer(lin)
    view = await opened(lin, "远大纺织 已发合同")
    await lin.submit(view, entered(view, on="2026-11-20"))
    told = prose(await confirmation(world, lin))
    assert "下次联系：*12月4日（周五）*" in told
    assert "A 级客户，14 天一次；上次算数的联系：11月20日（周五）" in told


@pytest.mark.parametrize("together", [False, True], ids=["after", "together"])
async def test_form_delivered_twice_is_one_note_and_one_message(
    world: World, cast: Cast, lin: ActingPerson, together: bool
) -> None:
    """A double click or a repeated delivery changes nothing."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织 已发合同")
    world.slack.deliver_twice("view_submission", together=together)
    assert (await lin.submit(view)).closed
    await confirmation(world, lin)
    await world.slack.wait_for(lambda: lin.home() is not None)
    await world.slack.settled()
    assert len(await notes(world, customer.id)) == 1
    assert len([m for m in lin.dm_messages() if m.is_bot]) == 1


async def test_note_stored_without_the_answer_arriving_is_confirmed_with_the_next_try(
    world: World, cast: Cast, lin: ActingPerson
) -> None:
    """The bot died between storing and answering: Save again closes the form, and the DM comes then."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织 已发合同")
    form = VisitForm(view.id, customer.id, date(2026, 11, 24), Channel.VISIT, "已发合同")
    await world.services.visits.save(await cast.actor(lin), form)
    assert (await lin.submit(view)).closed
    assert "已发合同" in prose(await confirmation(world, lin))
    assert len(await notes(world, customer.id)) == 1


async def test_two_forms_are_two_notes(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Two visits a day are possible; only the same form is the same note."""
    customer = await cast.customer(lin)
    for line in ("上午电话", "下午拜访"):
        assert (await lin.submit(await opened(lin, f"远大纺织 {line}"))).closed
    assert {each.note for each in await notes(world, customer.id)} == {"上午电话", "下午拜访"}


async def test_note_is_quoted_harmlessly(world: World, cast: Cast, lin: ActingPerson) -> None:
    """What looks like a mention, a link or «payload» stays text and rings nobody."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织")
    typed = "<!channel> @here payload={} <https://example.cn|x> & *粗*\n第二行"
    await lin.submit(view, entered(view, note=typed, next_step="<!here>", next_step_on="2026-11-26"))
    told = await confirmation(world, lin)
    assert told.pings == ()
    assert "&lt;!channel&gt; @here payload={}" in prose(told)
    assert [each.note for each in await notes(world, customer.id)] == [typed]


async def test_note_is_sealed_in_the_store(world: World, cast: Cast, lin: ActingPerson) -> None:
    """What was said at a customer cannot be read in the store."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织")
    await lin.submit(
        view, entered(view, note="机密谈话 whispered-at-lunch", next_step="机密一步", next_step_on="2026-11-26")
    )
    (saved,) = await notes(world, customer.id)
    redis = world.services.visits.store.records.redis
    rows = [str(await redis.get(key)) async for key in redis.scan_iter(match=f"*{saved.id}*") if "visits" not in key]
    assert len(rows) >= 2
    assert not any("whispered" in row or "机密" in row or r"\u673a" in row for row in rows)


async def test_open_step_is_ticked_off_with_the_visit(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The form lists what was promised; what is ticked is done, the rest stays open."""
    customer = await cast.customer(lin)
    for step in ("发合同", "发报价"):
        view = await opened(lin, "远大纺织 谈了")
        await lin.submit(view, entered(view, next_step=step, next_step_on="2026-11-26"))
    view = await opened(lin, "远大纺织 都办了")
    steps = await world.services.customers.open_steps(await cast.actor(lin), customer.id)
    assert {each.title for each in steps} == {"发合同", "发报价"}
    await lin.submit(view, entered(view, done=[next(each.id for each in steps if each.title == "发合同")]))
    left = await world.services.customers.open_steps(await cast.actor(lin), customer.id)
    assert [each.title for each in left] == ["发报价"]


async def test_form_opens_from_brief_and_home(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The brief's button chooses its customer; Home's opens an empty form."""
    customer = await cast.customer(lin)
    await lin.command("/customer", "远大纺织")
    await press(lin, lin.dm_messages()[-1], customer_views.LOG)
    assert chosen_customer(lin.views()[-1]) == customer.id
    await lin.open_home()
    home = await world.slack.wait_for(lin.home)
    await press(lin, home, home_views.LOG)
    assert "initial_option" not in field(lin.views()[-1], "customer")


# what needs another look


WRONG: Final[list[tuple[dict[str, Any], str, str]]] = [
    ({"on": "2026-11-25"}, "on", "日期不能晚于今天"),
    ({"next_step": "发报价"}, "next_step_on", "写了下一步，请选一个完成日期"),
    ({"next_step_on": "2026-11-26"}, "next_step", "选了日期，请写上要做什么"),
    ({"next_step": "发报价", "next_step_on": "2026-11-23"}, "next_step_on", "完成日期已经过去了，请选今天或以后"),
    ({"next_step": "发报价", "next_step_on": "2026-11-28"}, "next_step_on", "这天不上班，请选一个工作日"),
    ({"note": " \n "}, "note", "请写一句话"),
]


@pytest.mark.parametrize(("values", "where", "sentence"), WRONG, ids=[each[2] for each in WRONG])
async def test_what_is_wrong_stands_at_its_field(
    world: World, cast: Cast, lin: ActingPerson, values: dict[str, Any], where: str, sentence: str
) -> None:
    """Nothing is stored; the form stays with what was typed, and once corrected it is saved."""
    customer = await cast.customer(lin)
    view = await opened(lin, "远大纺织 嫌费率高")
    result = await lin.submit(view, entered(view, **values))
    assert result.errors == {block_id(view, where): sentence}
    assert await notes(world, customer.id) == []
    assert lin.views() == [view]
    right = {"on": TODAY, "note": "嫌费率高", "next_step": "发报价", "next_step_on": "2026-11-27"}
    assert (await lin.submit(view, entered(view, **right))).closed
    assert len(await notes(world, customer.id)) == 1


async def test_play_withdrawn_in_the_meantime(world: World, cast: Cast, lin: ActingPerson) -> None:
    """An objection that the playbook no longer has is said at its field."""
    await cast.customer(lin)
    view = await opened(lin, "远大纺织 嫌费率高")
    field(view, "objections")["initial_options"][0]["value"] = "cost/gone"
    result = await lin.submit(view)
    assert result.errors == {block_id(view, "objections"): "有一条异议已经下架，请重新选"}


async def test_role_taken_away_in_the_meantime(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The form says so instead of asking to try again."""
    await cast.customer(lin)
    view = await opened(lin, "远大纺织 嫌费率高")
    await world.services.members.set_roles(TEAM, lin.id, frozenset[Role](), None, by="test")
    result = await lin.submit(view)
    assert "还没有被设为客户经理" in result.errors["note"]


async def test_others_steps_cannot_be_ticked_off(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson
) -> None:
    """A forged form naming a follow-up of somebody else's customer leaves that open."""
    theirs = await cast.customer(chen, "霁川电子")
    await cast.customer(lin)
    for person, name in ((chen, "霁川电子"), (lin, "远大纺织")):
        view = await opened(person, f"{name} 谈了")
        await person.submit(view, entered(view, next_step="发合同", next_step_on="2026-11-26"))
    (step,) = await world.services.customers.open_steps(await cast.actor(chen), theirs.id)
    view = await opened(lin, "远大纺织 谈了")
    field(view, "done")["options"][0]["value"] = step.id
    assert (await lin.submit(view, entered(view, done=[step.id]))).closed
    assert await world.services.customers.open_steps(await cast.actor(chen), theirs.id) == [step]


async def test_notes_saved_at_the_same_moment_are_all_kept(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """Lead and account manager log the same customer at once: two notes, and the newest day counts."""
    customer = await cast.customer(lin, tier=Tier.B)
    await zhou.command("/customer", "远大纺织")
    await press(zhou, zhou.dm_messages()[-1], customer_views.LOG)
    mine, theirs = await opened(lin, "远大纺织 电话"), zhou.views()[-1]
    await asyncio.gather(
        lin.submit(mine, entered(mine, on="2026-11-20")), zhou.submit(theirs, entered(theirs, note="陪访"))
    )
    assert {each.author_id for each in await notes(world, customer.id)} == {lin.id, zhou.id}
    found = await world.services.customers.get(await cast.actor(lin), customer.id)
    assert found.last_contact_on == date(2026, 11, 24)

"""Changing a saved note: every version stays, what was promised stays promised, and two people lose nothing."""

from bot.domain.visit import Channel, Visit
from bot.sandbox import ActingPerson, Message, View
from bot.views import visitform
from bot.views import visits as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, field, fields, has, press, prose, shown
from tests.world import TEAM, World


async def logged(world: World, cast: Cast, person: ActingPerson, note: str = "客户嫌费率高") -> Message:
    """A saved note; its confirmation."""
    name = "Northlight" if person.id.endswith("GRACE") else "远大纺织"
    await cast.customer(person, name)
    await person.command("/visit", f"{name} {note}")
    await world.quiet()
    assert (await person.submit(person.views()[-1])).closed
    await world.quiet()
    return confirmations(person)[-1]


def confirmations(person: ActingPerson) -> list[Message]:
    return [each for each in person.dm_messages() if each.is_bot]


async def changing(world: World, person: ActingPerson, surface: Message) -> View:
    await press(person, surface, views.EDIT)
    await world.quiet()
    return person.views()[-1]


async def stored(world: World, cast: Cast, person: ActingPerson) -> Visit:
    (customer,) = await world.services.customers.suggest(await cast.actor(person), "")
    (visit,) = await world.services.visits.store.latest(TEAM, customer.id, 9)
    return visit


async def test_a_note_is_changed_from_its_confirmation(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The form holds what was saved, without customer and draft; the new words are confirmed, the old ones kept."""
    view = await changing(world, lin, await logged(world, cast, lin))
    assert view.title == "修改记录"
    assert fields(view)[:3] == ["note", "on", "channel"]
    assert field(view, "note")["initial_value"] == "客户嫌费率高"
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == ["cost/fee-too-high"]
    assert not has(view, visitform.HISTORY)
    assert (await lin.submit(view, entered(view, note="客户嫌费率高，想先试一笔", channel="phone"))).closed
    await world.quiet()
    told = prose(confirmations(lin)[-1])
    assert "已修改：*远大纺织* 的电话记录" in told
    assert "想先试一笔" in told
    visit = await stored(world, cast, lin)
    assert (visit.version, visit.note, visit.channel) == (2, "客户嫌费率高，想先试一笔", Channel.PHONE)
    history = await world.services.visits.history(await cast.actor(lin), visit.id)
    assert [(each.version, each.note) for each in history] == [(2, visit.note), (1, "客户嫌费率高")]


async def test_a_note_is_changed_in_english(world: World, cast: Cast, grace: ActingPerson) -> None:
    view = await changing(world, grace, await logged(world, cast, grace, "They find the fee too high"))
    assert view.title == "Change a note"
    assert "Note of *Northlight*, version 1" in prose(view)
    await grace.submit(view, entered(view, note="They find the fee far too high"))
    await world.quiet()
    assert "Changed: Visit with *Northlight*" in prose(confirmations(grace)[-1])
    view = await changing(world, grace, confirmations(grace)[-1])
    await press(grace, view, visitform.HISTORY)
    assert "Version 2" in shown(grace.views()[-1])


async def test_the_brief_offers_to_change_a_note_and_shows_what_it_was(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """By whoever sees the customer; who changed it and when is said."""
    await logged(world, cast, lin)
    await zhou.command("/customer", "远大纺织")
    view = await changing(world, zhou, zhou.dm_messages()[-1])
    await zhou.submit(view, entered(view, note="主管补充：先试一笔"))
    await world.quiet()
    await lin.command("/customer", "远大纺织")
    view = await changing(world, lin, lin.dm_messages()[-1])
    assert f"第 2 版，<@{zhou.id}> 写的" in prose(view)
    await press(lin, view, visitform.HISTORY)
    history = prose(lin.views()[-1])
    assert f"第 2 版 · <@{zhou.id}> · 11月24日（周二） 10:00" in history
    assert f"第 1 版 · <@{lin.id}>" in history
    assert history.index("主管补充") < history.index("客户嫌费率高")


async def test_two_people_who_change_a_note_lose_nothing(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """The second one sees both texts; saving again puts one's own on top, and the other stays among the versions."""
    mine = await changing(world, lin, await logged(world, cast, lin))
    await zhou.command("/customer", "远大纺织")
    theirs = await changing(world, zhou, zhou.dm_messages()[-1])
    assert (await zhou.submit(theirs, entered(theirs, note="周敏写的"))).closed
    result = await lin.submit(mine, entered(mine, note="林悦写的"))
    assert not result.closed
    assert f"<@{zhou.id}> 于 11月24日（周二） 10:00 改了这条记录" in prose(mine)
    assert "周敏写的" in prose(mine)
    assert mine.entered["note"][visitform.NOTE]["value"] == "林悦写的"
    assert (await stored(world, cast, lin)).note == "周敏写的"
    assert (await lin.submit(mine)).closed
    visit = await stored(world, cast, lin)
    history = await world.services.visits.history(await cast.actor(lin), visit.id)
    assert [each.note for each in history] == ["林悦写的", "周敏写的", "客户嫌费率高"]
    assert [each.written_by for each in history] == [lin.id, zhou.id, lin.id]


async def test_a_change_that_was_not_saved_is_offered_again(world: World, cast: Cast, lin: ActingPerson) -> None:
    """With the note that it changes, from the version it began with; looking at a note leaves nothing behind."""
    message = await logged(world, cast, lin)
    await lin.close_view(await changing(world, lin, message))
    view = await changing(world, lin, message)
    state = entered(view, note="客户嫌费率高，想先试一笔")
    await lin.press(view, visitform.NOTE, value="客户嫌费率高，想先试一笔", state=state)
    await lin.close_view(view)
    await lin.command("/visit")
    await world.quiet()
    view = lin.views()[-1]
    assert prose(view).count("继续写 *远大纺织* 的草稿？") == 1
    await press(lin, view, visitform.CONTINUE)
    await world.quiet()
    view = lin.views()[-1]
    assert (view.title, field(view, "note")["initial_value"]) == ("修改记录", "客户嫌费率高，想先试一笔")
    assert (await lin.submit(view)).closed
    await world.quiet()
    visit = await stored(world, cast, lin)
    assert (visit.version, visit.note) == (2, "客户嫌费率高，想先试一笔")
    assert await world.services.drafts.latest(await cast.actor(lin)) == []


async def test_a_change_delivered_twice_is_one_version(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Both at the same moment."""
    view = await changing(world, lin, await logged(world, cast, lin))
    world.slack.deliver_twice("view_submission", together=True)
    assert (await lin.submit(view, entered(view, note="改过的"))).closed
    await world.quiet()
    assert (await stored(world, cast, lin)).version == 2
    assert len(confirmations(lin)) == 2


async def test_what_is_wrong_with_a_change_is_told_at_its_field(world: World, cast: Cast, lin: ActingPerson) -> None:
    """And nothing is changed."""
    view = await changing(world, lin, await logged(world, cast, lin))
    result = await lin.submit(view, entered(view, note=" ", on="2026-11-25"))
    assert result.errors == {"note": "请写一句话", "on": "日期不能晚于今天"}
    assert (await stored(world, cast, lin)).version == 1


async def test_a_hidden_note_is_not_there(world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson) -> None:
    """A forged button names a colleague's note: the same sentence as for none at all, and no window."""
    await logged(world, cast, lin)
    theirs = await stored(world, cast, lin)
    mine = await logged(world, cast, chen)
    said = []
    for visit_id in (theirs.id, "v-gone"):
        body_of = next(each for each in mine.blocks if each["type"] == "actions")["elements"][0]
        body_of["value"] = visit_id
        await press(chen, mine, views.EDIT)
        await world.quiet()
        assert chen.views() == []
        said.append([each.text for each in chen.dm_messages()][-1])
    assert said == ["没有找到这条记录，它可能属于您看不到的客户。"] * 2

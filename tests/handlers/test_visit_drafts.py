"""A note that was not saved: kept, offered again, thrown away; and what may never be overwritten in an open form."""

from typing import Any

from bot.domain.facts import Attendee
from bot.sandbox import ActingPerson, View
from bot.views import visitform as views
from tests.handlers.cast import Cast
from tests.handlers.reading import Json, entered, field, fields, has, press, prose
from tests.world import TEAM, World


async def opened(world: World, person: ActingPerson, line: str = "") -> View:
    """The form once everything is filled in."""
    assert await person.command("/visit", line) == 200
    await world.quiet()
    return person.views()[-1]


async def types(person: ActingPerson, view: View, note: str, **more: Any) -> None:
    """The note, as Slack reports it while somebody types."""
    state = entered(view, note=note, **more)
    assert await person.press(view, views.NOTE, value=note, state=state) == 200


async def left_behind(world: World, person: ActingPerson, line: str, note: str, **more: Any) -> None:
    """A form with a note, closed without saving."""
    view = await opened(world, person, line)
    await types(person, view, note, **more)
    await person.close_view(view)


async def test_a_note_left_behind_is_offered_by_the_next_form(world: World, cast: Cast, lin: ActingPerson) -> None:
    """With its customer; Continue brings back everything that was typed and picked."""
    customer = await cast.customer(lin)
    await left_behind(
        world, lin, "远大纺织", "嫌费率高，要再谈", channel="phone", on="2026-11-20", next_step="发测算表"
    )
    view = await opened(world, lin)
    assert "继续写 *远大纺织* 的草稿？（11月24日（周二） 10:00）" in prose(view)
    await press(lin, view, views.CONTINUE)
    await world.quiet()
    view = lin.views()[-1]
    assert field(view, "customer")["initial_option"]["value"] == customer.id
    assert field(view, "note")["initial_value"] == "嫌费率高，要再谈"
    assert field(view, "channel")["initial_option"]["value"] == "phone"
    assert field(view, "on")["initial_date"] == "2026-11-20"
    assert field(view, "next_step")["initial_value"] == "发测算表"
    assert not has(view, views.CONTINUE)
    assert (await lin.submit(view, entered(view, next_step_on="2026-11-26"))).closed
    (saved,) = await world.services.visits.store.latest(TEAM, customer.id, 9)
    assert (saved.note, saved.next_step) == ("嫌费率高，要再谈", "发测算表")
    assert not has(await opened(world, lin), views.CONTINUE)


async def test_a_draft_is_offered_in_english(world: World, grace: ActingPerson) -> None:
    """By its first words where no customer is picked."""
    await left_behind(world, grace, "", "They find the fee too high, and want to think about it")
    view = await opened(world, grace)
    assert "Go on with your draft on *They find the fee too high, a…* (Tue 24 Nov 10:00)?" in prose(view)


async def test_continuing_takes_the_place_of_what_stands_in_the_form(world: World, lin: ActingPerson) -> None:
    """Slack keeps what was typed in a field of the same name, so the fields get other names."""
    await left_behind(world, lin, "", "第一份")
    view = await opened(world, lin)
    await press(lin, view, views.CONTINUE, state=entered(view, note="别的话"))
    await world.quiet()
    view = lin.views()[-1]
    assert [
        leaf["value"] for name, each in view.entered.items() if name.startswith("note") for leaf in each.values()
    ] == []
    assert field(view, "note")["initial_value"] == "第一份"


async def test_a_draft_thrown_away_is_gone(world: World, lin: ActingPerson) -> None:
    """What was typed in the open form stays."""
    await left_behind(world, lin, "", "不要的")
    view = await opened(world, lin)
    await press(lin, view, views.DISCARD, state=entered(view, note="新写的"))
    await world.quiet()
    view = lin.views()[-1]
    assert not has(view, views.CONTINUE)
    assert view.entered["note"][views.NOTE]["value"] == "新写的"
    await lin.close_view(view)
    view = await opened(world, lin)
    assert "新写的" in prose(view)
    assert "不要的" not in prose(view)


async def test_a_draft_that_is_gone_is_said_to_be(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Thrown away at another desk; the form stays."""
    await left_behind(world, lin, "", "不要的")
    view = await opened(world, lin)
    (kept,) = await world.services.drafts.latest(await cast.actor(lin))
    await world.services.drafts.discard(await cast.actor(lin), kept.id)
    await press(lin, view, views.CONTINUE)
    await world.quiet()
    assert "这份草稿不在了" in prose(lin.views()[-1])


async def test_drafts_are_ones_own(world: World, lin: ActingPerson, chen: ActingPerson) -> None:
    """A colleague is offered nothing."""
    await left_behind(world, lin, "", "只给自己看")
    assert not has(await opened(world, chen), views.CONTINUE)


async def test_closing_keeps_what_slack_still_knows(world: World, lin: ActingPerson) -> None:
    """Also what was typed before the last pause."""
    view = await opened(world, lin)
    await types(lin, view, "还没停下来就关了")
    await lin.close_view(view)
    await world.quiet()
    assert "还没停下来就关了" in prose(await opened(world, lin))


async def test_what_was_put_in_meanwhile_is_kept_as_it_was_shown(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A window that is closed tells only of the fields that were touched; the others stand as they were shown."""
    await cast.customer(lin)
    view = await opened(world, lin, "远大纺织")
    await types(lin, view, "财务总监在。我们周五前给报价")
    await world.quiet()
    await lin.close_view(view)
    (kept,) = await world.services.drafts.latest(await cast.actor(lin))
    facts = kept.draft.facts()
    assert [each.text for each in facts.promises] == ["我们给报价"]
    assert facts.attendees == (Attendee.CFO,)
    assert kept.draft.customer is not None


async def test_an_empty_form_leaves_no_draft(world: World, lin: ActingPerson) -> None:
    await lin.close_view(await opened(world, lin))
    assert not has(await opened(world, lin), views.CONTINUE)


async def test_a_typed_line_is_kept_when_the_form_opens(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Before anything else is done with it."""
    await cast.customer(lin)
    await opened(world, lin, "远大纺织 嫌费率高")
    (kept,) = await world.services.drafts.latest(await cast.actor(lin))
    assert (kept.draft.note, kept.draft.customer_name) == ("嫌费率高", "远大纺织")


async def test_an_event_that_comes_late_brings_no_draft_back(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Slack told of the typing after the note was saved."""
    await cast.customer(lin)
    view = await opened(world, lin, "远大纺织")
    await types(lin, view, "存好的")
    typing = cast.delivered(lin)[-1].body
    assert (await lin.submit(view, entered(view, note="存好的"))).closed
    typing["actions"][0]["action_ts"] = "1.5"
    await world.slack.deliver("interactive", typing)
    await world.quiet()
    assert await world.services.drafts.latest(await cast.actor(lin)) == []


async def test_a_faulty_form_is_kept_as_it_was_sent(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Whatever becomes of the window then."""
    await cast.customer(lin)
    view = await opened(world, lin, "远大纺织")
    await lin.submit(view, entered(view, note="写好的", next_step="发报价"))
    await world.quiet()
    (kept,) = await world.services.drafts.latest(await cast.actor(lin))
    assert (kept.draft.note, kept.draft.next_step) == ("写好的", "发报价")


async def test_a_window_that_changed_meanwhile_is_left_alone(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The reading of an older state does not get in, and nobody hears of it."""
    await cast.customer(lin)
    view = await opened(world, lin)
    await types(lin, view, "客户嫌费率高")
    await lin.suggest(view, views.CUSTOMER, "新名字")
    await lin.press(view, views.CUSTOMER, selected="new:新名字")
    before = list(view.blocks)
    await world.quiet()
    assert view.blocks == before
    assert "new_name" in fields(view)
    assert lin.dm_messages() == []


async def test_what_is_typed_is_read_once_the_person_pauses(world: World, lin: ActingPerson) -> None:
    """The objection is chosen, with the words; the note itself is left alone."""
    view = await opened(world, lin)
    for note in ("客户嫌费", "客户嫌费率高"):
        await types(lin, view, note)
    await world.quiet()
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == ["cost/fee-too-high"]
    assert _hint(view, "objections") == "原文“客户嫌费率高”"
    assert view.entered["note"][views.NOTE]["value"] == "客户嫌费率高"


async def test_objections_that_were_picked_by_hand_stay(world: World, lin: ActingPerson) -> None:
    view = await opened(world, lin)
    picked = entered(view, objections=["cost/hidden-fees"])
    await lin.press(view, views.NOTE, value="客户嫌费率高", state=picked | entered(view, note="客户嫌费率高"))
    await world.quiet()
    (block,) = [each for each in view.blocks if each["block_id"].startswith("objections")]
    leaf = view.entered[block["block_id"]]["objections"]
    assert [each["value"] for each in leaf["selected_options"]] == ["cost/hidden-fees"]


def _hint(view: View, name: str) -> str:
    found: Json = next(each for each in view.blocks if each["block_id"].split(":")[0] == name)
    return str(found["hint"]["text"])

"""What a lead does about what is asked: one click each, harmless twice, late, or after somebody else's."""

from copy import deepcopy
from datetime import date

import pytest

from bot.domain.customer import Customer
from bot.domain.note import VisitForm
from bot.domain.user import Role
from bot.domain.visit import Channel
from bot.sandbox import ActingPerson, Message
from bot.views import escalations as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, press, prose
from tests.world import TEAM, World

pytestmark = pytest.mark.usefixtures("at_once")


def asked(person: ActingPerson) -> list[Message]:
    messages = person.dm_messages()
    return [each for each in messages if (each.metadata or {}).get("event_type") == "factormate_escalation"]


async def late(world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson) -> tuple[Customer, Message]:
    """A customer nobody has called, and what the lead is asked about it."""
    customer = await cast.customer(lin, last_contact_on="2026-11-02")
    await world.services.nudges.join(TEAM, lin.id)
    await world.running.sweep()
    await world.slack.wait_for(lambda: next(iter(lin.dm_messages()), None))
    return customer, await world.slack.wait_for(lambda: next(iter(asked(zhou)), None))


def old(world: World, person: ActingPerson, message: Message) -> Message:
    """The message as it was, before anything was done about it."""
    state = world.slack.state
    return state.post(state.from_bot(state.dm_id(person.id), "x", blocks=deepcopy(message.blocks)))


async def until_told(world: World, person: ActingPerson, words: str) -> None:
    """By a line that only the person sees."""
    await world.slack.wait_for(
        lambda: any(words in each.text for each in person.messages(world.slack.state.dm_id(person.id)))
    )


async def until_says(world: World, person: ActingPerson, words: str) -> None:
    await world.slack.wait_for(lambda: words in prose(asked(person)[-1]))


async def test_taking_it_ends_the_matter(world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson) -> None:
    """The message says who has it and offers nothing more; a second click is harmless."""
    customer, message = await late(world, cast, lin, zhou)
    assert all(words in prose(message) for words in ("远大纺织", "逾期", "请安排今天联系这位客户"))
    again = old(world, zhou, message)
    await press(zhou, message, views.TAKE)
    await press(zhou, again, views.TAKE)
    await until_says(world, zhou, f"<@{zhou.id}> 已接手（11月24日")
    assert not has(asked(zhou)[-1], views.TAKE)
    found = await world.services.escalations.store.find(TEAM, f"contact-{customer.id}")
    assert found is not None
    assert found.answer is not None
    assert found.answer.by == zhou.id


async def test_the_second_of_two_leads_is_told_who_was_first(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, reed: ActingPerson
) -> None:
    """In English; both messages show it."""
    await world.services.members.set_roles(TEAM, reed.id, frozenset({Role.TEAM_LEAD}), f"East {cast.number}", by="test")
    _, message = await late(world, cast, lin, zhou)
    other = await world.slack.wait_for(lambda: next(iter(asked(reed)), None))
    assert "Please arrange for somebody to be in touch today." in prose(other)
    again = old(world, reed, other)
    await press(zhou, message, views.TAKE)
    await until_says(world, reed, f"<@{zhou.id}> has taken it")
    await press(reed, again, views.NUDGE)
    await until_told(world, reed, f"<@{zhou.id}> has already dealt with it.")


async def test_what_is_done_meanwhile_is_told_kindly(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """A click on the message a week later."""
    customer, message = await late(world, cast, lin, zhou)
    form = VisitForm("V1", customer.id, date(2026, 11, 24), Channel.PHONE, "说好了")
    await world.services.visits.save(await cast.actor(lin), form)
    world.clock.set("2026-12-01T10:00:00+08:00")
    await press(zhou, message, views.NUDGE)
    await until_told(world, zhou, "已经处理完")


async def test_an_objection_is_called_by_its_name(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """As the playbook calls it, so that the lead knows what it is about."""
    customer = await cast.customer(lin, last_contact_on="2026-11-02")
    form = VisitForm("V1", customer.id, date(2026, 11, 4), Channel.PHONE, "嫌贵", objection_ids=("cost/fee-too-high",))
    now = world.clock()
    world.clock.set("2026-11-04T17:00:00+08:00")
    await world.services.visits.save(await cast.actor(lin), form)
    world.clock.set(now.isoformat())
    await world.services.nudges.join(TEAM, lin.id)
    await world.running.sweep()
    await world.slack.wait_for(lambda: next((each for each in asked(zhou) if "费用太高" in prose(each)), None))


async def test_reassigning_hands_the_customer_over(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, chen: ActingPerson
) -> None:
    """With the form of every hand-over; then the old message offers nothing more."""
    customer, message = await late(world, cast, lin, zhou)
    again = old(world, zhou, message)
    await press(zhou, message, views.REASSIGN)
    view = zhou.views()[-1]
    assert "远大纺织" in prose(view)
    assert (await zhou.submit(view, entered(view, to=chen.id))).closed
    await until_says(world, zhou, f"<@{zhou.id}> 已换人跟进")
    await world.quiet()
    assert (await world.services.customers.customers.get(TEAM, customer.id)).owner_id == chen.id
    await press(zhou, again, views.REASSIGN)
    await until_told(world, zhou, f"<@{zhou.id}> 已经处理了")


async def test_agreed_quiet_takes_a_day_ahead_and_a_reason(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    customer, message = await late(world, cast, lin, zhou)
    await press(zhou, message, views.QUIET)
    view = zhou.views()[-1]
    past = await zhou.submit(view, entered(view, until="2026-11-24", reason="年底结账"))
    assert not past.closed
    done = await zhou.submit(view, entered(view, until="2026-12-15", reason="年底结账"))
    assert done.closed
    await until_says(world, zhou, "已和客户约定暂不打扰")
    found = await world.services.dossiers.get(await cast.actor(zhou), customer.id)
    assert (found.customer.quiet_until, found.details.quiet_reason) == (date(2026, 12, 15), "年底结账")


async def test_nudging_again_leads_the_next_daily_message(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson
) -> None:
    """With the lead's name, above the list."""
    _, message = await late(world, cast, lin, zhou)
    await press(zhou, message, views.NUDGE)
    await until_says(world, zhou, "已再次提醒客户经理")
    world.clock.set("2026-11-25T09:30:00+08:00")
    told = await cast.nudge(lin)
    assert f":bell: <@{zhou.id}> 请您今天先办 *远大纺织* 的事。" in prose(told)

"""*Log as visit note* on a message: the message, or its thread where the app may read it, becomes the note."""

import pytest

from bot.sandbox import ActingPerson, Message, View
from handlers.visits import FROM_MESSAGE
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, field, fields, prose
from tests.world import TEAM, World

MINUTES = "\n".join(["谈了应收账款确权和回款账户"] * 950 + ["最后一句"])


async def noted(world: World, person: ActingPerson, message: Message) -> View:
    assert await person.shortcut(FROM_MESSAGE, message) == 200
    await world.quiet()
    return person.views()[-1]


async def thread(person: ActingPerson, channel: str, *replies: str) -> list[Message]:
    first = await person.say(channel, "今天去了远大纺织")
    return [first, *[await person.say(channel, each, thread_ts=first.ts) for each in replies]]


async def test_a_message_becomes_the_note(world: World, cast: Cast, lin: ActingPerson, lunch: str) -> None:
    """Without Slack's markup, also in a channel that the app is not in; what is heard in it is chosen."""
    customer = await cast.customer(lin)
    view = await noted(world, lin, await lin.say(lunch, "远大纺织说 *费率太高*，要再谈 <b> &"))
    assert field(view, "note")["initial_value"] == "远大纺织说 *费率太高*，要再谈 <b> &"
    assert field(view, "customer")["initial_option"]["value"] == customer.id
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == ["cost/fee-too-high"]
    assert (await lin.submit(view)).closed
    assert len(await world.services.visits.store.latest(TEAM, customer.id, 9)) == 1


async def test_a_thread_becomes_the_note_from_any_of_its_messages(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """All of it, in order, without who said it: names are no part of a note."""
    messages = await thread(chen, east, "财务嫌费率高", "周三前给报价")
    for message in (messages[0], messages[2]):
        view = await noted(world, lin, message)
        assert field(view, "note")["initial_value"] == "今天去了远大纺织\n财务嫌费率高\n周三前给报价"
        assert "只放了这一条" not in prose(view)


async def test_where_the_app_is_no_member_the_one_message_is_taken(
    world: World, lin: ActingPerson, grace: ActingPerson, lunch: str
) -> None:
    """And the form says so, in the reader's language."""
    messages = await thread(lin, lunch, "财务嫌费率高", "周三前给报价")
    view = await noted(world, lin, messages[1])
    assert field(view, "note")["initial_value"] == "财务嫌费率高"
    assert "只放了这一条消息" in prose(view)
    assert "Only this message" in prose(await noted(world, grace, messages[1]))


@pytest.mark.parametrize("error", ["missing_scope", "not_in_channel", "thread_not_found", "ratelimited"])
async def test_a_thread_that_slack_refuses(world: World, lin: ActingPerson, east: str, error: str) -> None:
    """An older installation lacks the scope; the form is there all the same, and what it says stays as one types."""
    messages = await thread(lin, east, "财务嫌费率高")
    world.slack.faults.add("conversations.replies", "error", error=error)
    view = await noted(world, lin, messages[1])
    assert "只放了这一条消息" in prose(view)
    await lin.press(view, "note", value="客户说银行比我们便宜", state=entered(view, note="客户说银行比我们便宜"))
    await world.quiet()
    assert "只放了这一条消息" in prose(view)
    assert field(view, "note")["initial_value"] == "客户说银行比我们便宜"


async def test_long_minutes_stand_beside_the_note(world: World, cast: Cast, lin: ActingPerson, lunch: str) -> None:
    """Twelve thousand characters in four parts, kept as a draft at once; what is more comes by message."""
    view = await noted(world, lin, await lin.say(lunch, MINUTES))
    parts = [each["text"]["text"] for each in view.blocks if each["block_id"].startswith("pasted")]
    assert "".join(parts) == MINUTES[:12_000]
    assert [len(each) for each in parts] == [3000] * 4
    assert fields(view)[:2] == ["customer", "note"]
    assert "initial_value" not in field(view, "note")
    (kept,) = await world.services.drafts.latest(await cast.actor(lin))
    assert kept.draft.pasted == MINUTES[:12_000]
    rest = await world.slack.wait_for(lambda: next((each for each in lin.dm_messages() if each.is_bot), None))
    assert prose(rest).endswith("最后一句")


async def test_a_draft_of_long_minutes_brings_them_back(world: World, lin: ActingPerson, lunch: str) -> None:
    view = await noted(world, lin, await lin.say(lunch, MINUTES[:9000]))
    await lin.close_view(view)
    await lin.command("/visit")
    view = lin.views()[-1]
    await lin.press(view, "visit_draft_continue.0")
    await world.quiet()
    parts = [each["text"]["text"] for each in view.blocks if each["block_id"].startswith("pasted")]
    assert "".join(parts) == MINUTES[:9000]


async def test_minutes_are_sealed_wherever_they_lie(world: World, cast: Cast, lin: ActingPerson, lunch: str) -> None:
    """In the draft and in the saved note."""
    await cast.customer(lin)
    redis = world.services.visits.store.records.redis
    view = await noted(world, lin, await lin.say(lunch, f"远大纺织 {'机密谈话' * 1000}"))
    rows = [str(await redis.get(key)) async for key in redis.scan_iter(match=f"*:draft:{lin.id}:*")]
    assert rows
    assert (await lin.submit(view, entered(view, note="机密小结"))).closed
    rows += [str(await redis.get(key)) async for key in redis.scan_iter(match="*:visit:*")]
    assert not any("机密" in row or r"\u673a" in row for row in rows)
    assert [key async for key in redis.scan_iter(match=f"*:draft:{lin.id}:*")] == []


async def test_who_may_not_log_visits_is_told_so(reed: ActingPerson, lunch: str) -> None:
    """Before a form is filled in vain."""
    await reed.shortcut(FROM_MESSAGE, await reed.say(lunch, "hello"))
    assert reed.views() == []


async def test_a_message_without_words_opens_an_empty_form(world: World, lin: ActingPerson, lunch: str) -> None:
    view = await noted(world, lin, await lin.say(lunch, ":tada:"))
    assert field(view, "note")["initial_value"] == ":tada:"

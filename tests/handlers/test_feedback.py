"""👍 and 👎 under an answer: native buttons, plain ones where Slack refuses them, and what follows a 👎."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio

from bot.domain.question import Question, Reason
from bot.domain.usage import Use
from bot.domain.user import Role
from bot.sandbox import ActingPerson, Message, View
from bot.services.feedback import FeedbackService
from bot.storage import keys
from bot.views import feedback as views
from bot.views import library as library_views
from bot.views import playbook as playbook_views
from bot.views import usage as usage_views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, has, labels, press, prose, shown
from tests.handlers.test_home import home
from tests.world import TEAM, World

FEE, ENTRY = "客户嫌费率高", "cost/fee-too-high"


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def fresh(world: World) -> AsyncIterator[None]:
    """Counts begin at nothing, and what Slack refused is forgotten before and after."""
    redis = feedback(world).store.records.redis
    gone = [keys.usage(TEAM, "2026-11"), keys.last_used(TEAM), keys.plain_feedback(TEAM)]
    await world.quiet()
    await redis.delete(*gone)
    yield
    await redis.delete(keys.plain_feedback(TEAM))


def feedback(world: World) -> FeedbackService:
    return world.services.feedback


async def counts(world: World) -> dict[Use, int]:
    found = {each.entry_id: each for each in await feedback(world).store.months(TEAM, ["2026-11"])}
    return {use: count for use, count in found[ENTRY].counts.items() if count} if ENTRY in found else {}


async def filed(world: World, person: ActingPerson) -> list[Question]:
    since = datetime.fromisoformat("2026-11-01T00:00:00+08:00")
    return [each for each in await world.services.gaps.questions.since(TEAM, since) if each.asked_by == person.id]


async def answer(person: ActingPerson, channel: str, line: str = FEE) -> Message:
    await person.command("/objection", line, channel)
    return person.messages(channel)[-1]


async def vote(person: ActingPerson, message: Message, side: str, row: int = 0) -> None:
    await press(person, message, views.VOTE, row, selected=side)


async def test_a_thumbs_up_is_counted_and_thanked_for(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Privately, once for a person and answer, however often it is pressed."""
    message = await answer(lin, east)
    assert element(message, views.VOTE)["type"] == "feedback_buttons"
    for _ in range(2):
        await vote(lin, message, "positive")
    thanks = await world.slack.wait_for(lambda: next((m for m in lin.messages(east) if "谢谢" in m.text), None))
    assert thanks.is_ephemeral
    assert chen.messages(east) == []
    assert lin.views() == []
    await vote(lin, await answer(lin, east), "positive")
    assert (await counts(world))[Use.UP] == 2, "another answer is another vote"
    assert await filed(world, lin) == []


async def test_a_thumbs_down_asks_what_was_missing(world: World, lin: ActingPerson, east: str) -> None:
    """Filed with the question; what was missing is added, masked; the window then says thank you."""
    await vote(lin, await answer(lin, east, f"{FEE}，打13912345678"), "negative")
    (view,) = lin.views()
    result = await lin.submit(view, entered(view, missing="问的是提前还款，13912345678"))
    assert result.view is not None
    assert "谢谢" in shown(result.view)
    (question,) = await filed(world, lin)
    assert (question.reason, question.shown_id) == (Reason.DOWN, ENTRY)
    assert (question.text, question.missing) == (f"{FEE}，打•••", "问的是提前还款，•••")
    assert (await counts(world))[Use.DOWN] == 1


async def test_saying_nothing_more_is_fine(world: World, lin: ActingPerson, grace: ActingPerson, east: str) -> None:
    """An empty form is thanked for, and a closed one leaves the 👎 as it is."""
    await vote(grace, await answer(grace, east), "negative")
    result = await grace.submit(grace.views()[0])
    assert result.view is not None
    assert "Thank you" in shown(result.view)
    await vote(lin, await answer(lin, east), "negative")
    await lin.close_view(lin.views()[0])
    assert len(await filed(world, lin)) == len(await filed(world, grace)) == 1


async def test_changing_ones_mind_replaces_the_vote(world: World, lin: ActingPerson, east: str) -> None:
    """And takes back what was filed."""
    message = await answer(lin, east)
    await vote(lin, message, "negative")
    await vote(lin, message, "positive")
    found = await counts(world)
    assert (found.get(Use.UP), found.get(Use.DOWN)) == (1, None)
    assert await filed(world, lin) == []


async def test_of_two_plays_each_has_its_own_buttons(world: World, lin: ActingPerson, east: str) -> None:
    message = await answer(lin, east, "客户说太贵了，还怕买方知道")
    await vote(lin, message, "positive")
    await vote(lin, message, "negative", row=1)
    (question,) = await filed(world, lin)
    assert question.shown_id != ENTRY
    assert (await counts(world))[Use.UP] == 1


async def test_the_buttons_stay_when_the_language_is_switched(world: World, lin: ActingPerson, east: str) -> None:
    """It is still the same answer."""
    message = await answer(lin, east)
    await vote(lin, message, "negative")
    await press(lin, message, playbook_views.SWITCH)
    await world.slack.wait_for(lambda: labels(lin.messages(east)[0])[-1] == "中文")
    await vote(lin, lin.messages(east)[0], "positive")
    assert await filed(world, lin) == []
    assert (await counts(world)).get(Use.DOWN) is None


async def test_a_shared_play_asks_nobody(world: World, lin: ActingPerson, chen: ActingPerson, east: str) -> None:
    """It answered no question of theirs."""
    await press(lin, await answer(lin, east), playbook_views.SHARE)
    shared = await world.slack.wait_for(lambda: next(iter(chen.messages(east)), None))
    assert not has(shared, views.VOTE)
    await world.quiet()
    assert (await counts(world))[Use.SHARED] == 1


# in the window of Find a reply


async def reply_to(person: ActingPerson, sender: ActingPerson, channel: str, line: str = FEE) -> View:
    await person.shortcut(library_views.FIND_REPLY, await sender.say(channel, line))
    return person.views()[-1]


async def test_a_reply_that_was_found_is_voted_on_in_its_window(
    world: World, grace: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Plain buttons, since windows do not take Slack's own; thanked for once, however often it is pressed."""
    view = await reply_to(grace, chen, east)
    assert {element(view, views.VOTE, row)["type"] for row in (0, 1)} == {"button"}
    for _ in range(2):
        await press(grace, grace.views()[-1], views.VOTE, 0)
    assert prose(grace.views()[-1]).count("Thank you, noted.") == 1
    await world.quiet()
    assert await counts(world) == {Use.ASKED: 1, Use.UP: 1}


async def test_what_the_found_reply_lacked_is_asked_on_top_and_filed(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """With the customer's words, masked; a 👍 after all takes it back."""
    view = await reply_to(lin, chen, east, f"{FEE}，打13912345678")
    await press(lin, view, views.VOTE, 1)
    assert len(lin.views()) == 2
    asked = lin.views()[-1]
    result = await lin.submit(asked, entered(asked, missing="问的是提前还款"))
    assert result.view is not None
    assert "谢谢" in shown(result.view)
    (question,) = await filed(world, lin)
    assert (question.reason, question.shown_id) == (Reason.DOWN, ENTRY)
    assert (question.text, question.missing) == (f"{FEE}，打•••", "问的是提前还款")
    await lin.close_view(lin.views()[-1])
    await press(lin, lin.views()[-1], views.VOTE, 0)
    assert await filed(world, lin) == []


async def test_a_play_found_by_hand_after_no_reply_is_remembered(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    view = await reply_to(lin, chen, east, "今天天气不错")
    await press(lin, view, library_views.BROWSE, selected=ENTRY)
    await world.quiet()
    (question,) = await filed(world, lin)
    assert (question.reason, question.found_id) == (Reason.BROWSED, ENTRY)


# where Slack refuses its own


async def test_plain_buttons_where_slack_refuses_its_own(world: World, lin: ActingPerson, east: str) -> None:
    """Sent again at once; from then on commands get them too, whose answers Slack does not comment on."""
    world.slack.faults.add("chat.postMessage", "error", error="invalid_blocks")
    await lin.dm(FEE)
    message = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if m.is_bot), None))
    assert element(message, views.VOTE)["type"] == "button"
    again = await answer(lin, east)
    assert [each["text"] for each in (element(again, views.VOTE, row)["text"] for row in (0, 1))] == [
        "👍 有用",
        "👎 没帮上",
    ]
    await press(lin, again, views.VOTE, 1)
    assert len(lin.views()) == 1
    await press(lin, again, views.VOTE, 0)
    found = await counts(world)
    assert (found.get(Use.UP), found.get(Use.DOWN)) == (1, None)


async def test_a_mention_refused_comes_plain(world: World, lin: ActingPerson, east: str) -> None:
    """Not as a direct message instead of in its place."""
    world.slack.faults.add("chat.postEphemeral", "error", error="invalid_blocks")
    world.slack.faults.add("chat.postMessage", "error", error="invalid_blocks")
    await lin.mention(east, FEE)
    message = await world.slack.wait_for(lambda: next((m for m in lin.messages(east) if m.is_bot), None))
    assert element(message, views.VOTE)["type"] == "button"
    assert lin.dm_messages() == []


# usage


async def test_editors_see_how_plays_are_used(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Asked, voted, and led to a visit; without names."""
    await world.services.members.set_roles(TEAM, zhou.id, frozenset({Role.EDITOR}), None, by="test")
    customer = await cast.customer(lin)
    message = await answer(lin, east)
    await vote(lin, message, "positive")
    await press(lin, message, playbook_views.VISIT)
    (view,) = lin.views()
    chosen = (await lin.suggest(view, "visit_customer", customer.name))[0]
    await press(lin, view, "visit_customer", selected=chosen)
    (view,) = lin.views()
    await lin.submit(view, entered(view, note="嫌费率高"))
    await world.slack.wait_for(lambda: any("已保存" in prose(each) for each in lin.dm_messages()))
    await world.quiet()
    await press(zhou, await home(world, zhou), usage_views.OPEN)
    told = shown(zhou.views()[0])
    assert f"*{world.objection(ENTRY).title.zh}*\n问到 1 · 👍 1 · 记了拜访 1 · 最近 11月24日" in told
    assert lin.id not in told


async def test_others_do_not_see_usage(world: World, lin: ActingPerson) -> None:
    view = await home(world, lin)
    assert not has(view, usage_views.OPEN)


@pytest.mark.parametrize("line", ["", "?"])
async def test_what_is_no_answer_has_no_buttons(lin: ActingPerson, east: str, line: str) -> None:
    assert not has(await answer(lin, east, line), views.VOTE)

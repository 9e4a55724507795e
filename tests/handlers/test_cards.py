"""The buttons under an answer: the whole entry, the other language, sharing, logging a visit."""

from typing import Any, get_args

import pytest

from bot.domain.entry import Lang
from bot.sandbox import ActingPerson, Call, Message, View
from bot.views import entrywindow
from bot.views import playbook as views
from bot.views.blocks import packed
from tests.handlers.reading import element, entered, field, has, labels, press, prose, shown
from tests.world import World

FEE = "cost/fee-too-high"


async def card(person: ActingPerson, channel: str, line: str = "客户嫌费率高") -> Message:
    await person.command("/objection", line, channel)
    return person.messages(channel)[-1]


async def card_by_dm(world: World, person: ActingPerson) -> Message:
    await person.dm("客户嫌费率高")
    return await world.slack.wait_for(lambda: next((m for m in person.dm_messages() if m.is_bot), None))


def posted(person: ActingPerson, channel: str) -> list[Message]:
    """The app's messages that everybody in the channel sees."""
    return [each for each in person.messages(channel) if each.is_bot and not each.is_ephemeral]


# the whole entry


async def test_more_shows_the_whole_entry(world: World, lin: ActingPerson, east: str) -> None:
    """Worry, how to tell real from excuse, all steps, all evidence with sources, what to say instead, related plays."""
    entry = world.objection(FEE)
    await press(lin, await card(lin, east), views.MORE)
    (view,) = lin.views()
    told = shown(view)
    for part in (entry.worry, entry.genuine_if, entry.excuse_if, entry.reply):
        assert part.zh in told
    assert all(each.zh in told for each in entry.steps)
    assert all(each.zh in told for each in entry.evidence)
    for never in entry.never:
        assert world.services.playbook.shipped.playbook.red_lines[never.rule].instead.zh in told
    for related in entry.related:
        assert world.objection(related).title.zh in labels(view)


async def test_every_entry_can_be_opened_in_both_languages(world: World, lin: ActingPerson, east: str) -> None:
    """Slack accepts the window of all of them: nothing is too long or missing."""
    answer = await card(lin, east)
    press_more = element(answer, views.MORE)["action_id"]
    for entry in world.services.playbook.shipped.playbook.entries.values():
        for lang in get_args(Lang):
            element(answer, views.MORE)["value"] = packed({"e": entry.id, "l": lang})
            await lin.press(answer, press_more)
            assert entry.title.in_(lang) in shown(lin.views()[-1])


async def test_related_play_opens_in_the_same_window(world: World, lin: ActingPerson, east: str) -> None:
    """From one entry to the next without closing anything."""
    await press(lin, await card(lin, east), views.MORE)
    related = world.objection(world.objection(FEE).related[0])
    await press(lin, lin.views()[0], entrywindow.RELATED, 0)
    (view,) = lin.views()
    assert related.worry.zh in shown(view)


async def test_more_in_english(world: World, grace: ActingPerson, east: str) -> None:
    """Headings in the reader's language, the entry in the question's."""
    await press(grace, await card(grace, east, "the fee is too high"), views.MORE)
    (view,) = grace.views()
    assert view.title == "The whole play"
    assert world.objection(FEE).worry.en in shown(view)


# the other language


async def test_switch_shows_the_play_in_the_other_language_and_back(world: World, lin: ActingPerson, east: str) -> None:
    """In place; the headings stay in the reader's language."""
    entry = world.objection(FEE)
    answer = await card(lin, east)
    assert labels(answer)[-1] == "EN"
    await press(lin, answer, views.SWITCH)
    await world.slack.wait_for(lambda: entry.speak.en in prose(lin.messages(east)[0]))
    (switched,) = lin.messages(east)
    assert "这样说" in prose(switched)
    assert labels(switched)[-1] == "中文"
    await press(lin, switched, views.SWITCH)
    await world.slack.wait_for(lambda: entry.speak.zh in prose(lin.messages(east)[0]))


async def test_switch_in_the_dm(world: World, lin: ActingPerson) -> None:
    """An ordinary message changes in place too."""
    entry = world.objection(FEE)
    answer = await card_by_dm(world, lin)
    await press(lin, answer, views.SWITCH)
    await world.slack.wait_for(lambda: entry.speak.en in prose(lin.dm_messages()[-1]))
    assert len(lin.dm_messages()) == 2


async def test_switch_after_the_reply_address_is_used_up(world: World, lin: ActingPerson, east: str) -> None:
    """Slack then lets the app change nothing, so the card comes anew, still for the asker only."""
    world.slack.faults.add("response_url", "server_error", status=404)
    await press(lin, await card(lin, east), views.SWITCH)
    await world.slack.wait_for(lambda: len(lin.messages(east)) == 2)
    again = lin.messages(east)[1]
    assert again.is_ephemeral
    assert world.objection(FEE).speak.en in prose(again)


# sharing


async def test_share_posts_to_the_channel_with_who_shared(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """All in the channel see the play and from whom, but not the question that led to it; the sharer is not rung."""
    await press(lin, await card(lin, east), views.SHARE)
    (shared,) = await world.slack.wait_for(lambda: posted(chen, east))
    assert f"<@{lin.id}> 分享了一条话术" in prose(shared)
    assert world.objection(FEE).speak.zh in prose(shared)
    assert "匹配依据" not in prose(shared)
    assert set(shared.pings) <= {lin.id}


async def test_share_works_where_the_app_is_no_member(
    world: World, lin: ActingPerson, chen: ActingPerson, lunch: str
) -> None:
    """The command's reply address may post into any channel."""
    await press(lin, await card(lin, lunch), views.SHARE)
    await world.slack.wait_for(lambda: posted(chen, lunch))


async def test_shared_card_has_its_own_more(world: World, lin: ActingPerson, chen: ActingPerson, east: str) -> None:
    """Colleagues can open the whole entry, each in their own window; sharing on is not offered."""
    await press(lin, await card(lin, east), views.SHARE)
    (shared,) = await world.slack.wait_for(lambda: posted(chen, east))
    assert not has(shared, views.SHARE)
    await press(chen, shared, views.MORE)
    assert world.objection(FEE).worry.zh in shown(chen.views()[0])
    assert lin.views() == []


async def test_share_falls_back_to_an_ordinary_post(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """When the reply address is used up, the app posts as a member."""
    world.slack.faults.add("response_url", "server_error", status=404)
    await press(lin, await card(lin, east), views.SHARE)
    await world.slack.wait_for(lambda: posted(chen, east))
    assert calls(world, "chat.postMessage", channel=east)


async def test_share_that_cannot_be_posted_says_how_to_invite(
    world: World, lin: ActingPerson, chen: ActingPerson, lunch: str
) -> None:
    """Neither reply address nor membership: the person learns what to type, by name and in private."""
    world.slack.faults.add("response_url", "server_error", status=404)
    await press(lin, await card(lin, lunch), views.SHARE)
    told = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()), None))
    assert "/invite @factormate" in told.text
    assert f"<#{lunch}>" in told.text
    assert posted(chen, lunch) == []


async def test_share_into_a_channel_the_app_cannot_see(world: World, grace: ActingPerson, lunch: str) -> None:
    """Slack hides private channels from apps: then no name can be given, only the advice."""
    world.slack.faults.add("response_url", "server_error", status=404)
    world.slack.faults.add("chat.postMessage", "error", error="channel_not_found")
    await press(grace, await card(grace, lunch), views.SHARE)
    told = await world.slack.wait_for(lambda: next(iter(grace.dm_messages()), None))
    assert "Invite me there" in told.text


async def test_share_from_the_dm_asks_where(world: World, lin: ActingPerson, chen: ActingPerson, east: str) -> None:
    """There is no channel to share to, so the person picks one."""
    await press(lin, await card_by_dm(world, lin), views.SHARE)
    (view,) = lin.views()
    assert view.title == "分享话术"
    result = await lin.submit(view, target(view, east))
    assert result.closed
    (shared,) = await world.slack.wait_for(lambda: posted(chen, east))
    assert f"<@{lin.id}>" in prose(shared)


@pytest.mark.parametrize("together", [False, True], ids=["after", "together"])
async def test_share_form_sent_twice_shares_once(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str, together: bool
) -> None:
    """A repeated delivery of the same form is the same wish."""
    await press(lin, await card_by_dm(world, lin), views.SHARE)
    (view,) = lin.views()
    world.slack.deliver_twice("view_submission", together=together)
    await lin.submit(view, target(view, east))
    await world.slack.wait_for(lambda: posted(chen, east))
    await world.slack.settled()
    assert len(posted(chen, east)) == 1


async def test_share_click_delivered_twice_shares_once(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Networks repeat clicks; the first one counts."""
    answer = await card(lin, east)
    world.slack.deliver_twice("block_actions")
    await press(lin, answer, views.SHARE)
    await world.slack.wait_for(lambda: posted(chen, east))
    assert len(posted(chen, east)) == 1


# logging a visit


async def test_visit_opens_the_note_with_the_objection(lin: ActingPerson, east: str) -> None:
    """The objection just answered is filled in."""
    await press(lin, await card(lin, east), views.VISIT)
    (view,) = lin.views()
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == [FEE]


async def test_visit_is_refused_kindly_to_who_may_not_log(world: World, reed: ActingPerson, east: str) -> None:
    """A colleague without a role is told before a form is filled in for nothing."""
    await press(reed, await card(reed, east), views.VISIT)
    told = await world.slack.wait_for(lambda: next((m for m in reed.messages(east)[1:]), None))
    assert "aren't set up as an account manager" in told.text
    assert reed.views() == []


# forged and stale values


@pytest.mark.parametrize("kind", [views.MORE, views.SHARE, views.VISIT, views.SWITCH])
@pytest.mark.parametrize("value", ["", "not json", "[]", '{"e":"no/such-entry","l":"zh"}', '{"e":null}'])
async def test_play_that_is_gone_is_said_kindly(
    world: World, lin: ActingPerson, east: str, kind: str, value: str
) -> None:
    """Old messages outlive entries, and values can be forged: a sentence, no failure."""
    answer = await card(lin, east)
    element(answer, kind)["value"] = value
    assert await press(lin, answer, kind) == 200
    told = await world.slack.wait_for(lambda: next((m for m in lin.messages(east)[1:]), None))
    assert told.text == "这条话术已经下架，请换一条。"
    assert told.is_ephemeral


async def test_window_opened_too_late_is_said_kindly(world: World, lin: ActingPerson, east: str) -> None:
    """Slack gives three seconds to open a window; after that the person is asked to start again."""
    world.slack.faults.add("views.open", "error", error="expired_trigger_id")
    assert await press(lin, await card(lin, east), views.MORE) == 200
    told = await world.slack.wait_for(lambda: next((m for m in lin.messages(east)[1:]), None))
    assert "失效" in told.text


def target(view: View, channel: str) -> dict[str, dict[str, Any]]:
    return entered(view, **{views.SHARE_TARGET: channel})


def calls(world: World, method: str, channel: str) -> list[Call]:
    return [each for each in world.slack.calls if each.method == method and each.args.get("channel") == channel]

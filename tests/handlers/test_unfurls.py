"""Permanent links: a play's shows what may be said, among colleagues; a customer's shows nothing before the click."""

from typing import Any

import pytest
from aiohttp import ClientSession

from bot.sandbox import ActingPerson, Message
from bot.views import playbook as playbook_views
from bot.views import unfurls as views
from tests.handlers.cast import Cast
from tests.handlers.reading import prose, shown
from tests.world import PUBLIC_URL, World

PLAY = f"{PUBLIC_URL}/p/cost/fee-too-high"


async def posted(world: World, person: ActingPerson, text: str, channel: str) -> Message:
    message = await person.say(channel, text)
    await world.quiet()
    return message


def blocks_of(message: Message) -> str:
    return str([each["blocks"] for each in message.attachments])


async def test_a_plays_link_shows_the_line_to_say(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """And a button to the whole play, for every colleague; nothing of what is internal."""
    message = await posted(world, lin, f"看这条 {PLAY}", east)
    entry = world.objection("cost/fee-too-high")
    assert entry.say.zh in blocks_of(message)
    assert entry.never[0].zh not in blocks_of(message)
    assert await chen.press(message, f"{playbook_views.MORE}.0") == 200
    assert entry.steps[0].zh in shown(chen.views()[-1])


async def test_the_whole_play_has_its_link(lin: ActingPerson, east: str) -> None:
    await lin.command("/objection", "客户嫌费率高", east)
    await lin.press(lin.messages(east)[-1], f"{playbook_views.MORE}.0")
    assert PLAY in shown(lin.views()[-1])


@pytest.mark.parametrize("url", ["/p/cost/no-such-play", "/x/cost/fee-too-high", ""])
async def test_what_leads_nowhere_shows_nothing(world: World, lin: ActingPerson, east: str, url: str) -> None:
    assert (await posted(world, lin, f"{PUBLIC_URL}{url}", east)).attachments == []


async def test_a_play_is_not_shown_where_others_read(world: World, lin: ActingPerson, lunch: str) -> None:
    """A guest in the channel; nor in a conversation whose members Slack does not tell."""
    world.slack.state.join("C0GUEST", lin.id)
    assert (await posted(world, lin, PLAY, "C0GUEST")).attachments == []


async def test_a_guest_who_posts_a_link_gets_nothing_and_is_told_nothing(world: World) -> None:
    guest = world.slack.person("U0GUEST")
    known = len(guest.dm_messages())
    assert (await posted(world, guest, PLAY, "C0GUEST")).attachments == []
    assert len(guest.dm_messages()) == known


async def test_in_the_apps_own_conversation_it_is_shown(world: World, grace: ActingPerson) -> None:
    """In the language of who posts it."""
    message = await posted(world, grace, PLAY, f"D{grace.id[1:]}")
    assert world.objection("cost/fee-too-high").say.en in blocks_of(message)


async def test_a_customers_link_tells_nothing_before_the_click(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """Not even whether there is such a customer. Who may see it gets the brief, alone; others, that there is none."""
    customer = await cast.customer(lin)
    card, none = [
        await posted(world, lin, f"{PUBLIC_URL}/c/{each}", east) for each in (customer.id, "c0000000000000000")
    ]
    assert "远大" not in blocks_of(card)
    assert [each["text"] for each in texts(card)] == [each["text"] for each in texts(none)]
    await lin.press(card, views.OPEN)
    brief = await world.slack.wait_for(lambda: next((m for m in lin.messages(east) if m.ephemeral_to == lin.id), None))
    assert "远大纺织" in str(brief.blocks)
    assert f"{PUBLIC_URL}/c/{customer.id}" in prose(brief)
    await reed.press(card, views.OPEN)
    await world.quiet()
    assert "远大" not in str([each.text for each in reed.messages(east) if each.is_bot])


def texts(message: Message) -> list[dict[str, Any]]:
    return [block["text"] for each in message.attachments for block in each["blocks"] if block["type"] == "section"]


async def test_the_page_behind_a_link_is_the_same_for_all(world: World) -> None:
    """It says that this is in Slack; nothing runs in it, nothing frames it, nothing is kept of it."""
    base = world.bot_url.removesuffix("/slack/events")
    pages = []
    async with ClientSession() as session:
        for path in ("/p/cost/fee-too-high", "/c/c123", "/p/<script>alert(1)</script>"):
            async with session.get(f"{base}{path}") as answer:
                pages.append((answer.status, await answer.text(), answer.headers["Content-Security-Policy"]))
    assert len(set(pages)) == 1
    status, page, policy = pages[0]
    assert status == 200
    assert "default-src 'none'" in policy
    assert "请在 Slack 里打开" in page
    assert "This is in Slack" in page

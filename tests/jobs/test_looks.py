"""Whether Slack has taken a post is not always known: it is looked for in the channel before it is posted again."""

import asyncio
from datetime import timedelta

import pytest

from bot import slack
from bot.domain.notice import MAX_LOOKUPS, NoticeState
from bot.domain.nudge import digest_key
from handlers.home import publish_home
from tests.jobs.office import CLIENT_SECONDS, LIN_DM, SETTLED, TODAY, Office
from tests.world import BOT_TOKEN, LIN, TEAM


async def chatter(office: Office, count: int) -> None:
    for number in range(count):
        await office.slack.person(LIN).dm(f"消息 {number}")


async def test_no_answer_is_looked_into_before_anything_is_posted_again(planned: Office) -> None:
    """Nothing was posted: after the look it is posted, once."""
    planned.slack.faults.add("chat.postMessage", "timeout")
    assert (await planned.deliver()).state is NoticeState.POSTING
    assert (await planned.settle()).state is NoticeState.PLANNED
    assert len(planned.posts) == 1, "a look posts nothing"
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.digests()) == 1


async def test_the_look_waits_until_slack_has_made_up_its_mind(planned: Office) -> None:
    """For half a minute after the post nothing is asked and nothing is posted."""
    planned.slack.faults.add("chat.postMessage", "timeout")
    await planned.deliver()
    planned.wall.advance(timedelta(seconds=29))
    assert (await planned.deliver()).state is NoticeState.POSTING
    assert planned.calls("conversations.history") == []


async def test_the_look_is_one_small_question(planned: Office) -> None:
    """Since shortly before the intent, with metadata, and no more than Slack grants every app."""
    planned.slack.faults.add("chat.postMessage", "drop")
    await planned.deliver()
    posted_at = planned.wall().timestamp()
    await planned.settle()
    (call,) = planned.calls("conversations.history")
    assert call.args["channel"] == LIN_DM
    assert str(call.args["include_all_metadata"]).lower() in ("1", "true")
    assert int(call.args["limit"]) == 15
    assert 0 < posted_at - float(call.args["oldest"]) <= 120


async def test_accepted_but_answered_too_late(planned: Office) -> None:
    """The message is found by its key, and not sent again."""
    planned.slack.faults.add("chat.postMessage", "accept_late")
    await planned.deliver()
    digest = await planned.settle()
    (message,) = planned.digests()
    assert (digest.state, digest.message_ts) == (NoticeState.SENT, message.ts)
    assert len(planned.posts) == 1


async def test_accepted_long_after_the_client_gave_up(planned: Office) -> None:
    """Slack posts it while nobody listens any more; the look comes later than that."""
    planned.slack.faults.add("chat.postMessage", "accept_late", effect_after=CLIENT_SECONDS + 0.5)
    assert (await planned.deliver()).state is NoticeState.POSTING
    assert planned.digests() == []
    await planned.slack.wait_for(planned.digests)
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_too_many_requests_for_the_look(planned: Office) -> None:
    """The look is repeated after the time Slack asks for, and settles it."""
    planned.slack.faults.add("chat.postMessage", "drop")
    planned.slack.faults.add("conversations.history", "ratelimited", retry_after=90)
    await planned.deliver()
    assert (await planned.settle()).state is NoticeState.POSTING
    planned.wall.advance(timedelta(seconds=89))
    await planned.deliver()
    assert len(planned.calls("conversations.history")) == 1
    planned.wall.advance(timedelta(seconds=1))
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_a_look_that_never_succeeds_leaves_it_unclear(planned: Office) -> None:
    """It is looked for a few times; then it is left alone for good, because it may have been posted."""
    planned.slack.faults.add("chat.postMessage", "drop_before")
    planned.slack.faults.add("conversations.history", "server_error", times=MAX_LOOKUPS)
    await planned.deliver()
    for _ in range(MAX_LOOKUPS):
        digest = await planned.settle()
    assert (digest.state, digest.error) == (NoticeState.UNCLEAR, "http_500")
    for _ in range(3):
        await planned.settle()
    assert len(planned.posts) == 1
    assert len(planned.calls("conversations.history")) == MAX_LOOKUPS
    assert [each.user_id for each in await planned.services.notices.troubled(TEAM)] == [LIN]


@pytest.mark.parametrize("kind", ["timeout", "drop", "ratelimited", "error"])
async def test_every_way_a_look_can_fail_is_counted(planned: Office, kind: str) -> None:
    planned.slack.faults.add("chat.postMessage", "drop_before")
    times = 2 if kind == "drop" else 1  # aiohttp repeats a GET once, which a look may be
    planned.slack.faults.add("conversations.history", kind, times)  # type: ignore[arg-type]
    await planned.deliver()
    digest = await planned.settle()
    assert (digest.state, digest.lookups) == (NoticeState.POSTING, 1)


async def test_home_shows_what_stayed_unclear(planned: Office) -> None:
    """The person is told that the day's message may not have come, above the list itself."""
    planned.slack.faults.add("chat.postMessage", "drop_before")
    planned.slack.faults.add("conversations.history", "error", times=MAX_LOOKUPS)
    await planned.deliver()
    for _ in range(MAX_LOOKUPS):
        await planned.settle()
    actor = await planned.services.members.actor(TEAM, LIN)
    client = slack.client(BOT_TOKEN, planned.api_url, planned.session)
    await publish_home(client, planned.services, actor)
    home = planned.slack.person(LIN).home()
    assert home is not None
    assert ":warning:" in str(home.blocks[0])
    assert "远大纺织" in str(home.blocks)


async def test_too_many_messages_to_look_through_leave_it_unclear(planned: Office) -> None:
    """It may hide behind what fits into one look, so it is not posted again."""
    planned.slack.faults.add("chat.postMessage", "drop")
    await planned.deliver()
    await chatter(planned, 15)
    assert (await planned.settle()).state is NoticeState.UNCLEAR
    await planned.settle()
    assert len(planned.digests()) == 1


async def test_found_among_many_messages(planned: Office) -> None:
    """There is more than one look shows, but it shows the message: that is clear enough."""
    planned.slack.faults.add("chat.postMessage", "drop")
    await chatter(planned, 15)
    await planned.deliver()
    await chatter(planned, 3)
    assert (await planned.settle()).state is NoticeState.SENT


async def test_yesterdays_message_is_not_taken_for_todays(planned: Office) -> None:
    planned.arrived(digest_key(LIN, TODAY - timedelta(days=1)))
    planned.slack.faults.add("chat.postMessage", "drop_before")
    await planned.deliver()
    await planned.settle()
    assert (await planned.deliver()).state is NoticeState.SENT


async def test_a_token_that_dies_before_the_look_loses_no_message(planned: Office) -> None:
    """Nobody can say whether it was posted until the token works again."""
    planned.slack.faults.add("chat.postMessage", "drop")
    await planned.deliver()
    planned.slack.faults.add("conversations.history", "error", error="token_revoked")
    assert (await planned.settle()).state is NoticeState.POSTING
    await planned.services.workspaces.unpark(TEAM)
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_workers_that_find_an_unclear_post_look_once(planned: Office) -> None:
    planned.slack.faults.add("chat.postMessage", "drop")
    await planned.deliver()
    planned.wall.advance(SETTLED)
    await asyncio.gather(*(planned.deliver() for _ in range(5)))
    assert len(planned.calls("conversations.history")) == 1
    assert len(planned.posts) == 1

"""What becomes of one daily message whatever Slack answers: it comes once, or it is listed; never twice."""

import asyncio
from datetime import timedelta

import pytest

from bot import slack
from bot.domain.notice import MAX_ATTEMPTS, NoticeState
from bot.domain.nudge import digest_key
from tests.jobs.office import LIN_DM, TODAY, Office
from tests.servers import free_ports
from tests.world import BOT_TOKEN, LIN, TEAM


async def test_a_post_that_is_answered_is_sent(planned: Office) -> None:
    """The record names the message, so that a click can update it."""
    digest = await planned.deliver()
    (message,) = planned.digests()
    assert (digest.state, digest.message_ts, digest.channel_id) == (NoticeState.SENT, message.ts, LIN_DM)
    assert LIN not in {each.user_id for each in await planned.services.notices.under_way(TEAM)}


async def test_a_dropped_connection_is_one_call(planned: Office) -> None:
    """The clients' usual repeat after a lost connection is off here: it would have posted a second one."""
    planned.slack.faults.add("chat.postMessage", "drop")
    digest = await planned.worker(seconds=10).deliver(TEAM, digest_key(LIN, TODAY))
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    assert len(planned.posts) == 1
    assert (await planned.settle()).state is NoticeState.SENT
    assert (len(planned.posts), len(planned.digests())) == (1, 1)


async def test_a_connection_lost_before_the_post_is_repaired(planned: Office) -> None:
    planned.slack.faults.add("chat.postMessage", "drop_before")
    await planned.deliver()
    assert len(planned.posts) == 1
    await planned.settle()
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.digests()) == 1


async def test_other_messages_do_repeat_after_a_lost_connection(planned: Office) -> None:
    """The contrast: an answer to a person may come twice sooner than not at all."""
    planned.slack.faults.add("chat.postMessage", "drop")
    client = slack.client(BOT_TOKEN, planned.api_url, planned.session)
    await client.chat_postMessage(channel=LIN, text="hello")
    assert len(planned.posts) == 2


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_after_the_post(planned: Office, status: int) -> None:
    """The message is there in spite of it, so it is not sent again."""
    planned.slack.faults.add("chat.postMessage", "server_error", status=status)
    assert (await planned.deliver()).state is NoticeState.POSTING
    planned.arrived()
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.posts) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_instead_of_the_post(planned: Office, status: int) -> None:
    """Nothing is there, so it is sent again."""
    planned.slack.faults.add("chat.postMessage", "server_error", status=status)
    await planned.deliver()
    await planned.settle()
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.digests()) == 1


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "request_timeout", "service_unavailable"])
async def test_an_error_that_does_not_say_whether_it_was_posted(planned: Office, error: str) -> None:
    """Slack's documentation lets some of these follow a post that worked."""
    planned.slack.faults.add("chat.postMessage", "error", error=error)
    assert (await planned.deliver()).state is NoticeState.POSTING
    planned.arrived()
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.posts) == 1


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
async def test_too_many_requests_are_waited_out(planned: Office, method: str) -> None:
    """Exactly as long as Slack asks for; nothing was posted, so nothing has to be looked up."""
    planned.slack.faults.add(method, "ratelimited", retry_after=47)
    assert (await planned.deliver()).state is NoticeState.PLANNED
    calls = len(planned.slack.calls)
    planned.wall.advance(timedelta(seconds=46))
    await planned.deliver()
    assert len(planned.slack.calls) == calls, "not a single call before the time"
    planned.wall.advance(timedelta(seconds=1))
    assert (await planned.deliver()).state is NoticeState.SENT
    assert planned.calls("conversations.history") == []


@pytest.mark.parametrize(
    "kind", [pytest.param("timeout", marks=pytest.mark.soak), "drop", "drop_before", "server_error"]
)
async def test_trouble_before_the_post_costs_nothing(planned: Office, kind: str) -> None:
    """Slack did not even open the conversation: it is tried again, and no attempt is counted."""
    planned.slack.faults.add("conversations.open", kind, times=MAX_ATTEMPTS + 1)  # type: ignore[arg-type]
    for _ in range(MAX_ATTEMPTS + 1):
        digest = await planned.settle()
        assert (digest.state, digest.attempts) == (NoticeState.PLANNED, 0)
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.digests()) == 1


async def test_slack_cannot_be_reached(planned: Office) -> None:
    """Nothing listens there, or the network is down: tried again half a minute later."""
    reachable = planned.slack.base_url
    (port,) = free_ports(1)
    planned.slack.base_url = f"http://127.0.0.1:{port}"
    digest = await planned.deliver()
    assert (digest.state, digest.error) == (NoticeState.PLANNED, "ClientConnectorError")
    planned.slack.base_url = reachable
    assert (await planned.deliver()).state is NoticeState.PLANNED, "not at once"
    assert (await planned.settle()).state is NoticeState.SENT


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
@pytest.mark.parametrize("error", ["user_disabled", "channel_not_found", "missing_scope"])
async def test_what_slack_refuses_for_good_is_listed(planned: Office, method: str, error: str) -> None:
    """It says that nothing was posted and that nothing would be: the operator has to know, nobody else can help."""
    planned.slack.faults.add(method, "error", error=error)
    assert (await planned.deliver()).state is NoticeState.FAILED
    assert [(each.user_id, each.error) for each in await planned.services.notices.troubled(TEAM)] == [(LIN, error)]
    calls = len(planned.slack.calls)
    await planned.settle()
    assert len(planned.slack.calls) == calls


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_dead_token_parks_the_workspace(planned: Office, method: str, error: str) -> None:
    """No further call is made, nothing is lost, and with a good token the day's message comes after all."""
    planned.slack.faults.add(method, "error", error=error)
    digest = await planned.deliver()
    assert (digest.state, digest.error) == (NoticeState.PLANNED, error)
    parked = await planned.services.workspaces.parked(TEAM)
    assert parked is not None
    assert parked.error == error
    calls = len(planned.slack.calls)
    assert (await planned.settle()).state is NoticeState.PLANNED
    assert len(planned.slack.calls) == calls
    await planned.services.workspaces.unpark(TEAM)
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.digests()) == 1


async def test_a_parked_workspace_is_left_alone_by_the_engine(planned: Office) -> None:
    await planned.services.workspaces.park(TEAM, "token_revoked")
    async with planned.engine() as sweep:
        calls = len(planned.slack.calls)
        await sweep()
        assert len(planned.slack.calls) == calls
    assert (await planned.find()) is not None


async def test_the_conversation_is_asked_for_once(planned: Office) -> None:
    """The next day it is known; one that is gone is asked for anew, and the message still comes once."""
    await planned.deliver()
    planned.clock.set("2026-11-25T09:00:00+08:00")
    await planned.plan()
    planned.slack.faults.add("chat.postMessage", "error", error="channel_not_found")
    tomorrow = TODAY + timedelta(days=1)
    assert (await planned.deliver(LIN, tomorrow)).state is NoticeState.PLANNED
    assert len(planned.calls("conversations.open")) == 1
    assert (await planned.deliver(LIN, tomorrow)).state is NoticeState.SENT
    assert len(planned.calls("conversations.open")) == 2


async def test_endless_refusals_are_listed_too(planned: Office) -> None:
    """After some attempts, each after the time Slack asked for."""
    planned.slack.faults.add("chat.postMessage", "ratelimited", times=99, retry_after=5)
    for _ in range(MAX_ATTEMPTS):
        digest = await planned.settle()
    assert digest.state is NoticeState.FAILED
    assert len(planned.posts) == MAX_ATTEMPTS


async def test_posts_into_one_channel_keep_their_distance(planned: Office) -> None:
    """Slack takes about one message a second in a channel; other channels need not wait for that."""
    client = slack.digest_client(BOT_TOKEN, planned.api_url, planned.session)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await client.chat_postMessage(channel=LIN_DM, text="one")
    second = asyncio.create_task(client.chat_postMessage(channel=LIN_DM, text="two"))
    await client.chat_postMessage(channel="D02CHEN", text="another channel")
    await second
    assert loop.time() - started >= slack.PACE_SECONDS
    assert [call.args["text"] for call in planned.posts] == ["one", "another channel", "two"]


async def test_a_client_keeps_its_time_limit(planned: Office) -> None:
    """Slack's library forgets it where a session is shared; a post would hang for five minutes."""
    planned.slack.faults.add("chat.postMessage", "timeout")
    client = slack.digest_client(BOT_TOKEN, planned.api_url, planned.session, seconds=0.1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.chat_postMessage(channel=LIN, text="hello"), 5)

"""What becomes of one daily message on each of Slack's bad days: it comes once, or it is listed; never twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import RedisCluster

from bot import slack
from bot.domain.notice import MAX_ATTEMPTS, MAX_LOOKUPS, Notice, NoticeState
from bot.domain.nudge import digest_key
from bot.sandbox import Message
from bot.telemetry import metrics
from handlers.home import publish_home
from tests.jobs.office import CLIENT_SECONDS, SETTLED, TODAY, Office
from tests.servers import free_ports
from tests.world import BOT_TOKEN, LIN, TEAM

LIN_DM = "D01LIN"


def arrived(office: Office, key: str = f"digest:{LIN}:2026-11-24") -> Message:
    """A message that Slack has accepted, whatever it answered."""
    metadata = {"event_type": "factormate_digest", "event_payload": {"key": key}}
    return office.slack.state.post(office.slack.state.from_bot(LIN_DM, "要跟进的客户", metadata=metadata))


async def chatter(office: Office, count: int) -> None:
    for number in range(count):
        await office.slack.person(LIN).dm(f"消息 {number}")


async def troubled(office: Office) -> list[Notice]:
    return await office.services.notices.troubled(TEAM)


async def test_a_post_that_is_answered_is_sent(planned: Office) -> None:
    """The record names the message, so that a click can update it."""
    digest = await planned.deliver()
    (message,) = planned.digests()
    assert (digest.state, digest.message_ts, digest.channel_id) == (NoticeState.SENT, message.ts, LIN_DM)
    assert LIN not in {each.user_id for each in await planned.services.notices.under_way(TEAM)}


async def test_what_was_sent_is_never_sent_again(planned: Office) -> None:
    """However often its job runs."""
    await planned.deliver()
    for _ in range(3):
        await planned.settle()
    assert len(planned.posts) == 1


async def test_the_intent_is_recorded_before_the_post(planned: Office) -> None:
    """At the moment Slack hears of the message, the store knows that it may have been sent."""
    planned.slack.faults.add("chat.postMessage", "timeout")
    task = asyncio.create_task(planned.deliver())
    await planned.slack.wait_for(lambda: planned.posts)
    digest = await planned.find()
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    assert digest.posting_at == planned.wall()
    await task


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
    arrived(planned)
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
    arrived(planned)
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
    assert [each.user_id for each in await troubled(planned)] == [LIN]


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
    arrived(planned, f"digest:{LIN}:2026-11-23")
    planned.slack.faults.add("chat.postMessage", "drop_before")
    await planned.deliver()
    await planned.settle()
    assert (await planned.deliver()).state is NoticeState.SENT


@pytest.mark.parametrize("method", ["conversations.open", "chat.postMessage"])
@pytest.mark.parametrize("error", ["user_disabled", "channel_not_found", "missing_scope"])
async def test_what_slack_refuses_for_good_is_listed(planned: Office, method: str, error: str) -> None:
    """It says that nothing was posted and that nothing would be: the operator has to know, nobody else can help."""
    planned.slack.faults.add(method, "error", error=error)
    assert (await planned.deliver()).state is NoticeState.FAILED
    assert [(each.user_id, each.error) for each in await troubled(planned)] == [(LIN, error)]
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


async def test_a_token_that_dies_before_the_look_loses_no_message(planned: Office) -> None:
    """Nobody can say whether it was posted until the token works again."""
    planned.slack.faults.add("chat.postMessage", "drop")
    await planned.deliver()
    planned.slack.faults.add("conversations.history", "error", error="token_revoked")
    assert (await planned.settle()).state is NoticeState.POSTING
    await planned.services.workspaces.unpark(TEAM)
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.posts) == 1


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


async def test_five_workers_at_once(planned: Office) -> None:
    """One sends, the others see that it does."""
    await asyncio.gather(*(planned.deliver() for _ in range(5)))
    assert len(planned.posts) == 1


async def test_workers_that_find_an_unclear_post_look_once(planned: Office) -> None:
    planned.slack.faults.add("chat.postMessage", "drop")
    await planned.deliver()
    planned.wall.advance(SETTLED)
    await asyncio.gather(*(planned.deliver() for _ in range(5)))
    assert len(planned.calls("conversations.history")) == 1
    assert len(planned.posts) == 1


@pytest.mark.parametrize("was_posted", [True, False], ids=["after the post", "before the post"])
async def test_a_worker_that_died(planned: Office, was_posted: bool) -> None:
    """It leaves a recorded intent and a lease. When both have aged, another worker looks and goes on."""
    notices = planned.services.notices
    digest = await planned.find()
    assert digest is not None
    assert await notices.lease(TEAM, digest.key, "dead")
    await notices.change(TEAM, digest.key, lambda found: found.posting(LIN_DM, ("f1",), planned.wall()))
    if was_posted:
        arrived(planned)
    assert (await planned.settle()).state is NoticeState.POSTING, "the lease is still held"
    assert await planned.has_lease_run_out()
    await planned.settle()
    assert (await planned.settle()).state is NoticeState.SENT
    assert len(planned.digests()) == 1
    assert len(planned.posts) == (0 if was_posted else 1)


async def test_a_worker_that_comes_back_late_changes_nothing(planned: Office) -> None:
    """It stood still while it prepared the message; meanwhile another one has sent it."""
    planned.slack.faults.add("conversations.open", "timeout", delay=0.6)
    late = asyncio.create_task(planned.deliver())
    await planned.slack.wait_for(lambda: planned.calls("conversations.open"))
    assert (await planned.deliver()).state is NoticeState.SENT
    assert (await late).state is NoticeState.SENT
    assert len(planned.posts) == 1


async def test_a_worker_whose_lease_may_end_posts_no_more(planned: Office) -> None:
    """Who looks later finds nothing in the channel, and posts."""
    worker = planned.worker()
    notices = worker.services.notices
    await notices.remember_channel(TEAM, LIN, LIN_DM)
    everywhere: dict[str, str] = {"target_nodes": "primaries"} if isinstance(planned.core.redis, RedisCluster) else {}
    await planned.core.redis.client_pause(700, all=False, **everywhere)  # for so long the intent takes
    short = replace(notices, store=replace(notices.store, lease_seconds=1))
    hasty = replace(worker, services=replace(worker.services, notices=short))
    digest = await hasty.deliver(TEAM, digest_key(LIN, TODAY))
    assert digest is not None
    assert digest.state is NoticeState.POSTING
    assert planned.posts == []
    await planned.settle()
    assert (await planned.deliver()).state is NoticeState.SENT
    assert len(planned.posts) == 1


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


async def test_the_job_of_a_stranger_is_nothing(planned: Office) -> None:
    """A job names a person and a day; without a record of it there is nothing to do."""
    assert await planned.worker().deliver(TEAM, digest_key("U0NOBODY", TODAY)) is None
    assert await planned.worker().deliver("T0OTHER", digest_key(LIN, TODAY)) is None
    assert planned.slack.calls == [call for call in planned.slack.calls if call.method == "users.info"]


@pytest.mark.parametrize(
    ("planned_at", "sent_at", "outcome"),
    [
        ("09:00", "09:14", "sent"),
        ("09:00", "09:16", "late"),
        ("11:00", "11:00", "late"),
    ],
    ids=["slow", "held up", "nobody worked until then"],
)
async def test_what_comes_long_after_its_time_is_counted_as_late(
    office: Office, planned_at: str, sent_at: str, outcome: str
) -> None:
    """By the person's hour, not by when somebody got round to it; once."""
    await office.overdue(LIN, "远大纺织")
    office.clock.set(f"2026-11-24T{planned_at}:00+08:00")
    await office.plan()
    office.clock.set(f"2026-11-24T{sent_at}:00+08:00")
    before = {name: counted(name) for name in ("sent", "late")}
    await office.deliver()
    await office.deliver()
    assert {name: counted(name) - before[name] for name in before} == {"sent": 0, "late": 0, outcome: 1}


async def test_who_joins_in_the_afternoon_is_not_late(office: Office) -> None:
    """Today's message comes at once: nobody has kept it waiting."""
    await office.overdue(LIN, "远大纺织")
    await office.services.nudges.store.unschedule(TEAM, LIN)
    office.clock.set("2026-11-24T15:00:00+08:00")
    await office.services.nudges.join(TEAM, LIN)
    await office.plan()
    before = counted("sent"), counted("late")
    await office.deliver()
    assert (counted("sent"), counted("late")) == (before[0] + 1, before[1])


def counted(outcome: str) -> float:
    """Daily messages that this process has seen end so."""
    labels = {"kind": "digest", "outcome": outcome}
    return metrics.REGISTRY.get_sample_value("factormate_nudges_total", labels) or 0.0

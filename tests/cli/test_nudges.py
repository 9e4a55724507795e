"""`nudges run` and `nudges status`, against a store and a Slack of their own."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.domain.customer import NewCustomer, Tier
from bot.domain.notice import NoticeState
from bot.domain.user import Role
from tests.cli.conftest import Bot, Company
from tests.world import CHEN, LIN, TEAM, ZHOU

MONDAY = "2026-03-16T09:30"
"""Two weeks after the customer was entered, which is when tier A is due."""


@pytest.fixture
async def due(company: Company) -> Company:
    """One customer of Lin is due on MONDAY, none of Chen."""
    lin = await company.services.members.actor(TEAM, LIN)
    await company.services.customers.create(lin, NewCustomer("星河纺织", Tier.A))
    return company


async def test_sends_what_was_due_then_and_never_twice(bot: Bot, due: Company) -> None:
    """Only Lin has something due; a second run finds that out from the record. It is the operator's doing."""
    first = await bot("nudges", "run", "--at", MONDAY, **due.environment)
    again = await bot("nudges", "run", "--at", f"{MONDAY}+08:00", **due.environment)
    assert (first.code, again.code) == (0, 0)
    assert f"{LIN} " in first.out
    assert "Sent 1 message" in first.out
    assert "nothing more on 2026-03-16 (sent)" in again.out
    assert len(due.slack.person(LIN).dm_messages()) == 1
    assert due.slack.person(CHEN).dm_messages() == []
    audit = await due.services.workspaces.audit.newest(TEAM)
    runs = [line for line in audit if line.action == "nudges.run"]
    assert [line.who for line in runs] == ["operator"] * 2
    assert all(line.at.isoformat() > line.subject for line in runs), "when it was run, not for when"


async def test_sends_what_leads_are_asked_as_well(bot: Bot, due: Company) -> None:
    """Monday's contact is overdue on Thursday, and the lead is asked on Friday: the day's report comes too, once."""
    await due.services.members.set_roles(TEAM, ZHOU, frozenset({Role.TEAM_LEAD}), "East", by="test")
    for _ in range(2):
        ran = await bot("nudges", "run", "--at", "2026-03-20T17:30", **due.environment)
        assert ran.code == 0
    kinds = sorted((each.metadata or {})["event_type"] for each in due.slack.person(ZHOU).dm_messages())
    assert kinds == ["factormate_escalation", "factormate_report"]


async def test_a_dry_run_tells_and_leaves_no_trace(bot: Bot, due: Company, store_url: str) -> None:
    """Holidays of 2027 give nothing, days beyond all calendar data are no fault, and nothing is written anywhere."""
    before = await _content(store_url)
    days = ["2027-01-01", "2027-02-08", "2150-03-04", MONDAY]
    runs = [bot("nudges", "run", "--dry-run", "--at", day, **due.environment) for day in days]
    new_year, spring_festival, far, monday = await asyncio.gather(*runs)
    assert new_year.out.startswith("Nobody would get a message")
    assert spring_festival.out.startswith("Nobody would get a message")
    assert [ran.code for ran in (new_year, spring_festival, far, monday)] == [0] * 4
    assert "on 2150-03-04" in far.out
    assert "1 person would get a message at 2026-03-16 09:30 (Asia/Shanghai)" in monday.out
    assert await _content(store_url) == before
    assert due.slack.person(LIN).dm_messages() == []


async def test_a_refused_message_is_told_and_stays_listed(bot: Bot, due: Company) -> None:
    due.slack.faults.add("chat.postMessage", "error", error="user_disabled")
    ran = await bot("nudges", "run", "--at", MONDAY, **due.environment)
    status = await bot("nudges", "status", **due.environment)
    assert (ran.code, status.code) == (1, 0)
    assert "failed: user_disabled" in ran.out
    assert f"2026-03-16  {LIN}  failed: user_disabled" in status.out


async def test_a_refused_message_is_taken_up_again(bot: Bot, due: Company) -> None:
    """On its day; afterwards the operator reads why not. What was sent is left alone."""
    due.slack.faults.add("chat.postMessage", "error", error="user_disabled")
    await bot("nudges", "run", "--at", MONDAY, **due.environment)
    key = f"digest:{LIN}:2026-03-16"
    late = await bot("nudges", "replay", key, **due.environment)
    assert (late.code, "Its day is over" in late.err) == (1, True)
    unknown = await bot("nudges", "replay", "digest:U0:2026-03-16", **due.environment)
    assert (unknown.code, "nudges status" in unknown.err) == (1, True)
    await due.services.notices.change(TEAM, key, lambda found: found.unclear("history"))
    ran = await bot("nudges", "replay", key, **due.environment)
    assert (ran.code, "looked for first" in ran.out) == (0, True)
    found = await due.services.notices.find(TEAM, key)
    assert found is not None
    assert found.state is NoticeState.POSTING
    again = await bot("nudges", "replay", key, **due.environment)
    assert "was not given up" in again.err


async def test_a_refused_token_stops_everything_until_it_is_replaced(bot: Bot, due: Company) -> None:
    """`nudges status` and the doctor say so; `nudges resume` tries the token first."""
    due.slack.faults.add("*", "error", times=99, error="token_revoked")
    await due.services.workspaces.park(TEAM, "token_revoked")
    refused = await bot("nudges", "resume", **due.environment)
    assert refused.code != 0
    due.slack.faults.clear()
    status, doctor = await asyncio.gather(bot("nudges", "status", **due.environment), bot("doctor", **due.environment))
    assert "Slack refuses the token (token_revoked)" in status.out
    assert "Slack refused the token (token_revoked)" in doctor.out
    resumed = await bot("nudges", "resume", **due.environment)
    assert (resumed.code, "messages are sent again" in resumed.out) == (0, True)
    assert await due.services.workspaces.parked(TEAM) is None


async def test_who_is_asked_above_the_leads(bot: Bot, due: Company) -> None:
    told = await bot("nudges", "heads", CHEN, **due.environment)
    assert (told.code, f"Asked above the leads: {CHEN}" in told.out) == (0, True)
    assert (await due.services.workspaces.settings(TEAM)).escalation.heads == (CHEN,)
    cleared = await bot("nudges", "heads", "--clear", **due.environment)
    assert "the admins" in cleared.out
    assert (await bot("nudges", "heads", "chen", **due.environment)).code != 0


async def test_a_customer_is_explained(bot: Bot, due: Company) -> None:
    """Why on that day, what was sent, and what comes next; the operator's look is recorded."""
    await bot("nudges", "run", "--at", MONDAY, **due.environment)
    ran = await bot("nudges", "explain", "星河纺织", **due.environment)
    assert ran.code == 0
    assert "contact, due 2026-03-16" in ran.out
    assert "14 days" in ran.out
    unknown = await bot("nudges", "explain", "没有这家", **due.environment)
    assert unknown.code == 1
    audit = await due.services.workspaces.audit.newest(TEAM)
    assert [line.action for line in audit].count("nudges.explain") == 1


@pytest.mark.soak
async def test_a_post_without_an_answer_is_looked_up_and_not_repeated(bot: Bot, due: Company) -> None:
    """The command waits until the channel may be looked at, and finds its message there."""
    due.slack.faults.add("chat.postMessage", "drop")
    ran = await bot("nudges", "run", "--at", MONDAY, **due.environment)
    assert (ran.code, "Sent 1 message" in ran.out) == (0, True)
    assert len(due.slack.person(LIN).dm_messages()) == 1


async def _content(store_url: str) -> dict[object, object]:
    """Everything in the store."""
    async with Redis.from_url(store_url) as raw:
        return {key: await raw.dump(key) for key in await raw.keys("*")}

"""`nudges run` and `nudges status`, against a store and a Slack of their own."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.domain.customer import Tier
from bot.domain.note import NewCustomer
from tests.cli.conftest import Bot, Company
from tests.world import CHEN, LIN, TEAM

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


async def test_a_dry_run_tells_and_leaves_no_trace(bot: Bot, due: Company, store_url: str) -> None:
    """Holidays of 2027 give nothing, days beyond all calendar data are no fault, and nothing is written anywhere."""
    before = await _content(store_url)
    days = ["2027-01-01", "2027-02-08", "2150-03-04", MONDAY]
    runs = [bot("nudges", "run", "--dry-run", "--at", day, **due.environment) for day in days]
    new_year, spring_festival, far, monday = await asyncio.gather(*runs)
    assert new_year.out.startswith("Nobody would get a message")
    assert spring_festival.out.startswith("Nobody would get a message")
    assert [ran.code for ran in (new_year, spring_festival, far, monday)] == [0] * 4
    assert "1 row on 2150-03-04" in far.out
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

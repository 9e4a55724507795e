"""What is past its time is erased by itself, and nothing before."""

from datetime import date

import pytest

from bot.domain.workspace import Retention
from bot.errors import CustomerNotFoundError
from tests.builders import TEAM, make_question
from tests.services.conftest import Desk


async def test_an_ended_customer_is_kept_for_its_time_and_then_erased(desk: Desk) -> None:
    """Three years after the end, to the day; nothing more is due with it meanwhile, and the log says who did it."""
    ended, other = await desk.create(), await desk.create("恒通电子")
    await desk.log(ended, next_step="给报价", next_step_on=date(2026, 3, 3))
    await desk.services.retention.end(TEAM, ended.id, date(2026, 3, 2), by="test")
    desk.clock.set("2026-05-04T09:00:00+08:00")
    assert [each.customer.id for each in (await desk.services.followups.due(await desk.actor())).own] == [other.id]
    desk.clock.set("2029-03-01T09:00:00+08:00")
    assert not await desk.services.retention.run(TEAM)
    assert (await desk.services.customers.get(await desk.actor(), ended.id)).ended_on == date(2026, 3, 2)
    desk.clock.set("2029-03-02T09:00:00+08:00")
    assert await desk.services.retention.run(TEAM) == {"customers": 1}
    with pytest.raises(CustomerNotFoundError):
        await desk.services.customers.get(await desk.actor(), ended.id)
    assert [each.id for each in await desk.services.customers.suggest(await desk.actor(), "")] == [other.id]
    run, erasure = await desk.services.workspaces.audit.newest(TEAM, 2)
    assert (run.who, run.action, run.detail) == ("retention", "retention.run", "customers=1")
    assert (erasure.who, erasure.action, erasure.subject) == ("retention", "privacy.erase", ended.id)
    assert not await desk.services.retention.run(TEAM)


async def test_a_customer_that_goes_on_is_kept(desk: Desk) -> None:
    """And is due again."""
    customer = await desk.create()
    await desk.services.retention.end(TEAM, customer.id, date(2026, 3, 2), by="test")
    await desk.services.retention.reopen(TEAM, customer.id, by="test")
    desk.clock.set("2030-03-04T09:00:00+08:00")
    assert not await desk.services.retention.run(TEAM)
    assert {each.customer.id for each in (await desk.services.followups.due(await desk.actor())).own} == {customer.id}


@pytest.mark.parametrize(
    ("kept", "left"),
    [
        (Retention(), ["q2"]),
        (Retention(question_days=1), []),
        (Retention(question_days=None), ["q1", "q2"]),
    ],
    ids=["two years", "a day", "for good"],
)
async def test_questions_go_when_the_workspace_says(desk: Desk, kept: Retention, left: list[str]) -> None:
    """Those of before the time, and with the last of its questions the gap."""
    gaps = desk.services.gaps
    now = desk.clock()
    await gaps.questions.keep(TEAM, make_question(id="q1", asked_at=now.replace(year=2024, day=1)))
    await gaps.questions.keep(TEAM, make_question(id="q2", asked_at=now.replace(month=1)))
    assert await gaps.gaps.put(TEAM, "q1", "g1")
    await desk.services.retention.settle(TEAM, kept, by="test")
    await desk.services.retention.run(TEAM)
    found = await gaps.questions.since(TEAM, now.replace(year=2020))
    assert [each.id for each in found] == left
    assert bool(await gaps.gaps.latest(TEAM, 9)) is ("q1" in left)

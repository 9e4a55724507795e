"""Entries that nobody wants: told a week before, proposed once, decided by an approver like any other change."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from bot.domain.entry import Kind
from bot.domain.nudge import digest_day
from bot.domain.revision import APP, Change, Draft, Revision, State
from bot.domain.usage import Use
from tests.builders import TEAM
from tests.services.conftest import CHEN, EDITOR, Desk

FEE = "cost/fee-too-high"
MORNING = "2027-05-24T09:00:00+08:00"
"""A Monday, 181 days after the shipped entries were checked."""
A_WEEK_ON = date(2027, 5, 31)


@pytest.fixture
async def told(desk: Desk) -> Desk:
    """A workspace in use for a year whose editors read on Monday that nobody wants FEE."""
    await desk.edits()
    await desk.edits(CHEN)
    await desk.services.workspaces.open(TEAM)
    desk.clock.set(MORNING)
    assert await day_named(desk) == A_WEEK_ON
    await desk.services.retirements.name(TEAM, {FEE: A_WEEK_ON})
    return desk


async def day_named(desk: Desk) -> date | None:
    """For the proposal of FEE, by a message of today."""
    entry = (await desk.services.revisions.standing(TEAM, FEE)).entry
    assert entry is not None
    return (await desk.services.retirements.days_to_name(TEAM, [entry], desk.today)).get(FEE)


async def proposals(desk: Desk) -> list[Revision]:
    return await desk.services.revisions.pending(TEAM)


async def sweep(desk: Desk, moment: str) -> list[str]:
    desk.clock.set(moment)
    return await desk.services.retirements.propose(TEAM)


async def test_proposed_at_the_hours_of_messages_when_its_week_is_over(told: Desk) -> None:
    """Not in its week, before nine, on a Saturday or at night; a bot that was away does it when it is back."""
    for moment in ("2027-05-30T10:00", "2027-05-31T08:59", "2027-06-05T10:00", "2027-06-07T23:00"):
        assert await sweep(told, f"{moment}:00+08:00") == []
    (revision_id,) = await sweep(told, "2027-09-01T09:00:00+08:00")
    (proposal,) = await proposals(told)
    assert (proposal.id, proposal.entry_id, proposal.change, proposal.author_id) == (
        revision_id,
        FEE,
        Change.RETIRE,
        APP,
    )


async def test_of_many_processes_one_proposes_and_none_again(told: Desk) -> None:
    """All of them ask the approvers, until one says that these were asked."""
    told.clock.set("2027-05-31T09:00:00+08:00")
    found = await asyncio.gather(*(told.services.retirements.propose(TEAM) for _ in range(8)))
    ((revision_id,),) = set(map(tuple, found))
    assert [each.id for each in await proposals(told)] == [revision_id]
    await told.services.retirements.asked(TEAM, revision_id)
    for days in range(0, 400, 50):
        told.clock.advance(timedelta(days=days))
        assert await told.services.retirements.propose(TEAM) == []
    assert len(await proposals(told)) == 1


async def used(desk: Desk) -> None:
    await desk.services.feedback.count(await desk.actor(), Use.ASKED, [FEE])


async def still_right(desk: Desk) -> None:
    await desk.services.revisions.verify(await desk.actor(EDITOR), FEE)


async def changed(desk: Desk) -> None:
    """By somebody; it waits for an approver."""
    entry, _ = await desk.services.revisions.standing_entry(TEAM, FEE)
    answers = {"title.en": "Fee", "title.zh": entry.title.zh}
    draft = Draft("F1", Kind.OBJECTION, answers, "shorter", FEE)
    await desk.services.revisions.suggest(await desk.actor(), draft)


async def retired_by_hand(desk: Desk) -> None:
    revision = await desk.services.revisions.retire(await desk.actor(EDITOR), "F1", FEE, "merged")
    await desk.services.revisions.approve(await desk.actor(CHEN), revision.id)


@pytest.mark.parametrize("what", [used, still_right, changed, retired_by_hand])
async def test_whatever_happens_to_it_in_that_week_ends_it(told: Desk, what: Callable[[Desk], Awaitable[None]]) -> None:
    """For good: the day that was named is void."""
    told.clock.advance(timedelta(days=6))
    await what(told)
    before = await proposals(told)
    assert await sweep(told, "2027-05-31T09:00:00+08:00") == []
    assert await sweep(told, "2027-11-24T09:00:00+08:00") == []
    assert await proposals(told) == before


async def test_half_a_year_after_a_use_it_is_told_anew(told: Desk) -> None:
    await used(told)
    await sweep(told, "2027-05-31T09:00:00+08:00")
    told.clock.set("2027-11-19T09:00:00+08:00")
    assert await day_named(told) is None
    told.clock.advance(timedelta(days=1))
    assert await day_named(told) == date(2027, 11, 27)


async def test_what_an_approver_sends_back_is_left_alone_for_half_a_year(told: Desk) -> None:
    (revision_id,) = await sweep(told, "2027-05-31T09:00:00+08:00")
    await told.services.retirements.asked(TEAM, revision_id)
    told.clock.set("2027-06-02T10:00:00+08:00")
    sent_back = await told.services.revisions.send_back(await told.actor(EDITOR), revision_id, "旺季要用")
    assert sent_back.state is State.SENT_BACK
    told.clock.set("2027-11-28T09:00:00+08:00")
    assert await day_named(told) is None
    told.clock.set("2027-11-29T09:00:00+08:00")
    day = await day_named(told)
    assert day == date(2027, 12, 6)
    await told.services.retirements.name(TEAM, {FEE: day})
    (again,) = await sweep(told, "2027-12-06T09:00:00+08:00")
    assert again != revision_id


async def test_any_approver_may_approve_and_then_it_is_gone(told: Desk) -> None:
    """The app is the author, so nobody approves a change of one's own."""
    (revision_id,) = await sweep(told, "2027-05-31T09:00:00+08:00")
    assert await told.services.revisions.approver_ids(TEAM, APP) == sorted([EDITOR, CHEN])
    assert [each.id for each in await told.services.revisions.to_decide(await told.actor(CHEN))] == [revision_id]
    await told.services.revisions.approve(await told.actor(CHEN), revision_id)
    assert (await told.services.playbook.library(TEAM)).playbook.find(FEE) is None
    assert await told.services.retirements.propose(TEAM) == [revision_id], "until the approvers are known to be asked"
    await told.services.retirements.asked(TEAM, revision_id)
    assert await told.services.retirements.propose(TEAM) == []


async def test_an_entry_of_the_workspaces_own_goes_the_same_way(told: Desk) -> None:
    """Half a year after it was last approved."""
    await changed(told)
    (edit,) = await proposals(told)
    await told.services.revisions.approve(await told.actor(CHEN), edit.id)
    told.clock.advance(timedelta(days=179))
    assert await day_named(told) is None
    told.clock.advance(timedelta(days=3))
    day = await day_named(told)
    assert day is not None
    await told.services.retirements.name(TEAM, {FEE: day})
    told.clock.advance(timedelta(days=7))
    assert digest_day(told.clock(), told.clock().time(), "Asia/Shanghai", told.core.is_work)
    (revision_id,) = await told.services.retirements.propose(TEAM)
    (proposal,) = await proposals(told)
    assert (proposal.id, proposal.replaces) == (revision_id, edit.id)


async def test_a_young_workspace_has_had_no_time_to_use_anything(desk: Desk) -> None:
    """Its oldest trace counts, also where it was not noted yet since when it is in use."""
    desk.clock.set(MORNING)
    assert await day_named(desk) is None
    await desk.redis.flushdb()
    desk.clock.set("2026-11-26T09:00:00+08:00")
    await desk.services.workspaces.open(TEAM)
    desk.clock.set(MORNING)
    assert await day_named(desk) is None
    desk.clock.advance(timedelta(days=1))
    assert await day_named(desk) == A_WEEK_ON + timedelta(days=1)


async def test_what_waits_for_an_approver_is_not_asked_about_again(told: Desk) -> None:
    """The weekly review has its rows for the others."""
    await sweep(told, "2027-05-31T09:00:00+08:00")
    listed = {each.entry.id: each for each in await told.services.reviews.due(await told.actor(CHEN), A_WEEK_ON)}
    assert FEE not in listed
    assert listed["cost/thin-margin"].retires_on == date(2027, 6, 7)

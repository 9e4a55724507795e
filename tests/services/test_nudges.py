"""Whose digest is due. What becomes of it with Slack is in tests/jobs."""

import asyncio
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.notice import NoticeState
from bot.domain.user import Role
from bot.domain.workspace import WorkspaceSettings
from bot.services.nudges import ASK_AGAIN
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, ZHOU, Desk

HOUR = timedelta(hours=1)
SHANGHAI, NEW_YORK, LOS_ANGELES, AUCKLAND = (
    "Asia/Shanghai",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Auckland",
)


async def planned(desk: Desk, user_id: str = LIN) -> list[date]:
    """The days for which a digest was decided on."""
    return [each.day for each in await desk.services.notices.under_way(TEAM) if each.user_id == user_id]


async def sweep_until(desk: Desk, moment: str) -> None:
    """Every four hours of business time, as the job does every few seconds."""
    end = datetime.fromisoformat(moment)
    while desk.clock() < end:
        desk.clock.advance(4 * HOUR)
        await desk.services.nudges.plan_due({TEAM})


@pytest.fixture
async def joined(desk: Desk) -> Desk:
    """Lin is in the round since Sunday evening."""
    desk.clock.set("2026-03-01T20:00:00+08:00")
    await desk.services.nudges.join(TEAM, LIN)
    await desk.services.nudges.plan_due({TEAM})
    return desk


async def test_one_a_day_on_working_days_only(desk: Desk) -> None:
    """Three weeks around Spring Festival, make-up Saturdays before and after it included."""
    desk.clock.set("2026-02-11T20:00:00+08:00")
    await desk.services.nudges.join(TEAM, LIN)
    await sweep_until(desk, "2026-03-03T20:00:00+08:00")
    days = ["02-12", "02-13", "02-14", "02-24", "02-25", "02-26", "02-27", "02-28", "03-02", "03-03"]
    assert await planned(desk) == [date.fromisoformat(f"2026-{day}") for day in days]


async def test_a_crowd_of_sweeps_decides_once(joined: Desk) -> None:
    """Every worker runs one."""
    joined.clock.set("2026-03-02T09:00:00+08:00")
    await asyncio.gather(*(joined.services.nudges.plan_due({TEAM}) for _ in range(8)))
    assert await planned(joined) == [MONDAY]


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-03-02T08:59:00+08:00", []),
        ("2026-03-02T09:00:00+08:00", [MONDAY]),
        ("2026-03-02T15:00:00+08:00", [MONDAY]),
        ("2026-03-02T20:00:00+08:00", []),
        ("2026-03-03T02:00:00+08:00", []),
    ],
    ids=["early", "on time", "late start", "evening", "night"],
)
async def test_who_starts_late_still_sends_but_not_at_night(joined: Desk, moment: str, days: list[date]) -> None:
    """The first sweep after an outage."""
    joined.clock.set(moment)
    await joined.services.nudges.plan_due({TEAM})
    assert await planned(joined) == days


@pytest.mark.parametrize(
    ("home", "away", "hour"),
    [
        (SHANGHAI, NEW_YORK, "01"),
        (AUCKLAND, LOS_ANGELES, "10"),
        *(
            pytest.param(*each, marks=pytest.mark.soak)
            for each in (
                (SHANGHAI, NEW_YORK, "10"),
                (NEW_YORK, SHANGHAI, "01"),
                (NEW_YORK, SHANGHAI, "10"),
                (LOS_ANGELES, AUCKLAND, "01"),
                (LOS_ANGELES, AUCKLAND, "10"),
                (AUCKLAND, LOS_ANGELES, "01"),
            )
        ),
    ],
    ids=lambda each: each.split("/")[-1],
)
async def test_a_change_of_time_zone_neither_doubles_nor_skips(desk: Desk, home: str, away: str, hour: str) -> None:
    """Whatever the hour of the flight: each working day of which the traveller saw an hour between nine and eight."""
    flight = datetime.fromisoformat(f"2026-03-04T{hour}:00:00+00:00")
    await desk.moves_to(LIN, home)
    desk.clock.set("2026-03-01T12:00:00+00:00")
    await desk.services.nudges.join(TEAM, LIN)
    seen = set()
    while desk.clock() < flight + timedelta(days=2):
        desk.clock.advance(HOUR)
        if desk.clock() == flight:
            await desk.moves_to(LIN, away)
        await desk.services.nudges.plan_due({TEAM})
        local = desk.clock().astimezone(ZoneInfo(away if desk.clock() >= flight else home))
        if local.weekday() < 5 and 9 <= local.hour < 20:
            seen.add(local.date())
    assert await planned(desk) == sorted(seen)


@pytest.mark.parametrize(
    ("zone", "clocks_change"),
    [(NEW_YORK, "2026-03-08"), (NEW_YORK, "2026-11-01"), (AUCKLAND, "2026-04-05")],
    ids=["an hour is missing", "an hour comes twice", "in the south"],
)
async def test_ones_own_hour_holds_when_the_clocks_change(desk: Desk, zone: str, clocks_change: str) -> None:
    """At half past seven by the clock on the wall, once on each working day, before and after the change."""
    await desk.moves_to(LIN, zone)
    await _chooses(desk, time(7, 30))
    sunday = datetime.fromisoformat(f"{clocks_change}T00:00:00").replace(tzinfo=ZoneInfo(zone))
    desk.clock.set((sunday - timedelta(days=3)).isoformat())
    await desk.services.nudges.join(TEAM, LIN)
    found: dict[date, str] = {}
    while desk.clock() < sunday + timedelta(days=3):
        await desk.services.nudges.plan_due({TEAM})
        for day in await planned(desk):
            found.setdefault(day, f"{desk.clock().astimezone(ZoneInfo(zone)):%d %H:%M}")
        desk.clock.advance(timedelta(minutes=15))
    days = [sunday.date() + timedelta(days=each) for each in range(-3, 3)]
    assert found == {day: f"{day:%d} 07:30" for day in days if desk.core.is_work(day)}


async def test_another_hour_on_the_same_day_neither_doubles_nor_skips(desk: Desk) -> None:
    """Earlier or later: the day was decided on, or still will be."""
    nudges = desk.services.nudges
    await nudges.join(TEAM, LIN)
    hours = [(time(18), "09:00", []), (time(7, 30), "09:05", [MONDAY]), (time(10), "10:00", [MONDAY])]
    for at, moment, days in hours:
        await _chooses(desk, at)
        desk.clock.set(f"2026-03-02T{moment}:00+08:00")
        await nudges.plan(TEAM, LIN)
        assert await planned(desk) == days


async def test_an_hour_chosen_anew_counts_for_the_next_sweep(desk: Desk) -> None:
    """Earlier than the moment at which the workspace was to be looked at next."""
    nudges = desk.services.nudges
    await _chooses(desk, time(18))
    desk.clock.set("2026-03-02T08:40:00+08:00")
    await nudges.join(TEAM, LIN)
    await nudges.plan_due({TEAM})
    await _chooses(desk, time(9))
    await nudges.plan(TEAM, LIN)
    desk.clock.set("2026-03-02T09:00:00+08:00")
    await nudges.plan_due({TEAM})
    assert await planned(desk) == [MONDAY]


async def _chooses(desk: Desk, at: time) -> None:
    await desk.services.members.store.change(TEAM, LIN, lambda member: member.model_copy(update={"digest_at": at}))


async def test_nobody_is_decided_for_while_slack_is_silent(joined: Desk) -> None:
    """The hour depends on the person's zone, so Slack is asked again, but not with every sweep."""
    await joined.moves_to(LIN, SHANGHAI)
    joined.profiles[LIN] = None
    joined.clock.set("2026-03-02T09:00:00+08:00")
    joined.asked.clear()
    for _ in range(3):
        await joined.services.nudges.plan_due({TEAM})
    assert (await planned(joined), joined.asked) == ([], [LIN])
    await joined.moves_to(LIN, SHANGHAI)
    joined.clock.advance(ASK_AGAIN)
    await joined.services.nudges.plan_due({TEAM})
    assert await planned(joined) == [MONDAY]


async def test_a_workspace_sets_its_own_hour(desk: Desk) -> None:
    """Counted in each person's own zone."""
    await desk.services.workspaces.store.save_settings(TEAM, WorkspaceSettings(digest_at=time(10, 30)))
    lin = await desk.actor()
    at = await desk.services.nudges.next_digest_at(lin, desk.clock())
    assert at.isoformat() == "2026-03-02T10:30:00+08:00"
    assert await desk.services.nudges.due_day(lin) is None
    desk.clock.set("2026-03-02T10:30:00+08:00")
    assert await desk.services.nudges.due_day(lin) == MONDAY


async def test_who_is_in_the_round(desk: Desk) -> None:
    """Account managers and leads; who loses the role leaves it, and joining twice changes nothing."""
    nudges = desk.services.nudges
    for user_id in (LIN, LIN, ZHOU, REED):
        await nudges.join(TEAM, user_id)
    assert sorted(await nudges.store.scheduled_people(TEAM)) == [LIN, ZHOU]
    await desk.services.members.set_roles(TEAM, LIN, frozenset(), None, by="test")
    await nudges.plan_due({TEAM})
    assert await nudges.store.scheduled_people(TEAM) == [ZHOU]
    await desk.services.members.set_roles(TEAM, ZHOU, frozenset(), None, by="test")
    await nudges.join(TEAM, ZHOU)
    assert await nudges.store.scheduled_people(TEAM) == []


async def test_joining_again_does_not_put_a_digest_off(joined: Desk) -> None:
    """A restart in the very minute."""
    joined.clock.set("2026-03-02T09:00:00+08:00")
    await joined.services.nudges.join(TEAM, LIN)
    await joined.services.nudges.plan_due({TEAM})
    assert await planned(joined) == [MONDAY]


async def test_workspaces_of_others_are_left_alone(joined: Desk) -> None:
    """The store may know some this process has no token for."""
    nudges, notices = joined.services.nudges, joined.services.notices
    await joined.services.members.set_roles("T2", CHEN, frozenset({Role.ACCOUNT_MANAGER}), None, by="test")
    await nudges.join("T2", CHEN)
    joined.clock.set("2026-03-02T09:00:00+08:00")
    joined.asked.clear()
    await nudges.plan_due({TEAM})
    assert CHEN not in joined.asked
    assert await notices.under_way("T2") == []
    await nudges.plan_due({"T2"})
    assert [team_id for team_id, _ in await notices.to_deliver({TEAM})] == [TEAM]


async def test_what_waits_for_a_worker(joined: Desk) -> None:
    """A digest is handed out until it is settled, and not while it has to wait."""
    joined.clock.set("2026-03-02T09:00:00+08:00")
    nudges, notices = joined.services.nudges, joined.services.notices
    await nudges.plan_due({TEAM})
    ((team_id, digest),) = await notices.to_deliver({TEAM})
    assert (team_id, digest.user_id, digest.day) == (TEAM, LIN, MONDAY)
    soon = notices.wall() + HOUR
    await notices.change(TEAM, digest.key, lambda found: found.refused("ratelimited", soon))
    assert await notices.to_deliver({TEAM}) == []
    assert [each.day for each in await notices.under_way(TEAM)] == [MONDAY]
    await notices.change(TEAM, digest.key, lambda found: found.unclear("history"))
    assert await notices.under_way(TEAM) == []
    assert [each.state for each in await notices.troubled(TEAM)] == [NoticeState.UNCLEAR]


async def test_when_a_days_digest_is_over(desk: Desk) -> None:
    """In the evening, or at once for somebody who left the round."""
    nudges, lin = desk.services.nudges, await desk.actor()
    assert not await nudges.is_over(lin, MONDAY)
    assert await nudges.is_over(await desk.actor(REED), MONDAY)
    desk.clock.set("2026-03-02T20:00:00+08:00")
    assert await nudges.is_over(lin, MONDAY)

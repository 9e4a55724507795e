"""A lead's weekly report: exactly one a week, with charts as this Slack takes them, whatever goes wrong on the way."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.domain.customer import Tier
from bot.domain.escalation import week_of
from bot.domain.note import VisitForm
from bot.domain.notice import Notice, NoticeKind, NoticeState, notice_key
from bot.domain.reportday import ReportRules
from bot.domain.user import Role
from bot.domain.visit import Channel
from bot.sandbox import Message
from tests.jobs.office import Office, until
from tests.world import LIN, TEAM, ZHOU

FRIDAY = "2026-11-27T16:00:00+08:00"
DAY = date(2026, 11, 27)
KEY = notice_key(NoticeKind.REPORT, ZHOU, week_of(DAY))
CHART, IMAGE = "data_visualization", "image"


def reports(office: Office, user_id: str = ZHOU) -> list[Message]:
    messages = office.slack.person(user_id).dm_messages()
    return [each for each in messages if (each.metadata or {}).get("event_type") == "factormate_report"]


def kinds(message: Message) -> list[str]:
    return [each["type"] for each in message.blocks if each["type"] in (CHART, IMAGE)]


async def look(office: Office, moment: str = FRIDAY) -> None:
    """What the sweep does about it, without the job engine."""
    office.clock.set(moment)
    await office.plan()
    await deliver(office)


async def deliver(office: Office) -> Notice | None:
    return await office.worker().deliver(TEAM, KEY)


async def settle(office: Office) -> Notice | None:
    office.wall.advance(timedelta(seconds=31))
    return await deliver(office)


@pytest.fixture
async def busy(office: Office) -> Office:
    """A team with something to tell: a late customer, one in time, and an objection."""
    await office.customer(LIN, "远大纺织", Tier.A, "2026-10-20")
    recent = await office.customer(LIN, "华瑞百货", Tier.B, "2026-11-20")
    actor = await office.services.members.actor(TEAM, LIN)
    office.clock.set("2026-11-25T10:00:00+08:00")
    form = VisitForm(
        "V1", recent.id, date(2026, 11, 25), Channel.VISIT, "嫌费率高", objection_ids=("cost/fee-too-high",)
    )
    await office.services.visits.save(actor, form)
    return office


async def test_the_lead_gets_numbers_exceptions_and_two_charts(busy: Office) -> None:
    """Nobody is named, and the others of the team get none."""
    await look(busy)
    (message,) = reports(busy)
    read = str(message.blocks)
    assert "*按时联系*：50%（1/2）" in read
    assert "*次日之前写好记录*：100%（1/1）" in read
    assert "提出 1 次，化解 0，没化解 0，还没说 1" in read
    assert "远大纺织（A）：该联系没联系，晚了 24 天" in read
    assert kinds(message) == [CHART, CHART]
    assert LIN not in read
    assert reports(busy, LIN) == []
    rows = await busy.services.workspaces.audit.newest(TEAM)
    assert "report.read" in {row.action for row in rows}


async def test_where_slack_draws_no_charts_the_same_message_shows_pictures(busy: Office) -> None:
    """One message, with two pictures that were uploaded and posted nowhere else."""
    busy.slack.state.unknown_blocks.add(CHART)
    await look(busy)
    (message,) = reports(busy)
    assert kinds(message) == [IMAGE, IMAGE]
    assert "*按时联系*：50%（1/2）" in str(message.blocks), "the numbers stand as text as well"
    assert [each.files for each in busy.slack.person(ZHOU).dm_messages() if each.files] == []
    assert len(busy.calls("files.completeUploadExternal")) == 2


@pytest.mark.parametrize("unknown", [{CHART, IMAGE}, {CHART}])
async def test_where_it_takes_no_pictures_either_the_numbers_arrive(busy: Office, unknown: set[str]) -> None:
    """Refused as a block, or not even to be uploaded."""
    busy.slack.state.unknown_blocks |= unknown
    if IMAGE not in unknown:
        busy.slack.faults.add("files.getUploadURLExternal", "error", error="file_uploads_disabled")
    await look(busy)
    (message,) = reports(busy)
    assert kinds(message) == []
    assert "*按时联系*：50%（1/2）" in str(message.blocks)


@pytest.mark.parametrize("are_known", [True, False])
@pytest.mark.parametrize("kind", ["drop", "drop_before"])
async def test_a_lost_answer_is_looked_up_before_anything_is_posted_again(
    busy: Office, kind: str, are_known: bool
) -> None:
    """Whether it was posted or not, and whether the lost post was that of the charts or of the pictures."""
    if not are_known:
        busy.slack.state.unknown_blocks.add(CHART)
        busy.slack.faults.add("chat.postMessage", "error", error="invalid_blocks")
    busy.slack.faults.add("chat.postMessage", "drop" if kind == "drop" else "error", error="internal_error")
    await look(busy)
    for _ in range(4):
        await settle(busy)
    assert len(reports(busy)) == 1
    notice = await busy.services.notices.find(TEAM, KEY)
    assert notice is not None
    assert notice.state is NoticeState.SENT


async def test_replicas_and_repeated_looks_send_it_once(busy: Office) -> None:
    """Also on another weekday that an admin settles after it was sent."""
    await look(busy)
    await asyncio.gather(*(busy.plan() for _ in range(4)), *(deliver(busy) for _ in range(4)))
    settings = await busy.services.workspaces.settings(TEAM)
    changed = settings.model_copy(update={"report": ReportRules(weekday=5, hour=18)})
    await busy.services.workspaces.store.save_settings(TEAM, changed)
    await look(busy, "2026-11-27T18:00:00+08:00")
    assert len(reports(busy)) == 1


async def test_the_engine_brings_it_on_time_and_again_in_the_next_week(busy: Office) -> None:
    """Planned by the same round as the daily messages, at the minute it is due."""
    for friday, count in ((FRIDAY, 1), ("2026-12-04T16:00:00+08:00", 2)):
        before = friday.replace("16:00", "15:30")
        busy.clock.set(before)
        async with busy.engine() as sweep:
            await sweep()
            busy.clock.set(friday)
            await sweep()

            async def has_come(wanted: int = count) -> bool:
                return len(reports(busy)) == wanted

            await until(has_come)


@pytest.mark.parametrize(
    "moment", ["2026-11-27T15:59:00+08:00", "2026-11-26T16:00:00+08:00", "2026-11-27T20:00:00+08:00"]
)
async def test_it_comes_at_no_other_time(busy: Office, moment: str) -> None:
    """Neither early nor in the evening, when the bot was down all afternoon."""
    await look(busy, moment)
    assert reports(busy) == []


async def test_nothing_to_tell_and_no_team_is_no_message(office: Office) -> None:
    """A team without customers; a lead of nobody."""
    await look(office)
    notice = await office.services.notices.find(TEAM, KEY)
    assert notice is not None
    assert notice.state is NoticeState.EMPTY
    await office.services.members.set_roles(TEAM, "U05REED", frozenset({Role.TEAM_LEAD}), "", by="test")
    await office.services.nudges.join(TEAM, "U05REED")
    await look(office)
    assert reports(office) + reports(office, "U05REED") == []

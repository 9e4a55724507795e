"""Who gets a daily message, when, and what it says."""

from datetime import date, timedelta

import pytest

from bot.domain.customer import Tier
from bot.domain.note import VisitForm
from bot.domain.notice import NoticeState
from bot.domain.user import Role
from bot.domain.visit import Channel
from bot.sandbox import Message
from bot.storage import keys
from tests.jobs.office import AT_NINE, TODAY, Office
from tests.world import CHEN, GRACE, LIN, REED, TEAM, ZHOU


async def morning(office: Office, moment: str) -> None:
    """What the sweep does at a moment, without the job engine."""
    office.clock.set(moment)
    await office.plan()
    for _, digest in await office.services.notices.to_deliver({TEAM}):
        await office.worker().deliver(TEAM, digest.key)


def texts(message: Message) -> list[str]:
    """What a reader sees of sections, header and context."""
    shown = []
    for block in message.blocks:
        parts = block.get("elements", []) if block["type"] == "context" else [block.get("text")]
        shown += [part["text"] for part in parts if part]
    return shown


def customers(message: Message) -> list[str]:
    """The names in the rows, in their order."""
    return [text.split("*")[1] for text in texts(message) if text.startswith("*")]


async def test_nothing_comes_before_the_hour(office: Office) -> None:
    """At a minute to nine nobody is told anything."""
    await office.overdue(LIN, "远大纺织")
    await morning(office, "2026-11-24T08:59:59+08:00")
    assert office.posts == []


async def test_at_nine_one_message_tells_what_is_due(office: Office) -> None:
    """With the reason of the day: tier, gap, and since when."""
    await office.overdue(LIN, "远大纺织")
    await morning(office, AT_NINE)
    (message,) = office.digests()
    assert customers(message) == ["远大纺织"]
    (row,) = [text for text in texts(message) if "远大纺织" in text]
    assert "14" in row
    assert "远大纺织" in message.text, "notifications show the fallback"


async def test_the_message_carries_its_key(planned: Office) -> None:
    """By which it is recognised when the answer to the post was lost."""
    await planned.deliver()
    (message,) = planned.digests()
    assert message.metadata == {
        "event_type": "factormate_digest",
        "event_payload": {"key": f"digest:{LIN}:2026-11-24"},
    }


async def test_everybody_gets_it_at_nine_in_their_own_zone(office: Office) -> None:
    """Nine in Shanghai is the evening before in New York, where Grace's nine comes thirteen hours later."""
    await office.overdue(LIN, "远大纺织")
    await office.overdue(GRACE, "Harbour Tools")
    await morning(office, AT_NINE)
    assert (len(office.digests(LIN)), len(office.digests(GRACE))) == (1, 0)
    await morning(office, "2026-11-24T08:59:00-05:00")
    assert office.digests(GRACE) == []
    await morning(office, "2026-11-24T09:00:00-05:00")
    assert (len(office.digests(LIN)), len(office.digests(GRACE))) == (1, 1)


async def test_everybody_is_written_to_in_their_own_language(office: Office) -> None:
    await office.overdue(LIN, "远大纺织")
    await office.overdue(GRACE, "Harbour Tools")
    await morning(office, AT_NINE)
    await morning(office, "2026-11-24T09:00:00-05:00")
    assert "早上好" in "".join(texts(office.digests(LIN)[0]))
    assert "Good morning" in "".join(texts(office.digests(GRACE)[0]))


async def test_a_chosen_language_counts_more_than_slacks(office: Office) -> None:
    actor = await office.services.members.actor(TEAM, LIN)
    await office.services.members.set_language(actor, "en")
    await office.overdue(LIN, "远大纺织")
    await morning(office, AT_NINE)
    assert "Good morning" in "".join(texts(office.digests(LIN)[0]))


async def test_nothing_due_no_message(office: Office) -> None:
    """And the day is settled: what becomes due during it waits for tomorrow."""
    await office.customer(LIN, "远大纺织", Tier.A, "2026-11-23")
    await morning(office, AT_NINE)
    assert office.posts == []
    digest = await office.find()
    assert digest is not None
    assert digest.state is NoticeState.EMPTY


async def test_the_worst_come_first(office: Office) -> None:
    """Days late times tier: a week of a D outweighs one day of an A."""
    await office.customer(LIN, "晚七天的丁", Tier.D, "2026-08-19")
    await office.customer(LIN, "晚一天的甲", Tier.A, "2026-11-09")
    await office.customer(LIN, "今天的甲", Tier.A, "2026-11-10")
    await office.customer(LIN, "晚四天的乙", Tier.B, "2026-10-21")
    await morning(office, AT_NINE)
    assert customers(office.digests()[0]) == ["晚四天的乙", "晚七天的丁", "晚一天的甲", "今天的甲"]


@pytest.mark.parametrize(("count", "rows", "more"), [(7, 7, ""), (8, 7, "另有 1 项"), (12, 7, "另有 5 项")])
async def test_at_most_seven_rows(office: Office, count: int, rows: int, more: str) -> None:
    """The others are counted, and are on the Home tab."""
    await office.overdue(LIN, *(f"第{number}号客户" for number in range(count)))
    await morning(office, AT_NINE)
    (message,) = office.digests()
    assert len(customers(message)) == rows
    said = [text for text in texts(message) if "另有" in text]
    assert said == [] if not more else more in said[0]
    assert f"{count} " in texts(message)[1]


async def test_each_row_can_be_logged_done_snoozed_or_dropped(planned: Office) -> None:
    """Three lengths of snooze, each with its reasons one tap away, and a day of one's own."""
    await planned.deliver()
    (message,) = planned.digests()
    (row,) = [block for block in message.blocks if block["type"] == "actions"]
    log, done, snooze, drop = row["elements"]
    assert {log["type"], done["type"]} == {"button"}
    assert [len(group["options"]) for group in snooze["option_groups"]] == [4, 4, 4, 1]
    assert len(drop["options"]) == 4


async def test_one_a_day_whatever_becomes_due_later(office: Office) -> None:
    """A second sweep, an hour later, with more to do, sends nothing."""
    await office.overdue(LIN, "远大纺织")
    await morning(office, AT_NINE)
    await office.overdue(LIN, "恒通电子")
    await morning(office, "2026-11-24T10:00:00+08:00")
    assert len(office.digests()) == 1


async def test_the_next_working_day_brings_the_next(office: Office) -> None:
    await office.overdue(LIN, "远大纺织")
    await morning(office, AT_NINE)
    await morning(office, "2026-11-25T09:00:00+08:00")
    keys_sent = [(each.metadata or {})["event_payload"]["key"] for each in office.digests()]
    assert keys_sent == [f"digest:{LIN}:2026-11-24", f"digest:{LIN}:2026-11-25"]


@pytest.mark.parametrize(
    ("moment", "comes"),
    [
        pytest.param("2026-11-28T09:00:00+08:00", False, id="Saturday"),
        pytest.param("2026-11-29T09:00:00+08:00", False, id="Sunday"),
        pytest.param("2026-10-10T09:00:00+08:00", True, id="make-up Saturday"),
        pytest.param("2026-10-01T09:00:00+08:00", False, id="National Day"),
        pytest.param("2027-01-01T09:00:00+08:00", False, id="New Year 2027, beyond the official data"),
        pytest.param("2027-02-08T09:00:00+08:00", False, id="Spring Festival 2027, beyond the official data"),
        pytest.param("2027-03-01T09:00:00+08:00", True, id="a Monday beyond the official data"),
    ],
)
async def test_only_on_working_days(office: Office, moment: str, comes: bool) -> None:
    """Weekends and Chinese public holidays are free, make-up working days are not."""
    await office.overdue(LIN, "远大纺织", last="2026-01-09")
    office.clock.set(moment)
    await office.services.nudges.store.schedule(TEAM, LIN, office.clock())
    await morning(office, moment)
    assert len(office.digests()) == comes


async def test_who_starts_late_gets_the_message_late(office: Office) -> None:
    """A bot that was down at nine sends at three; at eight in the evening the day is over."""
    await office.overdue(LIN, "远大纺织")
    await office.overdue(CHEN, "恒通电子")
    await office.services.nudges.store.unschedule(TEAM, CHEN)
    await morning(office, "2026-11-24T15:00:00+08:00")
    assert len(office.digests(LIN)) == 1
    await office.services.nudges.join(TEAM, CHEN)
    await morning(office, "2026-11-24T20:00:00+08:00")
    assert office.digests(CHEN) == []


async def test_a_missed_window_is_caught_up_once(office: Office) -> None:
    """Everything was down from ten to nine until eleven: late, but on the same day, however often it is looked."""
    await office.overdue(LIN, "远大纺织")
    await morning(office, "2026-11-24T08:50:00+08:00")
    assert office.digests() == []
    for moment in ("2026-11-24T11:00:00+08:00", "2026-11-24T11:00:10+08:00", "2026-11-24T12:30:00+08:00"):
        await morning(office, moment)
    assert len(office.digests()) == 1


async def test_what_was_decided_yesterday_is_not_sent_today(planned: Office) -> None:
    """Everything went down between the decision and the post, and came back the next morning."""
    await morning(planned, "2026-11-25T09:00:00+08:00")
    (message,) = planned.digests()
    assert (message.metadata or {})["event_payload"]["key"] == f"digest:{LIN}:2026-11-25"


async def test_a_lead_with_customers_gets_one_too_and_others_do_not(office: Office) -> None:
    """Somebody without a role is not in the round, even when he was put on the list once."""
    await office.overdue(ZHOU, "远大纺织")
    await office.services.nudges.store.schedule(TEAM, REED, office.clock())
    await morning(office, AT_NINE)
    assert (len(office.digests(ZHOU)), len(office.digests(REED))) == (1, 0)
    assert REED not in await office.services.nudges.store.scheduled_people(TEAM)


async def test_who_lost_the_role_is_left_alone(office: Office) -> None:
    """Also between the decision and the post."""
    await office.overdue(LIN, "远大纺织")
    office.clock.set(AT_NINE)
    await office.plan()
    await office.services.members.set_roles(TEAM, LIN, frozenset[Role](), None, by="test")
    await office.deliver()
    assert office.posts == []


async def test_what_was_done_before_the_post_is_not_listed(planned: Office) -> None:
    """The list is made when it is posted, not when it was decided on."""
    services = planned.services
    actor = await services.members.actor(TEAM, LIN)
    (customer,) = await services.customers.suggest(actor, "远大纺织")
    await services.visits.save(actor, VisitForm("V1", customer.id, TODAY, Channel.PHONE, "说好了"))
    assert (await planned.deliver()).state is NoticeState.EMPTY
    assert planned.posts == []


async def test_a_new_hour_holds_from_the_next_message_on(office: Office) -> None:
    """A workspace that moves its hour to half past ten is not written to at nine."""
    settings = await office.services.workspaces.settings(TEAM)
    moved = settings.model_copy(update={"digest_at": settings.digest_at.replace(hour=10, minute=30)})
    await office.services.workspaces.store.save_settings(TEAM, moved)
    await office.overdue(LIN, "远大纺织")
    await morning(office, AT_NINE)
    assert office.posts == []
    await morning(office, "2026-11-24T10:30:00+08:00")
    assert len(office.digests()) == 1


async def test_nobody_is_written_to_on_a_guess(office: Office) -> None:
    """While Slack does not say where and in which language Grace works, her message waits; then it comes, rightly."""
    await office.overdue(GRACE, "Harbour Tools")
    await office.core.redis.delete(keys.profile(TEAM, GRACE))
    office.slack.faults.add("users.info", "error", times=2, error="fatal_error")
    await morning(office, AT_NINE)
    assert await office.find(GRACE) is None, "nine in Shanghai is not her nine"
    office.slack.faults.clear()
    office.clock.set("2026-11-24T09:00:00-05:00")
    await office.plan()
    await office.core.redis.delete(keys.profile(TEAM, GRACE))
    office.slack.faults.add("users.info", "error", error="fatal_error")
    assert (await office.deliver(GRACE)).state is NoticeState.PLANNED
    assert (await office.settle(GRACE)).state is NoticeState.SENT
    assert "Good morning" in "".join(texts(office.digests(GRACE)[0]))


async def test_a_message_that_could_not_be_sent_on_its_day_is_given_up(planned: Office) -> None:
    """Nobody is written to at night, and the next morning brings one message, not two."""
    planned.slack.faults.add("conversations.open", "drop_before", times=99)
    await planned.deliver()
    planned.clock.set("2026-11-24T20:00:00+08:00")
    assert (await planned.settle()).state is NoticeState.FAILED
    planned.slack.faults.clear()
    planned.wall.advance(timedelta(hours=13))
    await morning(planned, "2026-11-25T09:00:00+08:00")
    assert len(planned.digests()) == 1
    troubled = await planned.services.notices.troubled(TEAM)
    assert [(each.day, each.error) for each in troubled if each.user_id == LIN] == [(TODAY, "ServerDisconnectedError")]


async def test_a_digest_for_a_later_day_waits(office: Office) -> None:
    """An operator's rehearsal on tomorrow's clock is not carried out by a bot that lives today."""
    await office.overdue(LIN, "远大纺织")
    office.clock.set("2026-11-25T09:00:00+08:00")
    await office.plan()
    office.clock.set(AT_NINE)
    tomorrow = date(2026, 11, 25)
    assert (await office.deliver(LIN, tomorrow)).state is NoticeState.PLANNED
    office.clock.set("2026-11-25T09:00:00+08:00")
    assert (await office.deliver(LIN, tomorrow)).state is NoticeState.SENT

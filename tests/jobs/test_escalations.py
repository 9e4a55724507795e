"""What stays undone goes up the line: once a step, to the right people, whatever is down, killed or replayed."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.domain.absence import AwayKind
from bot.domain.customer import Customer, Tier
from bot.domain.escalation import Outcome
from bot.domain.facts import RiskEvent
from bot.domain.ladder import EscalationRules
from bot.domain.note import VisitForm
from bot.domain.notice import Notice, NoticeKind, NoticeState
from bot.domain.user import Role
from bot.domain.visit import Channel, Facts
from bot.errors import EscalationAnsweredError, EscalationGoneError
from bot.sandbox import Message
from bot.services.absences import PersonalSettings
from tests.jobs.office import AT_NINE, Office, until
from tests.world import CHEN, GRACE, LIN, REED, TEAM, ZHOU

LONG_AGO = "2026-11-04"
"""An A customer's contact was due on 18 November and overdue, after 2 days of grace, on Saturday the 21st: day 0 is
Monday the 23rd, and the lead is asked on Tuesday."""


def asked(office: Office, user_id: str = ZHOU) -> list[Message]:
    messages = office.slack.person(user_id).dm_messages()
    return [each for each in messages if (each.metadata or {}).get("event_type") == "factormate_escalation"]


def read(message: Message) -> str:
    return str(message.blocks)


async def climb(office: Office, user_id: str) -> None:
    """What the sweep does about one person's follow-ups."""
    await office.services.ladders.plan(await office.services.members.actor(TEAM, user_id))


async def morning(office: Office, moment: str, times: int = 1) -> None:
    """What the sweep does, without the job engine."""
    office.clock.set(moment)
    for _ in range(times):
        await office.services.nudges.plan_due({TEAM}, office.services.ladders.plan)
        for team_id, notice in await office.services.notices.to_deliver({TEAM}):
            await office.worker().deliver(team_id, notice.key)


async def settles(office: Office, **rules: object) -> None:
    settings = await office.services.workspaces.settings(TEAM)
    changed = settings.model_copy(update={"escalation": EscalationRules.model_validate(rules)})
    await office.services.workspaces.store.save_settings(TEAM, changed)


async def notices(office: Office) -> list[Notice]:
    found = [*await office.services.notices.under_way(TEAM), *await office.services.notices.troubled(TEAM)]
    return [each for each in found if each.kind is NoticeKind.ESCALATION]


async def promise(office: Office, customer: Customer, due: date, made_on: str = "2026-11-12") -> None:
    """Lin has promised something for that day."""
    actor = await office.services.members.actor(TEAM, LIN)
    on = date.fromisoformat(made_on)
    office.clock.set(f"{made_on}T10:00:00+08:00")
    form = VisitForm("V1", customer.id, on, Channel.PHONE, "说好发报价", next_step="发报价", next_step_on=due)
    await office.services.visits.save(actor, form)


@pytest.fixture
async def late(office: Office) -> Customer:
    """Lin's A customer nobody has called."""
    return await office.customer(LIN, "远大纺织", Tier.A, LONG_AGO)


async def test_the_lead_is_asked_one_thing_with_the_days_and_the_buttons(office: Office, late: Customer) -> None:
    await morning(office, "2026-11-23T09:00:00+08:00")
    assert asked(office) == [], "the account manager's own day"
    await morning(office, AT_NINE)
    (message,) = asked(office)
    assert "远大纺织" in message.text
    assert "请安排今天联系这位客户" in read(message)
    assert "逾期 6 天" in read(message)
    (row,) = [each for each in message.blocks if each["type"] == "actions"]
    assert [each["action_id"].removeprefix("escalation_") for each in row["elements"]] == [
        "take",
        "reassign",
        "quiet",
        "nudge",
    ]
    assert asked(office, LIN) == []


async def test_each_step_is_told_once_however_often_it_is_looked_at(office: Office, late: Customer) -> None:
    """Three sweeps in a row, a day later again, and a clock that goes back."""
    await morning(office, AT_NINE, times=3)
    for moment in ("2026-11-24T11:00:00+08:00", "2026-11-25T09:00:00+08:00", AT_NINE, "2026-11-26T09:00:00+08:00"):
        await morning(office, moment)
    assert len(asked(office)) == 1


async def test_two_replicas_tell_it_once(office: Office, late: Customer) -> None:
    office.clock.set(AT_NINE)
    await office.plan()
    await asyncio.gather(*(climb(office, LIN) for _ in range(6)))
    found = [each.key for each in await notices(office)]
    assert len(found) == 1
    await asyncio.gather(*(office.worker().deliver(TEAM, found[0]) for _ in range(4)))
    assert len(asked(office)) == 1


async def test_through_the_engine_with_every_kind_of_fault(office: Office, late: Customer) -> None:
    """Accepted but never answered: found by its key, not sent again."""
    office.clock.set(AT_NINE)
    office.slack.faults.add("chat.postMessage", "drop", times=2)
    async with office.engine() as sweep, office.engine() as other:
        await asyncio.gather(sweep(), other())
        digests = office.slack.person(LIN).dm_messages
        await office.slack.wait_for(lambda: asked(office) and digests(), timeout=15)  # both are on their way
        office.wall.advance(timedelta(seconds=31))
        await asyncio.gather(sweep(), other())

        async def is_settled() -> bool:
            return not await office.services.notices.under_way(TEAM)

        await until(is_settled)
    assert len(asked(office)) == 1


async def test_down_in_the_morning_it_comes_late_but_the_same_day(office: Office, late: Customer) -> None:
    """Everything was down from 08:50 to 11:00."""
    await morning(office, "2026-11-24T08:50:00+08:00")
    assert asked(office) == []
    await morning(office, "2026-11-24T11:00:00+08:00")
    assert len(asked(office)) == 1


async def test_what_was_decided_yesterday_is_asked_today_and_once(office: Office, late: Customer) -> None:
    """Everything went down between the decision and the post, and came back the next morning."""
    office.clock.set(AT_NINE)
    await office.services.nudges.plan_due({TEAM}, office.services.ladders.plan)
    await morning(office, "2026-11-25T09:00:00+08:00", times=2)
    await morning(office, "2026-11-25T10:00:00+08:00", times=2)
    (message,) = asked(office)
    assert "逾期 7 天" in read(message)


async def test_what_could_not_be_sent_on_its_day_is_asked_anew_the_next(office: Office, late: Customer) -> None:
    """Yesterday's message is not sent any more; the step is taken again, once, with the days of today."""
    office.slack.faults.add("conversations.open", "drop_before", times=99)
    await morning(office, AT_NINE)
    office.wall.advance(timedelta(minutes=2))
    await morning(office, "2026-11-24T20:00:00+08:00")
    failed = [each for each in await notices(office) if each.state is NoticeState.FAILED]
    assert len(failed) == 1
    office.slack.faults.clear()
    await morning(office, "2026-11-25T09:00:00+08:00", times=2)
    assert len(asked(office)) == 1
    assert await notices(office) == []


async def test_done_before_it_is_sent_nobody_is_asked(office: Office, late: Customer) -> None:
    office.clock.set(AT_NINE)
    await office.plan()
    await climb(office, LIN)
    actor = await office.services.members.actor(TEAM, LIN)
    await office.services.visits.save(actor, VisitForm("V9", late.id, date(2026, 11, 24), Channel.PHONE, "说好了"))
    await morning(office, "2026-11-24T09:01:00+08:00")
    assert asked(office) == []


async def test_a_missed_promise_climbs_to_the_head(office: Office) -> None:
    """Lead, then the head for an A customer, then service recovery: each one message."""
    await settles(office, heads=[REED])
    await office.services.members.set_roles(TEAM, REED, frozenset({Role.APPROVER}), None, by="test")
    customer = await office.customer(LIN, "远大纺织", Tier.A, "2026-11-20")
    await promise(office, customer, date(2026, 11, 24), "2026-11-23")
    for day in ("11-24", "11-25", "11-26", "11-27", "11-30", "12-01", "12-02", "12-03"):
        await morning(office, f"2026-{day}T09:00:00+08:00")
    told = [str(each.metadata) for each in asked(office) if "step-" in str(each.metadata)]
    assert [("keep-lead" in each, "recover-lead" in each) for each in told] == [(True, False), (False, True)]
    (to_head,) = [each for each in asked(office, REED) if "step-" in str(each.metadata)]
    assert "发报价" not in read(to_head), "the head has not the right to read notes"
    assert "发报价" in "".join(read(each) for each in asked(office))


async def test_nobody_is_asked_about_oneself(office: Office) -> None:
    """Above a lead stands the head; without one, nobody."""
    await office.customer(ZHOU, "远大纺织", Tier.A, LONG_AGO)
    await morning(office, AT_NINE)
    assert [asked(office, each) for each in (ZHOU, LIN, CHEN, GRACE)] == [[], [], [], []]


async def test_while_the_lead_is_away_the_stand_in_is_asked(office: Office, late: Customer) -> None:
    """And may answer; but never about oneself: then the lead is asked all the same."""
    zhou = await office.services.members.actor(TEAM, ZHOU)
    day = date(2026, 11, 24)
    office.clock.set(AT_NINE)
    away = PersonalSettings(None, None, CHEN, AwayKind.LEAVE, day, day)
    await office.services.absences.choose(zhou, away)
    await office.customer(CHEN, "华瑞百货", Tier.A, LONG_AGO)
    await morning(office, AT_NINE)
    await climb(office, CHEN)
    await morning(office, AT_NINE)
    assert ["远大纺织" in each.text for each in asked(office, CHEN)] == [True]
    assert ["华瑞百货" in each.text for each in asked(office)] == [True]
    await answered(office, late, CHEN, Outcome.TAKEN)
    found = await office.services.escalations.store.find(TEAM, f"contact-{late.id}")
    assert found is not None
    assert found.answer is not None
    assert found.answer.by == CHEN


async def test_without_a_lead_the_admins_are_asked_and_see_no_note(office: Office, late: Customer) -> None:
    await office.services.members.set_roles(TEAM, ZHOU, frozenset({Role.ADMIN}), None, by="test")
    await morning(office, AT_NINE)
    (message,) = asked(office)
    (row,) = [each for each in message.blocks if each["type"] == "actions"]
    assert [each["action_id"] for each in row["elements"]] == ["escalation_take", "escalation_nudge"]


async def test_more_than_a_lead_can_take_waits_for_the_weekly_report(office: Office) -> None:
    """Two messages a week here: what is more is held, but never a promise to an A customer."""
    await settles(office, per_week=2)
    for number in range(5):
        await office.customer(LIN, f"第{number}号客户", Tier.A, LONG_AGO)
    customer = await office.customer(LIN, "远大纺织", Tier.A, "2026-11-12")
    await promise(office, customer, date(2026, 11, 20))
    await morning(office, AT_NINE)
    assert len(asked(office)) == 3
    held = await office.services.ladders.held(TEAM, ZHOU, date(2026, 11, 24))
    assert len(held) == 3
    await morning(office, "2026-11-30T09:00:00+08:00")
    assert await office.services.ladders.held(TEAM, ZHOU, date(2026, 11, 30)) == (), "each is told once"


async def test_the_better_tiers_come_first_where_a_lead_gets_only_so_many(office: Office) -> None:
    """Though the B customer waits for longer."""
    await settles(office, per_week=1)
    await office.customer(LIN, "较久没联系的客户", Tier.B, "2026-08-03")
    await office.customer(LIN, "远大纺织", Tier.A, "2026-11-02")
    await morning(office, AT_NINE)
    (message,) = asked(office)
    assert "远大纺织" in message.text


async def test_late_c_customers_are_for_the_weekly_report_only(office: Office) -> None:
    await office.customer(LIN, "远大纺织", Tier.C, "2026-08-03")
    await morning(office, AT_NINE)
    assert asked(office) == []
    assert len(await office.services.ladders.held(TEAM, ZHOU, date(2026, 11, 24))) == 1


async def answered(office: Office, late: Customer, user_id: str, outcome: Outcome) -> None:
    """A click, and what its service does."""
    actor = await office.services.members.actor(TEAM, user_id)
    followup_id, began = f"contact-{late.id}", "2026-11-23"
    escalations = office.services.escalations
    if outcome is Outcome.TAKEN:
        await escalations.take(actor, followup_id, began)
    elif outcome is Outcome.NUDGED:
        await escalations.nudge(actor, followup_id, began)
    else:
        await escalations.quiet(actor, followup_id, began, date(2026, 12, 15), "年底结账")


async def test_an_answer_ends_it_and_the_account_manager_reads_who_gave_it(office: Office, late: Customer) -> None:
    """On top of the next daily message, once."""
    await morning(office, AT_NINE)
    await answered(office, late, ZHOU, Outcome.NUDGED)
    await answered(office, late, ZHOU, Outcome.NUDGED)  # a double click
    await morning(office, "2026-11-25T09:00:00+08:00")
    await morning(office, "2026-11-26T09:00:00+08:00")
    told = [f"<@{ZHOU}> 请您今天先办" in read(each) for each in office.digests(LIN)]
    assert told == [False, True, False]
    assert len(asked(office)) == 1


async def test_of_two_leads_the_first_to_click_counts(office: Office, late: Customer) -> None:
    await office.services.members.set_roles(TEAM, GRACE, frozenset({Role.TEAM_LEAD}), "East", by="test")
    await morning(office, AT_NINE)
    await morning(office, "2026-11-24T09:00:00-05:00")
    assert (len(asked(office)), len(asked(office, GRACE))) == (1, 1)
    await answered(office, late, ZHOU, Outcome.TAKEN)
    with pytest.raises(EscalationAnsweredError):
        await answered(office, late, GRACE, Outcome.NUDGED)


async def test_agreed_quiet_moves_the_contact_and_is_never_escalated(office: Office, late: Customer) -> None:
    """Until it ends: then it is a new matter."""
    await morning(office, AT_NINE)
    await answered(office, late, ZHOU, Outcome.QUIET)
    customer = await office.services.customers.customers.get(TEAM, late.id)
    assert customer.quiet_until == date(2026, 12, 15)
    for day in ("2026-11-25", "2026-12-01", "2026-12-15"):
        await morning(office, f"{day}T09:00:00+08:00")
    assert len(asked(office)) == 1
    await morning(office, "2026-12-22T09:00:00+08:00")
    assert len(asked(office)) == 2


async def test_an_old_message_is_answered_kindly(office: Office, late: Customer) -> None:
    """Somebody not asked, and somebody whose customer it is no longer: nothing happens."""
    await morning(office, AT_NINE)
    with pytest.raises(EscalationGoneError):
        await answered(office, late, CHEN, Outcome.TAKEN)
    zhou = await office.services.members.actor(TEAM, ZHOU)
    await office.services.dossiers.hand_over(zhou, "form-1", late.id, CHEN)
    with pytest.raises(EscalationGoneError):
        await answered(office, late, ZHOU, Outcome.TAKEN)


async def test_whoever_takes_the_customer_over_gets_time(office: Office, late: Customer) -> None:
    await morning(office, AT_NINE)
    zhou = await office.services.members.actor(TEAM, ZHOU)
    await office.services.dossiers.hand_over(zhou, "form-1", late.id, CHEN)
    await morning(office, "2026-11-24T10:00:00+08:00")
    assert len(asked(office)) == 1, "the first day in other hands"
    await morning(office, "2026-11-25T09:00:00+08:00")
    await morning(office, "2026-11-26T09:00:00+08:00")
    assert len(asked(office)) == 2


async def test_on_a_cluster_too(any_office: Office) -> None:
    await any_office.customer(LIN, "远大纺织", Tier.A, LONG_AGO)
    await morning(any_office, AT_NINE, times=2)
    assert len(asked(any_office)) == 1


# hard risk events


def alerts(office: Office, user_id: str) -> list[Message]:
    messages = office.slack.person(user_id).dm_messages()
    return [each for each in messages if (each.metadata or {}).get("event_type") == "factormate_alert"]


async def noted(office: Office, *risks: RiskEvent) -> Customer:
    """Lin writes down what she heard, on Monday evening at nine."""
    await office.services.members.set_roles(TEAM, REED, frozenset({Role.RISK}), None, by="test")
    customer = await office.customer(LIN, "远大纺织", Tier.C, "2026-11-20")
    office.clock.set("2026-11-23T21:00:00+08:00")
    actor = await office.services.members.actor(TEAM, LIN)
    form = VisitForm("V1", customer.id, date(2026, 11, 23), Channel.PHONE, "买方说没收过货", facts=Facts(risks=risks))
    await office.services.visits.save(actor, form)
    return customer


async def test_a_hard_risk_event_goes_to_the_account_manager_and_risk_at_once(office: Office) -> None:
    """At whatever hour, once, and never to the lead before the next day; risk sees no note without a case."""
    await noted(office, RiskEvent.FORGERY)
    async with office.engine() as sweep:
        await sweep()
        await office.slack.wait_for(lambda: alerts(office, LIN) and alerts(office, REED), timeout=15)
        await sweep()
    (to_lin,), (to_risk,) = alerts(office, LIN), alerts(office, REED)
    assert "不要对客户作新的承诺" in read(to_lin)
    assert "within one working day" in read(to_risk)
    assert "没收过货" not in read(to_risk)
    assert alerts(office, ZHOU) == asked(office) == []
    await morning(office, AT_NINE)
    (to_lead,) = asked(office)
    assert "请今天开一次风险碰头会" in read(to_lead)


async def test_two_processes_tell_a_hard_risk_event_once(office: Office) -> None:
    await noted(office, RiskEvent.INSOLVENCY)
    await asyncio.gather(*(office.services.alerts.plan(TEAM) for _ in range(5)))
    waiting = [each.key for each in await office.services.notices.under_way(TEAM) if each.kind is NoticeKind.ALERT]
    assert len(waiting) == 2
    assert await office.services.escalations.store.hard_risks(TEAM) == []


async def test_a_soft_one_is_no_alert(office: Office) -> None:
    await noted(office, RiskEvent.LAWSUIT)
    await office.services.alerts.plan(TEAM)
    assert await office.services.notices.under_way(TEAM) == []


async def test_a_hand_over_repeats_no_alert(office: Office) -> None:
    """Whoever takes over reads it in the list of what is open."""
    customer = await noted(office, RiskEvent.FORGERY)
    await office.services.alerts.plan(TEAM)
    zhou = await office.services.members.actor(TEAM, ZHOU)
    await office.services.dossiers.hand_over(zhou, "form-1", customer.id, CHEN)
    await office.services.alerts.plan(TEAM)
    keys = [each.key for each in await office.services.notices.under_way(TEAM) if each.kind is NoticeKind.ALERT]
    assert [CHEN in each for each in keys] == [False, False]

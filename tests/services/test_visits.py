"""Visit notes: what a typed line tells, and what a saved one changes."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.customer import NewCustomer, Tier
from bot.domain.draft import Draft
from bot.domain.facts import Attendee, Side
from bot.domain.followup import SnoozeLength, SnoozeReason, need_id
from bot.domain.heard import NeedNoted
from bot.domain.need import NeedType
from bot.domain.note import VisitForm
from bot.domain.visit import Channel, Facts, Promised
from bot.errors import FormError, NotAllowedError, VisitChangedError, VisitNotFoundError
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, ZHOU, Desk

FEE = "cost/fee-too-high"
WEDNESDAY, FRIDAY = date(2026, 3, 4), date(2026, 3, 6)
HONGDA = NewCustomer("宏达机械", Tier.B, "机械")


@pytest.mark.parametrize(
    ("line", "name", "note", "objections"),
    [
        ("远大纺织 嫌费率高，周三前给报价", "远大纺织", "嫌费率高，周三前给报价", (FEE,)),
        ("远大纺织：嫌费率高", "远大纺织", "嫌费率高", (FEE,)),
        ("小远，说银行便宜", "远大纺织", "说银行便宜", ("cost/bank-loan-cheaper",)),
        ("远大 嫌费率高", "远大纺织", "嫌费率高", (FEE,)),
        ("yuanda 嫌费率高", "远大纺织", "嫌费率高", (FEE,)),
        ("今天去了远大纺织，嫌费率高", "远大纺织", "今天去了远大纺织，嫌费率高", (FEE,)),
        ("远大纺织", "远大纺织", "", ()),
        ("远大纺织 费率高，银行便宜", "远大纺织", "费率高，银行便宜", (FEE, "cost/bank-loan-cheaper")),
        ("远大纺织 想缓一缓", "远大纺织", "想缓一缓", ()),
    ],
    ids=["issue's own", "colon", "alias", "part", "pinyin", "inside", "name alone", "two objections", "not sure"],
)
async def test_a_typed_line_names_the_customer_and_the_objections(
    desk: Desk, line: str, name: str, note: str, objections: tuple[str, ...]
) -> None:
    """What is not sure stays open: an empty field is kinder than a wrong one."""
    customer = await desk.create(aliases=("小远",))
    await desk.create("宏达机械")
    draft = await desk.services.visits.draft(await desk.actor(), line)
    assert draft == Draft(customer, name, note, objections)


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("", Draft()),
        ("  ", Draft()),
        ("新客户 嫌费率高", Draft(customer_name="新客户", note="嫌费率高", objection_ids=(FEE,))),
        ("新客户　嫌费率高", Draft(customer_name="新客户", note="嫌费率高", objection_ids=(FEE,))),
        ("嫌费率高", Draft(note="嫌费率高", objection_ids=(FEE,))),
        ("物流 嫌费率高", Draft(note="物流 嫌费率高", objection_ids=(FEE,))),
        (f"{'长' * 31} 嫌费率高", Draft(note=f"{'长' * 31} 嫌费率高", objection_ids=(FEE,))),
    ],
    ids=["nothing", "spaces", "unknown name", "wide space", "no name", "several fit", "too long for a name"],
)
async def test_a_line_without_a_known_customer(desk: Desk, line: str, draft: Draft) -> None:
    """A first word may be a new name; the note is never lost."""
    for name in ("远大物流", "顺达物流"):
        await desk.create(name)
    assert await desk.services.visits.draft(await desk.actor(), line) == draft


async def test_a_draft_shows_nobody_elses_customer(desk: Desk) -> None:
    """The name is taken for a new one."""
    await desk.create(by=CHEN)
    draft = await desk.services.visits.draft(await desk.actor(), "远大纺织 嫌费率高")
    assert (draft.customer, draft.customer_name) == (None, "远大纺织")


async def test_who_may_not_log_is_told_before_a_form_is_shown(desk: Desk) -> None:
    """With a line or without one."""
    reed = await desk.actor(REED)
    with pytest.raises(NotAllowedError):
        await desk.services.visits.draft(reed, "远大纺织 嫌费率高")
    with pytest.raises(NotAllowedError):
        desk.services.visits.ensure_allowed(reed)


async def test_a_saved_visit_sets_the_next_contact_and_the_next_step(desk: Desk) -> None:
    """Tier A, every fourteen days from today; the step for whoever keeps the customer."""
    customer = await desk.create(last_contact_on=date(2026, 1, 5))
    recorded = await desk.log(customer, objection_ids=(FEE,), next_step="给报价", next_step_on=WEDNESDAY)
    assert recorded.is_new
    assert recorded.visit.objection_ids == (FEE,)
    assert recorded.customer.last_contact_on == MONDAY
    assert (recorded.contact.due_on, recorded.contact.clock_on) == (WEDNESDAY, date(2026, 3, 16))
    assert recorded.contact.explanation is not None
    assert (recorded.contact.explanation.gap, recorded.contact.explanation.counted_from) == (14, MONDAY)
    (step,) = await desk.services.customers.open_steps(await desk.actor(), customer.id)
    assert (step.title, step.due_on, step.owner_id) == ("给报价", WEDNESDAY, LIN)
    assert not (await desk.services.followups.due(await desk.actor())).own
    assert [each.action for each in await desk.services.workspaces.audit.newest(TEAM, 1)] == ["visit.save"]


async def test_a_form_sent_twice_is_one_visit(desk: Desk) -> None:
    """Also at the same moment; the second sender is told that it was there."""
    customer = await desk.create()
    outcomes = await asyncio.gather(*(desk.log(customer, next_step="报价", next_step_on=MONDAY) for _ in range(3)))
    assert sorted(each.is_new for each in outcomes) == [False, False, True]
    assert len({each.visit for each in outcomes}) == 1
    brief = await desk.services.customers.brief(await desk.actor(), customer.id)
    assert (len(brief.visits), len(brief.steps)) == (1, 1)
    actions = [each.action for each in await desk.services.workspaces.audit.newest(TEAM)]
    assert actions.count("visit.save") == 1


async def test_the_same_form_of_two_people_is_two_visits(desk: Desk) -> None:
    """A form's id is unique in Slack; one made up cannot reach another's note."""
    customer = await desk.create()
    await desk.log(customer, by=LIN)
    recorded = await desk.log(customer, by=ZHOU, note="一起去的")
    assert recorded.is_new
    brief = await desk.services.customers.brief(await desk.actor(), customer.id)
    assert {visit.author_id for visit in brief.visits} == {LIN, ZHOU}


async def test_a_new_customer_is_created_together_with_the_visit(desk: Desk) -> None:
    """In one step, so that neither is there without the other; sent again, nothing is doubled."""
    first = await desk.log(HONGDA, next_step="报价", next_step_on=MONDAY)
    again = await desk.log(HONGDA, next_step="报价", next_step_on=MONDAY)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.customer == first.customer
    assert (first.customer.name, first.customer.tier, first.customer.industry) == ("宏达机械", Tier.B, "机械")
    assert (first.customer.owner_id, first.customer.last_contact_on) == (LIN, MONDAY)
    assert await desk.services.customers.suggest(await desk.actor(), "") == [first.customer]
    assert first.contact.due_on == date(2026, 4, 1)


async def test_a_new_customer_of_a_taken_name_is_refused_whole(desk: Desk) -> None:
    """No note, no customer; the form stays open with what was typed."""
    customer = await desk.create("宏达机械")
    with pytest.raises(FormError) as told:
        await desk.log(HONGDA)
    (fault,) = told.value.faults
    assert (fault.field, fault.key, fault.values) == ("new_name", "visit.error_exists", {"name": "宏达机械"})
    brief = await desk.services.customers.brief(await desk.actor(), customer.id)
    assert brief.visits == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": date(2026, 3, 3)}, "on"),
        ({"next_step": "报价"}, "next_step_on"),
        ({"next_step": "报价", "next_step_on": date(2026, 3, 7)}, "next_step_on"),
        ({"next_step": "报价", "next_step_on": date(2026, 4, 6)}, "next_step_on"),
        ({"objection_ids": (FEE, "cost/gone")}, "objections"),
    ],
    ids=["tomorrow", "step without day", "step on Saturday", "step on a public holiday", "play withdrawn"],
)
async def test_what_is_wrong_is_told_before_anything_is_stored(desk: Desk, changes: dict[str, Any], field: str) -> None:
    """A new customer is not left behind by a refused note."""
    with pytest.raises(FormError) as told:
        await desk.log(HONGDA, **changes)
    assert [each.field for each in told.value.faults] == [field]
    assert await desk.services.customers.suggest(await desk.actor(), "") == []


async def test_today_is_the_actors_own(desk: Desk) -> None:
    """Half past midnight in Shanghai is still yesterday for somebody in New York."""
    customer = await desk.create()
    await desk.moves_to(LIN, "America/New_York")
    desk.clock.set("2026-03-03T00:30:00+08:00")
    with pytest.raises(FormError):
        await desk.log(customer, on=date(2026, 3, 3))
    assert (await desk.log(customer, on=MONDAY)).is_new


@pytest.mark.parametrize("who", [CHEN, REED])
async def test_a_hidden_customer_cannot_be_written_to(desk: Desk, who: str) -> None:
    """And the refusal is that of one who does not exist."""
    hidden = await desk.create()
    refusals = []
    for customer in (hidden, hidden.model_copy(update={"id": "gone"})):
        with pytest.raises((FormError, NotAllowedError)) as told:
            await desk.log(customer, by=who)
        faults = told.value.faults if isinstance(told.value, FormError) else []
        refusals.append((type(told.value), str(told.value), [(each.field, each.key) for each in faults]))
    assert refusals[0] == refusals[1]
    assert (await desk.services.customers.brief(await desk.actor(), hidden.id)).visits == []


async def test_a_lead_logs_for_a_manager_of_the_team(desk: Desk) -> None:
    """The note is the lead's, what is to be done next the manager's."""
    customer = await desk.create()
    recorded = await desk.log(customer, by=ZHOU, next_step="报价", next_step_on=MONDAY)
    assert recorded.visit.author_id == ZHOU
    assert [each.followup.title for each in (await desk.services.followups.due(await desk.actor(LIN))).own] == ["报价"]
    assert not (await desk.services.followups.due(await desk.actor(ZHOU))).own


async def test_steps_that_were_ticked_are_done(desk: Desk) -> None:
    """Those of this customer; another's, and the contact itself, cannot be ticked off here."""
    customer, other = await desk.create(), await desk.create("宏达机械")
    step_of = {}
    for number, each in enumerate((customer, other)):
        recorded = await desk.log(each, form_id=f"V{number}", next_step="报价", next_step_on=MONDAY)
        step_of[each.id] = f"step-{recorded.visit.id}"
    done = (step_of[customer.id], step_of[other.id], f"contact-{other.id}", "gone")
    await desk.log(customer, form_id="V9", done_followup_ids=done)
    lin = await desk.actor()
    assert await desk.services.customers.open_steps(lin, customer.id) == []
    assert [each.id for each in await desk.services.customers.open_steps(lin, other.id)] == [step_of[other.id]]
    desk.clock.set("2026-03-16T09:00:00+08:00")
    assert {each.followup.id for each in (await desk.services.followups.due(lin)).own} == {
        f"contact-{customer.id}",
        f"contact-{other.id}",
        step_of[other.id],
    }


async def test_an_old_visit_logged_late_changes_nothing_about_the_next_contact(desk: Desk) -> None:
    """Neither its day nor that it was put off."""
    customer = await desk.create(last_contact_on=date(2026, 2, 14))
    contact_id, lin = f"contact-{customer.id}", await desk.actor()
    await desk.services.finishing.snooze(lin, contact_id, SnoozeLength.WEEK, SnoozeReason.ASKED_TO_WAIT)
    recorded = await desk.log(customer, on=date(2026, 2, 3))
    assert recorded.customer.last_contact_on == date(2026, 2, 14)
    assert recorded.contact.due_on == date(2026, 2, 28)
    assert (await desk.services.followups.get(lin, contact_id)).shown_on == MONDAY + timedelta(days=7)


async def test_a_visit_ends_the_snooze_of_the_contact(desk: Desk) -> None:
    """What was put off has happened: the next one counts from it."""
    customer = await desk.create(last_contact_on=date(2026, 2, 14))
    contact_id, lin = f"contact-{customer.id}", await desk.actor()
    await desk.services.finishing.snooze(lin, contact_id, SnoozeLength.WEEK, SnoozeReason.OTHER)
    await desk.log(customer)
    contact = await desk.services.followups.get(lin, contact_id)
    assert (contact.due_on, contact.snoozes) == (date(2026, 3, 16), ())


async def test_a_new_customer_of_tier_a_starts_in_b(desk: Desk) -> None:
    """Whatever the form says: A is for the lead to give."""
    recorded = await desk.log(NewCustomer("宏达机械", Tier.A))
    assert recorded.customer.tier is Tier.B


async def test_a_single_unknown_word_is_offered_as_a_customer(desk: Desk) -> None:
    """Unless it reads like the note itself."""
    actor = await desk.actor()
    assert await desk.services.visits.draft(actor, "星河控股") == Draft(customer_name="星河控股")
    assert await desk.services.visits.draft(actor, "今天聊了下近况") == Draft(note="今天聊了下近况")


async def test_a_lead_finds_the_teams_customers_and_makes_no_second_one(desk: Desk) -> None:
    """What a lead can see is neither created again nor hidden from the type-ahead."""
    customer = await desk.create()
    draft = await desk.services.visits.draft(await desk.actor(ZHOU), f"{customer.name} 补记")
    assert draft.customer == customer
    with pytest.raises(FormError):
        await desk.log(NewCustomer(customer.name, Tier.B), by=ZHOU)


async def test_a_visit_of_years_ago_is_a_slip(desk: Desk) -> None:
    customer = await desk.create()
    with pytest.raises(FormError) as told:
        await desk.log(customer, on=MONDAY.replace(year=1900))
    assert [(each.field, each.key) for each in told.value.faults] == [("on", "visit.error_too_old")]


OURS = Promised(by=Side.OURS, text="给报价", due_on=WEDNESDAY)
THEIRS = Promised(by=Side.THEIRS, text="发审计报告", due_on=date(2026, 3, 7))
OPEN = Promised(by=Side.OURS, text="问问风控")


async def test_promises_with_a_day_are_followed_up(desk: Desk) -> None:
    """Both sides'; what they promised for a Saturday is asked after on Monday."""
    customer = await desk.create()
    await desk.log(customer, facts=Facts(promises=(OURS, THEIRS, OPEN)), next_step="发合同", next_step_on=MONDAY)
    steps = await desk.services.customers.open_steps(await desk.actor(), customer.id)
    assert [(each.title, each.by, each.due_on) for each in steps] == [
        ("发合同", Side.OURS, MONDAY),
        ("给报价", Side.OURS, WEDNESDAY),
        ("发审计报告", Side.THEIRS, date(2026, 3, 9)),
    ]


async def test_a_promise_said_again_stands_once(desk: Desk) -> None:
    """With its new day; one that is done by then, or another customer's, stands by itself."""
    customer, other = await desk.create(), await desk.create(name="恒通物流")
    visit = (await desk.log(customer, facts=Facts(promises=(OURS,)))).visit
    first = f"step-{visit.id}-0"
    moved = OURS.model_copy(update={"due_on": FRIDAY, "again": first})
    await desk.log(customer, form_id="V2", facts=Facts(promises=(moved,)))
    (step,) = await desk.services.customers.open_steps(await desk.actor(), customer.id)
    assert (step.id, step.due_on, step.since) == (first, FRIDAY, MONDAY)
    third = await desk.log(other, form_id="V3", facts=Facts(promises=(moved,)))
    (own,) = await desk.services.customers.open_steps(await desk.actor(), other.id)
    assert own.id == f"step-{third.visit.id}-0"
    fourth = await desk.log(customer, form_id="V4", facts=Facts(promises=(moved,)), done_followup_ids=(first,))
    (again,) = await desk.services.customers.open_steps(await desk.actor(), customer.id)
    assert again.id == f"step-{fourth.visit.id}-0"


async def test_needs_go_into_their_file_with_the_note(desk: Desk) -> None:
    """Heard again, the same need gets another change; the answer names those that are open."""
    customer = await desk.create()
    first = await desk.log(customer, needs=(NeedNoted(NeedType.LIQUIDITY, "备货缺钱"),))
    desk.clock.set("2026-03-02T09:30:00+08:00")
    again = await desk.log(customer, form_id="V2", needs=(NeedNoted(NeedType.LIQUIDITY, "缺三百万", "¥3,000,000"),))
    assert [each.statement for each in first.needs] == ["备货缺钱"]
    assert [(each.statement, each.amount, len(each.changes)) for each in again.needs] == [("缺三百万", "¥3,000,000", 2)]
    sent_twice = await desk.log(customer, form_id="V2", needs=(NeedNoted(NeedType.OTHER, "x"),))
    assert (sent_twice.is_new, sent_twice.needs) == (False, again.needs)


async def test_a_need_that_nobody_confirms_becomes_due(desk: Desk) -> None:
    """As everywhere else where needs are written."""
    customer = await desk.create()
    await desk.log(customer, needs=(NeedNoted(NeedType.LIQUIDITY, "备货缺钱"),))
    due = await desk.services.followups.get(await desk.actor(), need_id(customer.id))
    assert due.due_on == MONDAY + timedelta(days=91)


async def test_a_refused_note_leaves_no_need_behind(desk: Desk) -> None:
    customer = await desk.create()
    with pytest.raises(FormError):
        await desk.log(customer, note="", needs=(NeedNoted(NeedType.LIQUIDITY, "备货缺钱"),))
    assert await desk.services.visits.needs.of(TEAM, customer.id) == []


def changed(customer_id: str, **changes: Any) -> VisitForm:
    return replace(VisitForm("V2", customer_id, MONDAY, Channel.VISIT, "嫌费率高，再谈"), **changes)


async def test_a_changed_note_keeps_its_promises_and_adds_new_ones(desk: Desk) -> None:
    """A promise that is done by then stays done."""
    customer, lin = await desk.create(), await desk.actor()
    visit = (await desk.log(customer, facts=Facts(promises=(OURS,)))).visit
    await desk.log(customer, form_id="V9", done_followup_ids=(f"step-{visit.id}-0",))
    form = changed(customer.id, facts=Facts(attendees=(Attendee.CFO,), promises=(THEIRS,)))
    recorded = await desk.services.visits.revise(lin, visit.id, 1, form)
    assert recorded.visit.facts == Facts(attendees=(Attendee.CFO,), promises=(OURS, THEIRS))
    assert (recorded.visit.version, recorded.visit.author_id, recorded.visit.written_by) == (2, LIN, LIN)
    steps = await desk.services.customers.open_steps(lin, customer.id)
    assert [(each.title, each.owner_id) for each in steps] == [("发审计报告", LIN)]
    actions = [each.action for each in await desk.services.workspaces.audit.newest(TEAM)]
    assert "visit.change" in actions


async def test_only_the_version_that_was_seen_is_changed(desk: Desk) -> None:
    """The second of two learns of the first; the same change sent again is no second one."""
    customer, lin = await desk.create(), await desk.actor()
    visit = (await desk.log(customer)).visit
    zhou = await desk.actor(ZHOU)
    first = await desk.services.visits.revise(zhou, visit.id, 1, changed(customer.id))
    again = await desk.services.visits.revise(zhou, visit.id, 1, changed(customer.id))
    assert (first.is_new, again.is_new) == (True, False)
    with pytest.raises(VisitChangedError) as told:
        await desk.services.visits.revise(lin, visit.id, 1, changed(customer.id, note="我的"))
    assert told.value.stored == first.visit
    assert [each.version for each in await desk.services.visits.history(lin, visit.id)] == [2, 1]


@pytest.mark.parametrize("who", [CHEN, "U09WEST"])
async def test_a_hidden_note_is_not_there(desk: Desk, who: str) -> None:
    """To be read or to be changed."""
    customer, stranger = await desk.create(), await desk.actor(who)
    visit = (await desk.log(customer)).visit
    for visit_id in (visit.id, "gone"):
        with pytest.raises(VisitNotFoundError):
            await desk.services.visits.get(stranger, visit_id)
        with pytest.raises(VisitNotFoundError):
            await desk.services.visits.history(stranger, visit_id)
        with pytest.raises(VisitNotFoundError):
            await desk.services.visits.revise(stranger, visit_id, 1, changed(customer.id))


async def test_a_visit_that_moves_to_a_later_day_moves_the_next_contact(desk: Desk) -> None:
    customer = await desk.create(last_contact_on=date(2026, 1, 5))
    visit = (await desk.log(customer, on=date(2026, 2, 27))).visit
    recorded = await desk.services.visits.revise(await desk.actor(), visit.id, 1, changed(customer.id))
    assert (recorded.customer.last_contact_on, recorded.contact.due_on) == (MONDAY, date(2026, 3, 16))

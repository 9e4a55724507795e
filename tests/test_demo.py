"""The local workspace's invented data: what it holds, and that it looks alive on whatever day it is made."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from bot import assembly, demo, loading
from bot.calendars import WorkCalendar
from bot.clock import Clock
from bot.domain import entry
from bot.domain.customer import Tier, folded
from bot.domain.facts import Side
from bot.domain.followup import DueItem, Kind
from bot.domain.home import Trouble
from bot.domain.user import Profile, Role
from bot.domain.workcalendar import first_working_day
from bot.matching import Matcher
from bot.services import Services
from bot.settings import Settings
from bot.storage.sealing import Sealer, new_key

TEAM = "T0LOCAL"
MANAGERS = LIN, CHEN, GRACE = "U01LIN", "U02CHEN", "U03GRACE"
ZHOU, REED, HE, FANG = "U04ZHOU", "U05REED", "U06HE", "U07FANG"
SHANGHAI = ZoneInfo("Asia/Shanghai")

DATA = demo.load()
VISITS = [visit for customer in DATA.customers for visit in customer.visits]

ServicesAt = Callable[[Clock], Services]

working_days = pytest.mark.parametrize(
    "today",
    [
        pytest.param(date(2026, 3, 4), id="an ordinary Wednesday"),
        pytest.param(date(2026, 11, 23), id="a Monday", marks=pytest.mark.soak),
        pytest.param(date(2026, 9, 30), id="the day before National Day", marks=pytest.mark.soak),
        pytest.param(date(2026, 10, 8), id="the day after National Day"),
        pytest.param(date(2026, 10, 10), id="a Saturday worked to make up for a holiday", marks=pytest.mark.soak),
        pytest.param(date(2026, 2, 14), id="the last day before Spring Festival", marks=pytest.mark.soak),
        pytest.param(date(2026, 2, 24), id="the first day after Spring Festival", marks=pytest.mark.soak),
        pytest.param(date(2027, 2, 15), id="a year without published make-up days"),
    ],
)


def at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)


async def everybody_in_shanghai(team_id: str, user_id: str) -> Profile:
    return Profile(name=user_id, tz="Asia/Shanghai")


@pytest.fixture
def services_at(redis: Redis) -> ServicesAt:
    core = assembly.Core(
        settings=Settings(_env_file=None, admin_users=frozenset()),
        redis=redis,
        store_url="",
        sealer=Sealer((new_key(),)),
        playbook=loading.playbook(),
        matcher=cast("Matcher", None),  # nothing is asked here, and training one takes seconds
        is_work=WorkCalendar(),
    )
    return lambda now: core.services(now, everybody_in_shanghai)


async def due(services_at: ServicesAt, user_id: str, day: date) -> Sequence[DueItem]:
    services = services_at(lambda: at_nine(day))
    return (await services.followups.due(await services.members.actor(TEAM, user_id))).own


async def everything(redis: Redis) -> dict[str, object]:
    """All that is stored, to compare by."""
    return {key: await redis.dump(key) async for key in redis.scan_iter(count=1000)}


def test_every_account_manager_has_eight_invented_companies() -> None:
    """Ids and, for each owner, names and aliases are told apart; all tiers and many industries occur."""
    assert Counter(customer.owner for customer in DATA.customers) == dict.fromkeys(MANAGERS, 8)
    assert {customer.tier for customer in DATA.customers} == set(Tier)
    assert len({customer.industry for customer in DATA.customers}) >= 9
    assert len({customer.id for customer in DATA.customers}) == len(DATA.customers)
    names = [(each.owner, folded(name)) for each in DATA.customers for name in (each.name, *each.aliases)]
    assert len(set(names)) == len(names)


def test_the_company_of_the_examples_is_lins() -> None:
    """«远大纺织» in the README and in the command's help can be typed as it stands."""
    assert ("远大纺织", ("远大",), LIN) in [(each.name, each.aliases, each.owner) for each in DATA.customers]


def test_notes_read_like_notes() -> None:
    """Between a sentence and a short paragraph, without anything that looks like a phone, card or identity number."""
    assert 60 <= len(VISITS) <= 70
    assert [visit.note for visit in VISITS if not 60 <= len(visit.note) <= 200] == []
    assert not any(sum(char.isdigit() for char in word) > 6 for visit in VISITS for word in visit.note.split())


def test_every_objection_of_the_playbook_was_heard_somewhere() -> None:
    """And none that the playbook does not know."""
    heard = {objection for visit in VISITS for objection in visit.objections}
    assert heard == {each.id for each in loading.playbook().of_kind(entry.Kind.OBJECTION)}


def test_days_run_forward() -> None:
    """A customer is entered before it is seen, and the last thing to happen is a customer without visits."""
    for customer in DATA.customers:
        days = [customer.added, *(visit.ago for visit in customer.visits)]
        assert days == sorted(days, reverse=True), customer.id
    last, before = DATA.history()[-1], DATA.history()[-2]
    assert last.visit is None
    assert last.ago < before.ago


@working_days
async def test_every_manager_has_a_list_worth_opening(services_at: ServicesAt, today: date) -> None:
    """Six to nine items, late contacts and steps due today among them; nobody's list shrinks tomorrow.

    Before a long holiday it may be one more: what falls into it is due then.
    After a long holiday no step is late yet, since none may fall into it.
    """
    await demo.seed(services_at, TEAM, at_nine(today))
    tomorrow = first_working_day(today + timedelta(days=1), WorkCalendar())
    for user_id in MANAGERS:
        items = await due(services_at, user_id, today)
        assert 6 <= len(items) <= 9 + (tomorrow - today).days // 7
        assert len(await due(services_at, user_id, tomorrow)) >= len(items)
        steps = [item.followup for item in items if item.followup.kind is Kind.STEP]
        assert any(item.followup.kind is Kind.CONTACT and item.followup.days_late(today) for item in items)
        assert any(step.due_on == today for step in steps)
        assert len(steps) >= 2
    assert not any([await due(services_at, user_id, today) for user_id in (ZHOU, REED)])


async def test_on_an_ordinary_day_every_manager_is_late_with_a_step(services_at: ServicesAt) -> None:
    """So that the list shows what a missed promise looks like."""
    today = date(2026, 3, 4)
    await demo.seed(services_at, TEAM, at_nine(today))
    for user_id in MANAGERS:
        followups = [item.followup for item in await due(services_at, user_id, today)]
        assert any(each.kind is Kind.STEP and each.days_late(today) for each in followups)


async def test_on_an_ordinary_day_everything_that_can_be_due_is(services_at: ServicesAt) -> None:
    """For each manager: contacts, what we and they promised, a renewal, a risk event, an open objection, a stale need;
    and no kind makes up the most of it."""
    today = date(2026, 3, 4)
    await demo.seed(services_at, TEAM, at_nine(today))
    for user_id in MANAGERS:
        followups = [item.followup for item in await due(services_at, user_id, today)]
        kinds = Counter((each.kind, each.by) for each in followups)
        assert set(kinds) == {
            (Kind.CONTACT, Side.OURS),
            (Kind.STEP, Side.OURS),
            (Kind.STEP, Side.THEIRS),
            (Kind.RENEWAL, Side.OURS),
            (Kind.RISK, Side.OURS),
            (Kind.OBJECTION, Side.OURS),
            (Kind.NEED, Side.OURS),
        }
        assert max(kinds.values()) <= 2


async def test_the_lead_finds_exceptions(services_at: ServicesAt) -> None:
    """Something of most of what can go wrong, and every account manager's week."""
    today = date(2026, 3, 4)
    await demo.seed(services_at, TEAM, at_nine(today))
    services = services_at(lambda: at_nine(today))
    board = await services.boards.team(await services.members.actor(TEAM, ZHOU))
    assert {each.trouble for each in board.concerns} == {
        Trouble.RISK,
        Trouble.PROMISE,
        Trouble.RENEWAL,
        Trouble.CONTACT,
    }
    assert {each.customer.owner_id for each in board.concerns} == set(MANAGERS)
    assert [each.user_id for each in board.people] == list(MANAGERS)


async def test_some_customers_were_never_contacted(services_at: ServicesAt) -> None:
    """One of them is overdue for that very reason."""
    today = date(2026, 3, 4)
    await demo.seed(services_at, TEAM, at_nine(today))
    services = services_at(lambda: at_nine(today))
    lead = await services.members.actor(TEAM, ZHOU)
    owned = [await services.customers.get(lead, customer.id) for customer in DATA.customers]
    assert sum(customer.last_contact_on is None for customer in owned) == 3
    first = [item.followup.explanation for item in await due(services_at, LIN, today)]
    assert any(why and why.is_first for why in first)


async def test_a_brief_shows_a_story(services_at: ServicesAt) -> None:
    """Notes were written on working days by the owner; what was promised before the last visit is settled by it."""
    today = date(2026, 3, 4)
    await demo.seed(services_at, TEAM, at_nine(today))
    services = services_at(lambda: at_nine(today))
    lin = await services.members.actor(TEAM, LIN)
    brief = await services.customers.brief(lin, "demo-yuanda")
    assert [visit.on for visit in brief.visits] == [date(2026, 2, 28), date(2026, 2, 13), date(2026, 1, 23)]
    assert {visit.author_id for visit in brief.visits} == {LIN}
    assert [step.due_on for step in brief.steps] == [today]


async def test_people_get_their_roles_and_digests(services_at: ServicesAt, redis: Redis) -> None:
    """Whoever has a role is in the daily round; a colleague without one is not."""
    now = at_nine(date(2026, 3, 4))
    await demo.seed(services_at, TEAM, now)
    services = services_at(lambda: now)
    members = {member.user_id: member for member in await services.members.all(TEAM)}
    assert {user_id: members[user_id].roles for user_id in MANAGERS} == dict.fromkeys(
        MANAGERS, frozenset({Role.ACCOUNT_MANAGER})
    )
    assert members[ZHOU].roles == {Role.TEAM_LEAD, Role.ADMIN}
    assert {members[user_id].team for user_id in (*MANAGERS, ZHOU)} == {"华东"}
    assert members[REED].roles == frozenset()
    assert [members[each].roles for each in (HE, FANG)] == [{Role.RISK}, {Role.EDITOR}]
    assert set(await services.nudges.store.scheduled_people(TEAM)) == {*MANAGERS, ZHOU, HE, FANG}


async def test_seeding_again_changes_nothing(services_at: ServicesAt, redis: Redis) -> None:
    """Not even on a later day, when the same offsets mean other days."""
    await demo.seed(services_at, TEAM, at_nine(date(2026, 3, 4)))
    stored = await everything(redis)
    await demo.seed(services_at, TEAM, at_nine(date(2026, 3, 9)))
    assert await everything(redis) == stored


async def test_a_seed_cut_short_is_taken_up_again(services_at: ServicesAt) -> None:
    """Half the data is not taken for all of it, and what was saved already is not saved twice."""
    now = at_nine(date(2026, 3, 4))
    days = iter(range(600))

    class UntilThePowerFails(WorkCalendar):
        def __call__(self, day: date, /) -> bool:
            if next(days, None) is None:
                raise InterruptedError
            return WorkCalendar()(day)

    def failing(clock: Clock) -> Services:
        services = services_at(clock)
        workspaces = replace(services.workspaces, calendar_of=lambda _: UntilThePowerFails())
        return replace(services, visits=replace(services.visits, workspaces=workspaces))

    with pytest.raises(InterruptedError):
        await demo.seed(failing, TEAM, now)
    services = services_at(lambda: now)
    assert not await demo.is_seeded(services, TEAM)
    lin = await services.members.actor(TEAM, LIN)
    assert any(customer.last_contact_on for customer in await services.customers.suggest(lin, ""))
    await demo.seed(services_at, TEAM, now)
    assert await demo.is_seeded(services, TEAM)
    assert len(await due(services_at, LIN, now.date())) == 9


async def test_an_empty_workspace_is_not_seeded(services_at: ServicesAt) -> None:
    """Nor is one whose neighbour is."""
    now = at_nine(date(2026, 3, 4))
    await demo.seed(services_at, "T0OTHER", now)
    assert not await demo.is_seeded(services_at(lambda: now), TEAM)


async def test_a_needs_file_has_something_to_show(services_at: ServicesAt) -> None:
    """A need that was told differently twice, and a confirmed one, each with the note it comes from."""
    now = at_nine(date(2026, 3, 4))
    await demo.seed(services_at, TEAM, now)
    services = services_at(lambda: now)
    found = await services.needs.file(await services.members.actor(TEAM, LIN), "demo-yuanda")
    first, second = found.needs
    assert [each.amount for each in first.contradictions["amount"]] == ["800万", "180万"]
    assert second.last_confirmed is not None
    notes = {each.id: each.note for each in await services.customers.visits.latest(TEAM, "demo-yuanda", 9)}
    assert all(each.sentence in notes[each.source_id or ""] for each in found.changes)


async def test_tiers_have_something_to_show(services_at: ServicesAt) -> None:
    """One that is A by its score, one for which people on both sides are missing, one that no longer draws."""
    now = at_nine(date(2026, 3, 4))
    services = services_at(lambda: now)
    await demo.seed(services_at, TEAM, now)
    zhou = await services.members.actor(TEAM, ZHOU)
    told = {each: await services.tiering.explained(zhou, f"demo-{each}") for each in ("yuanda", "hongli", "qingheng")}
    assert {name: each.customer.tier for name, each in told.items()} == {
        "yuanda": Tier.A,
        "hongli": Tier.B,
        "qingheng": Tier.C,
    }
    assert told["hongli"].record.is_lonely
    assert [each.customer.id for each in await services.tiering.questions(zhou)] == ["demo-qingheng"]

"""Demo data for the local workspace: replays three invented months through the services, day by day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.clock import Clock
from bot.domain import tierform
from bot.domain.customer import CustomerName, NewCustomer, Tier
from bot.domain.customerform import customer_values, marks
from bot.domain.facts import RiskEvent, Side
from bot.domain.finishing import Done
from bot.domain.followup import review_id
from bot.domain.need import NeedForm, NeedStatus, NeedType
from bot.domain.note import Recorded, VisitForm
from bot.domain.tierinputs import TierInputs
from bot.domain.user import Role, User
from bot.domain.visit import STEP_LIMIT, Channel, Facts, Promised
from bot.domain.workcalendar import IsWorkingDay, first_working_day
from bot.services import Services

DATA = Path(__file__).with_name("demo.yml")
WRITTEN_AT = time(17, 30)
"""When notes are typed: at the end of the day, by the author's clock."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DemoPerson(_Data):
    roles: frozenset[Role]
    team: str | None = None


class DemoNeed(_Data):
    """What a note tells of a need; said of the same statement again, it is a change of that need."""

    type: NeedType
    statement: str
    amount: str | None = None
    sentence: str
    confirmed: bool = False


class DemoPromise(_Data):
    """What the other side said it would do, `due_in` days after the visit."""

    text: str = Field(max_length=STEP_LIMIT)
    due_in: int = Field(ge=0)


class DemoVisit(_Data):
    """A note `ago` days old; its step is due `step_in` days after it. `held` are the objections whose play held."""

    ago: int = Field(ge=0)
    channel: Channel
    note: str
    objections: tuple[str, ...] = ()
    step: str | None = Field(default=None, max_length=STEP_LIMIT)
    step_in: int = Field(default=0, ge=0)
    need: DemoNeed | None = None
    held: tuple[str, ...] = ()
    theirs: DemoPromise | None = None
    risks: tuple[RiskEvent, ...] = ()


class DemoCustomer(_Data):
    """A customer entered `added` days ago, its business review done `reviewed` days ago, its contract's end to come."""

    id: str
    owner: str
    name: CustomerName
    aliases: tuple[CustomerName, ...] = ()
    tier: Tier
    industry: str
    added: int = Field(ge=0)
    figures: dict[str, str] = Field(default_factory=dict)
    """What its tier rests on, as somebody types it; `drew` and `since` are days ago."""
    drew: int | None = None
    since: int | None = None
    expires_in: int | None = None
    reviewed: int | None = None
    visits: tuple[DemoVisit, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A customer is entered or, with a `visit`, seen, or its review is done. `form_id` makes a visit or a review the
    same one whenever it is replayed."""

    ago: int
    customer: DemoCustomer
    visit: DemoVisit | None = None
    form_id: str = ""


def _events(customer: DemoCustomer) -> Iterator[Event]:
    yield Event(customer.added, customer)
    for number, visit in enumerate(customer.visits, start=1):
        yield Event(visit.ago, customer, visit, f"{customer.id}-{number}")
    if customer.reviewed is not None:
        yield Event(customer.reviewed, customer, form_id=f"{customer.id}-review")


class Demo(_Data):
    people: dict[str, DemoPerson]
    customers: tuple[DemoCustomer, ...]

    def history(self) -> list[Event]:
        """All that happened, oldest first. Moving days to working days later does not change the order."""
        events = [event for customer in self.customers for event in _events(customer)]
        return sorted(events, key=lambda event: -event.ago)


class ReplayClock:
    """Stands at the moment that is being replayed."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@cache
def load() -> Demo:
    return Demo.model_validate(yaml.load(DATA.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


async def is_seeded(services: Services, team_id: str) -> bool:
    """Looks for the customer entered last, so that a seed cut short counts as none and is taken up again."""
    last = load().history()[-1].customer
    return await services.customers.customers.find(team_id, last.id) is not None


async def seed(services_at: Callable[[Clock], Services], team_id: str, now: datetime) -> None:
    """Fills a workspace as if its people had worked in it until `now`; does nothing where that was done before."""
    demo, clock = load(), ReplayClock(now)
    services = services_at(clock)
    if await is_seeded(services, team_id):
        return
    history = demo.history()
    clock.moment = now - timedelta(days=history[0].ago + 1)
    for user_id, person in demo.people.items():
        await services.members.set_roles(team_id, user_id, person.roles, person.team, by="demo")
    actors = {user_id: await services.members.actor(team_id, user_id) for user_id in demo.people}
    _, is_work = await services.workspaces.counting(team_id)
    for event in history:
        actor = actors[event.customer.owner]
        day = _day(actor, now, event.ago, is_work)
        clock.moment = min(now, datetime.combine(day, WRITTEN_AT, ZoneInfo(actor.tz)))
        await _replay(services, actor, event, now, is_work)
    clock.moment = now
    for customer in demo.customers:
        await _tell(services, actors[customer.owner], customer, now)
        await _renew(services, actors[customer.owner], customer, now)
    for user_id in demo.people:
        await services.nudges.join(team_id, user_id)


async def _replay(services: Services, actor: User, event: Event, now: datetime, is_work: IsWorkingDay) -> None:
    customer, visit = event.customer, event.visit
    if visit is None and event.form_id:
        await _review(services, actor, event)
        return
    if visit is None:
        new = NewCustomer(customer.name, customer.tier, customer.industry, customer.aliases)
        await services.customers.create(actor, new, customer_id=customer.id)
        return
    promised = await services.customers.open_steps(actor, customer.id)
    step_on = actor.today(now) + timedelta(days=visit.step_in - visit.ago)
    form = VisitForm(
        form_id=event.form_id,
        customer=customer.id,
        on=_day(actor, now, event.ago, is_work),
        channel=visit.channel,
        note=visit.note,
        objection_ids=visit.objections,
        next_step=visit.step,
        next_step_on=first_working_day(step_on, is_work) if visit.step else None,
        done_followup_ids=tuple(step.id for step in promised),
        facts=_facts(actor, visit, now),
    )
    recorded = await services.visits.save(actor, form)
    for entry_id in visit.held:
        await services.objections.mark(actor, recorded.visit.id, entry_id, held=True)
    if visit.need is not None:
        await _hear(services, actor, recorded, visit.need, f"{event.form_id}-need")


def _facts(actor: User, visit: DemoVisit, now: datetime) -> Facts:
    promises: tuple[Promised, ...] = ()
    if visit.theirs is not None:
        due_on = actor.today(now) + timedelta(days=visit.theirs.due_in - visit.ago)
        promises = (Promised(by=Side.THEIRS, text=visit.theirs.text, due_on=due_on),)
    return Facts(promises=promises, risks=visit.risks)


async def _review(services: Services, actor: User, event: Event) -> None:
    review = await services.followups.get(actor, review_id(event.customer.id))
    line = "当面回顾完" if actor.lang == "zh" else "Gone through in person"
    await services.finishing.finish(actor, review.id, review.turn, Done(event.form_id, line))


async def _renew(services: Services, actor: User, customer: DemoCustomer, now: datetime) -> None:
    """The end of the contract, where it is near."""
    if customer.expires_in is None:
        return
    found = await services.dossiers.get(actor, customer.id)
    opened = customer_values(found.customer, found.details)
    ends = str(actor.today(now) + timedelta(days=customer.expires_in))
    await services.dossiers.edit(actor, customer.id, marks(opened), opened | {"contract_expires_on": ends})


async def _tell(services: Services, actor: User, customer: DemoCustomer, now: datetime) -> None:
    """The figures of those of which there are any."""
    if not customer.figures:
        return
    today, untouched = actor.today(now), tierform.values(TierInputs())
    days = {"last_drawdown_on": customer.drew, "customer_since": customer.since}
    told = {name: str(today - timedelta(days=ago)) for name, ago in days.items() if ago is not None}
    await services.tiering.tell(actor, customer.id, marks(untouched), untouched | customer.figures | told)


async def _hear(services: Services, actor: User, recorded: Recorded, heard: DemoNeed, form_id: str) -> None:
    found = await services.needs.file(actor, recorded.customer.id)
    known = next((each for each in found.needs if each.statement == heard.statement), None)
    form = NeedForm(
        form_id=form_id,
        customer_id=recorded.customer.id,
        on=recorded.visit.on,
        sentence=heard.sentence,
        need_id=known.id if known else None,
        source_id=recorded.visit.id,
        status=NeedStatus.CONFIRMED if heard.confirmed else None,
        type=heard.type,
        statement=heard.statement,
        amount=heard.amount,
    )
    await services.needs.add(actor, form)


def _day(actor: User, now: datetime, ago: int, is_work: IsWorkingDay) -> date:
    """Nobody enters customers or sees them on a holiday: that was the working day before."""
    return first_working_day(actor.today(now) - timedelta(days=ago), is_work, step=-1)

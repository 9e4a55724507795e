"""A team's week as its lead reads it: shares with how many they rest on, and exceptions that name customers.

Nobody is ranked and no account manager is named: what is counted is the team's. The definitions are in docs/reports.md.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.customer import Customer, Tier
from bot.domain.escalation import trigger_of
from bot.domain.facts import Side
from bot.domain.followup import FollowUp, Kind, Status
from bot.domain.kpi import Share, share
from bot.domain.ladder import EscalationRules, Trigger
from bot.domain.load import LoadRules, load, tiers_of
from bot.domain.objection import Outcome
from bot.domain.visit import Visit
from bot.domain.workspace import WorkspaceSettings

WORST: Final = 3
"""The severity above 2: late by more than a whole gap."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of: a team's customers that are not ended, and what happened with them in the week."""

    customers: Sequence[Customer] = ()
    still_open: Sequence[FollowUp] = ()
    promises: Sequence[FollowUp] = ()
    """Next steps whose day lies in the week, whatever became of them."""
    visits: Sequence[Visit] = ()
    """Notes of the week's days."""
    outcomes: Sequence[Outcome] = ()
    held: Collection[str] = ()
    """Follow-ups that the lead was not written to about."""


@dataclass(frozen=True, slots=True)
class Late:
    """A customer for whom something stays undone."""

    customer: Customer
    kind: Kind
    days: int


@dataclass(frozen=True, slots=True)
class Objections:
    """How often one was raised in the week, and how that ended."""

    entry_id: str
    raised: int
    held: int
    failed: int

    @property
    def unsaid(self) -> int:
        """Nobody has said yet whether the play held."""
        return self.raised - self.held - self.failed


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What a week asks of the whole team, and of how many of its people it asks more than fits."""

    contacts: Decimal
    visits: Decimal
    people: int
    overloaded: int


@dataclass(frozen=True, slots=True)
class Report:
    first: date
    last: date
    cadence: Mapping[Tier, Share]
    """Customers who are not overdue for a contact, of those whom the clock holds for; by tier, where there are any."""
    promises: Share
    """Ours, done on their day or before."""
    notes: Share
    """Written by the end of the day after."""
    objections: Sequence[Objections]
    """The most raised first."""
    load: TeamLoad
    overdue: Sequence[Late] = ()
    renewals: Sequence[Late] = ()
    held: Sequence[Late] = ()
    quiet: Sequence[Customer] = ()
    shows_customers: bool = True
    """False: the reader may know how many they are, not who."""

    @property
    def customers(self) -> list[Customer]:
        """Those it is about, as often as it is about them."""
        return [*(each.customer for each in (*self.overdue, *self.renewals, *self.held)), *self.quiet]

    @property
    def all_cadence(self) -> Share:
        return Share(sum(each.good for each in self.cadence.values()), sum(each.of for each in self.cadence.values()))

    @property
    def is_empty(self) -> bool:
        return not (self.all_cadence.of or self.promises.of or self.notes.of or self.renewals or self.quiet)


def weekly(found: Material, settings: WorkspaceSettings, today: date, tz: str) -> Report:
    """Of the week from Monday to `today`."""
    monday = today - timedelta(days=today.weekday())
    customers = {each.id: each for each in found.customers}
    known = [each for each in found.still_open if each.customer_id in customers]
    held = [each for each in known if each.id in found.held]
    worst = [each for each in known if each.severity(today, settings.cadence) >= WORST]
    talking = [
        each for each in worst if not (each.kind is Kind.CONTACT and customers[each.customer_id].is_quiet(today))
    ]
    return Report(
        first=monday,
        last=today,
        cadence=_cadence(customers, known, today),
        promises=share((each for each in found.promises if _is_counted(each, monday, today)), _is_kept),
        notes=share(found.visits, lambda visit: _in_time(visit, tz)),
        objections=_objections(found.visits, found.outcomes),
        load=_load(found.customers, settings),
        overdue=_late(talking, customers, today),
        renewals=_late(_unplanned(known, customers, settings.escalation, today), customers, today),
        held=_late(held, customers, today),
        quiet=sorted((each for each in found.customers if each.is_quiet(today)), key=lambda each: each.name),
    )


def _cadence(customers: Mapping[str, Customer], known: Iterable[FollowUp], today: date) -> dict[Tier, Share]:
    """Quiet by agreement is neither kept nor broken."""
    of_tier: dict[Tier, list[FollowUp]] = defaultdict(list)
    for each in known:
        customer = customers[each.customer_id]
        if each.kind is Kind.CONTACT and not customer.is_quiet(today):
            of_tier[customer.tier].append(each)
    return {tier: share(of_tier[tier], lambda each: today < each.overdue_on) for tier in Tier if of_tier[tier]}


def _is_counted(step: FollowUp, first: date, today: date) -> bool:
    """Ours, and its day has come; what was not needed is neither kept nor broken, what is due today may still be."""
    is_pending = step.status is Status.OPEN and step.due_on >= today
    is_ours = step.kind is Kind.STEP and step.by is Side.OURS
    return is_ours and step.status is not Status.NOT_NEEDED and first <= step.due_on <= today and not is_pending


def _is_kept(step: FollowUp) -> bool:
    return step.status is Status.DONE and step.closed_on is not None and step.closed_on <= step.due_on


def _in_time(visit: Visit, tz: str) -> bool:
    """A note knows the day of the visit, not the hour."""
    return visit.created_at.astimezone(ZoneInfo(tz)).date() <= visit.on + timedelta(days=1)


def _objections(visits: Iterable[Visit], outcomes: Iterable[Outcome]) -> list[Objections]:
    said = {(each.visit_id, each.entry_id): each.held for each in outcomes}
    raised: dict[str, Counter[bool | None]] = defaultdict(Counter)
    for visit in visits:
        for entry_id in dict.fromkeys(visit.objection_ids):
            raised[entry_id][said.get((visit.id, entry_id))] += 1
    rows = [Objections(entry_id, each.total(), each[True], each[False]) for entry_id, each in raised.items()]
    return sorted(rows, key=lambda row: (-row.raised, row.entry_id))


def _unplanned(
    known: Iterable[FollowUp], customers: Mapping[str, Customer], rules: EscalationRules, today: date
) -> list[FollowUp]:
    """Renewals near enough to go up the line whose current milestone is not done."""
    return [each for each in known if trigger_of(each, customers[each.customer_id], rules, today) is Trigger.RENEWAL]


def _late(found: Iterable[FollowUp], customers: Mapping[str, Customer], today: date) -> list[Late]:
    rows = [Late(customers[each.customer_id], each.kind, each.days_late(today)) for each in found]
    return sorted(rows, key=lambda row: (-row.days * row.customer.tier.weight, row.customer.name, row.kind))


def _load(customers: Iterable[Customer], settings: WorkspaceSettings) -> TeamLoad:
    of_owner: dict[str, list[Customer]] = defaultdict(list)
    for each in customers:
        of_owner[each.owner_id].append(each)
    gaps = {tier: settings.cadence.of(tier).max_gap for tier in Tier}
    rules: LoadRules = settings.load
    loads = [load(tiers_of(each), gaps, rules) for each in of_owner.values()]
    return TeamLoad(
        contacts=sum((each.contacts for each in loads), Decimal(0)),
        visits=sum((each.visits for each in loads), Decimal(0)),
        people=len(loads),
        overloaded=sum(not each.fits(rules) for each in loads),
    )

"""What Home makes of the customers: by colour for who keeps them, and for the lead the exceptions and the load."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.domain import policy
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer, Tier
from bot.domain.facts import Side
from bot.domain.followup import Colour, DueItem, FollowUp, Kind, Status
from bot.domain.home import Tab, Trouble
from bot.domain.load import Load, LoadRules, load, tiers_of
from bot.domain.policy import Work
from bot.domain.user import Role, User

RENEWAL_NEAR: Final = 30
"""Days before the contract expires in which a renewal has to have a plan: by then the proposal is due (T-30)."""
NOTE_REMEMBERED: Final = 30
"""Days in which a missing note is asked for; later nobody knows what to write."""


def tabs(actor: User) -> list[Tab]:
    """Those the person has something in; the first is where Home opens."""
    has = {
        Tab.TEAM: actor.is_(Role.TEAM_LEAD),
        Tab.MINE: policy.may_write_notes(actor),
        Tab.CASES: policy.may_work(actor, Work.BREAK_GLASS),
        Tab.PLAYBOOK: policy.may_edit_playbook(actor),
        Tab.WORKSPACE: policy.may_set_roles(actor),
    }
    return [tab for tab, is_so in has.items() if is_so]


@dataclass(frozen=True, slots=True)
class Kept:
    """A customer with what its clock says. `need`: the follow-up of its open needs."""

    customer: Customer
    contact: FollowUp | None = None
    need: FollowUp | None = None

    def colour(self, today: date) -> Colour:
        """Who wants no routine contact is green."""
        return self.contact.colour(today) if self.contact else Colour.GREEN

    def days_late(self, today: date) -> int:
        is_open = self.contact is not None and self.contact.status is Status.OPEN
        return self.contact.days_late(today) if self.contact is not None and is_open else 0


_WORST_FIRST: Final = (Colour.RED, Colour.YELLOW, Colour.GREEN)


def worst_first(kept: Iterable[Kept], today: date) -> list[Kept]:
    """Red, yellow, green; within a colour by days late × tier, then by the day of the next contact."""

    def place(each: Kept) -> tuple[int, int, date, str]:
        weight = each.customer.tier.weight
        coming = each.contact.clock_on if each.contact and each.contact.status is Status.OPEN else date.max
        return (
            _WORST_FIRST.index(each.colour(today)),
            -each.days_late(today) * weight,
            coming,
            each.customer.name,
        )

    return sorted(kept, key=place)


@dataclass(frozen=True, slots=True)
class Mine:
    """An account manager's own: what is due, what comes up this week, and all customers, the worst first."""

    today: Sequence[DueItem] = ()
    week: Sequence[DueItem] = ()
    customers: Sequence[Kept] = ()

    @property
    def needs(self) -> list[Kept]:
        """Customers with open needs, the one asked about longest ago first."""
        known = [each for each in self.customers if each.need is not None and each.need.status is Status.OPEN]
        return sorted(known, key=lambda each: (each.need.due_on if each.need else date.max, each.customer.name))


@dataclass(frozen=True, slots=True)
class Concern:
    """One exception. `days` late, to the end of the contract, or since what happened, as its trouble has it."""

    trouble: Trouble
    customer: Customer
    days: int = 0
    followup: FollowUp | None = None

    @property
    def place(self) -> tuple[int, int, int, str]:
        """The most pressing trouble first, within it the higher tier, within it the later one."""
        late = self.days if self.trouble is Trouble.RENEWAL else -self.days
        return (list(Trouble).index(self.trouble), -self.customer.tier.weight, late, self.customer.id)


@dataclass(frozen=True, slots=True)
class Teammate:
    """What one account manager keeps. `drafts`: notes begun more than a day ago and not saved."""

    user_id: str
    tiers: Mapping[Tier, int]
    colours: Mapping[Colour, int]
    late_promises: int
    drafts: int
    load: Load


@dataclass(frozen=True, slots=True)
class Team:
    concerns: Sequence[Concern] = ()
    people: Sequence[Teammate] = ()
    rules: LoadRules = field(default_factory=LoadRules)


def concerns(
    customers: Iterable[Customer],
    followups: Iterable[FollowUp],
    suspected: Collection[str],
    rules: CadenceRules,
    today: date,
) -> list[Concern]:
    """The exceptions among customers with whom the company works, the most pressing first.

    `followups` are the open ones that are due or, of renewals and risk, coming; `suspected` the customers of which the
    lead may know that a red line is suspected. What was put off with a reason, or is agreed to be quiet, is none.
    """
    known = {each.id: each for each in customers if each.ended_on is None}
    found = [Concern(Trouble.RED_LINE, known[each]) for each in suspected if each in known]
    found += [each for customer in known.values() for each in _of_itself(customer, today)]
    planned = set()
    for followup in followups:
        customer = known.get(followup.customer_id)
        if customer is None or followup.status is not Status.OPEN:
            continue
        if followup.kind is Kind.RENEWAL and int(followup.subject) < RENEWAL_NEAR:
            planned.add(customer.id)
        if (concern := _of(followup, customer, rules, today)) is not None:
            found.append(concern)
    found = [each for each in found if each.trouble is not Trouble.RENEWAL or each.customer.id not in planned]
    return sorted(found, key=lambda each: each.place)


def _of_itself(customer: Customer, today: date) -> list[Concern]:
    """What the customer's own record tells: the contract's end, and a contact without a note."""
    found = []
    ends = customer.contract_expires_on
    if ends is not None and 0 <= (ends - today).days < RENEWAL_NEAR:
        found.append(Concern(Trouble.RENEWAL, customer, (ends - today).days))
    told, noted = customer.told_on, max(customer.contacted_on.values(), default=date.min)
    # What was imported with the customer happened before anybody could have written it down here.
    if told is not None and told > max(noted, customer.created_on) and 0 < (today - told).days <= NOTE_REMEMBERED:
        found.append(Concern(Trouble.NOTE, customer, (today - told).days))
    return found


def _of(followup: FollowUp, customer: Customer, rules: CadenceRules, today: date) -> Concern | None:
    if followup.kind is Kind.RISK:
        since = followup.since or today
        return Concern(Trouble.RISK, customer, max(0, (today - since).days), followup)
    if not followup.is_waiting(today) or not followup.severity(today, rules):
        return None
    late = followup.days_late(today)
    if followup.kind is Kind.STEP and followup.by is Side.OURS:
        return Concern(Trouble.PROMISE, customer, late, followup)
    if followup.kind is Kind.CONTACT and not customer.is_quiet(today):
        return Concern(Trouble.CONTACT, customer, late, followup)
    return None


def teammate(
    user_id: str,
    kept: Sequence[Kept],
    found: Iterable[Concern],
    drafts: int,
    rules: CadenceRules,
    limits: LoadRules,
    today: date,
) -> Teammate:
    """One line of the team: the customers by tier and colour, and what a week asks for."""
    tiers = tiers_of(each.customer for each in kept)
    gaps = {tier: rules.of(tier).max_gap for tier in Tier}
    late = sum(each.trouble is Trouble.PROMISE and each.customer.owner_id == user_id for each in found)
    return Teammate(
        user_id=user_id,
        tiers=tiers,
        colours=Counter(each.colour(today) for each in kept),
        late_promises=late,
        drafts=drafts,
        load=load(tiers, gaps, limits),
    )

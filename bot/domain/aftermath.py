"""What follows from a note: for the customer's clock, its risk events and its objections."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.cadence import CadenceRules
from bot.domain.dossier import Dossier
from bot.domain.due import RECENT, objections_due, risks_due
from bot.domain.followup import FollowUp, Kind, objection_id, risk_id
from bot.domain.objection import Outcome, histories
from bot.domain.visit import WAYS, Channel, Visit
from bot.domain.workcalendar import IsWorkingDay


@dataclass(frozen=True, slots=True)
class Notes:
    """A customer's latest notes, and what became of the objections in them."""

    visits: tuple[Visit, ...]
    outcomes: tuple[Outcome, ...] = ()

    def contacts(self, visit: Visit, ways: Collection[Channel]) -> dict[Channel, date | None]:
        """The last contact by each of these ways, with `visit` as it is now."""
        every = [visit, *self.visits]
        return {
            way: max((each.on for each in every if each.channel is way), default=None) for way in ways if way in WAYS
        }

    def followed(
        self,
        dossier: Dossier,
        visit: Visit,
        rules: CadenceRules,
        is_work: IsWorkingDay,
        today: date,
        dropped: Iterable[str] = (),
    ) -> tuple[FollowUp, ...]:
        """Every follow-up of the customer after a note: its risk events, its objections, then the lasting ones.

        `dropped` are objections of an earlier version of the note.
        """
        customer = dossier.customer
        asked = {*visit.objection_ids, *(each.subject for each in dossier.followups if each.kind is Kind.OBJECTION)}
        found = [each for each in histories([visit, *self.visits], self.outcomes) if each.entry_id in asked]
        latest_on = met_on([visit, *self.visits])
        said = {each for other in (visit, *self.visits) for each in other.objection_ids}
        gone = {objection_id(customer.id, each) for each in dropped if each not in said}
        changed = [
            *risks_due(customer, visit, rules, is_work, today, dossier.followups),
            *objections_due(customer, found, rules, is_work, today, dossier.followups, latest_on),
            *(each.lapsed() for each in dossier.followups if each.id in gone),
        ]
        return dossier.with_followups(changed).recounted(rules, is_work, today).followups

    def followup_ids(self) -> list[str]:
        """Of all that they may open."""
        return list(dict.fromkeys(each for visit in self.visits for each in ids_of(visit)))

    def caught_up(self, dossier: Dossier, rules: CadenceRules, is_work: IsWorkingDay, today: date) -> Dossier:
        """The customer as if every one of these notes had been saved by this release.

        Risk events noted longer ago than RECENT are left to the customer's risk flag.
        """
        customer = dossier.customer
        for visit in self.visits:
            customer = customer.contacted(visit.on, visit.channel)
        found = replace(dossier, customer=customer)
        for visit in sorted(self.visits, key=lambda each: each.on):
            if visit.on + RECENT >= today:
                found = found.with_followups(risks_due(customer, visit, rules, is_work, today, found.followups))
        raised = histories(self.visits, self.outcomes)
        still_open = objections_due(customer, raised, rules, is_work, today, found.followups, met_on(self.visits))
        found = found.with_followups(still_open)
        return found.recounted(rules, is_work, today)


def met_on(visits: Iterable[Visit]) -> date:
    """The day the customer was last met; long ago where no note tells of it."""
    return max((each.on for each in visits if each.channel in WAYS), default=date.min)


def ids_of(visit: Visit) -> list[str]:
    """Of the follow-ups that a note's risk events and objections may open."""
    risks = [risk_id(visit.customer_id, each) for each in visit.facts.risks]
    return risks + [objection_id(visit.customer_id, each) for each in visit.objection_ids]

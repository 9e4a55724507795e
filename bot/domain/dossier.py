"""Everything kept of one customer, and the steps that change several of its parts together."""

from dataclasses import dataclass, field, replace

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Contact, Customer, Details
from bot.domain.followup import FollowUp, Kind, contact_due, need_due
from bot.domain.need import Need, NeedChange, needs
from bot.domain.workcalendar import IsWorkingDay


@dataclass(frozen=True, slots=True)
class Dossier:
    """`followups` are its open ones, and those that go on for ever (contact, need) also when they are done."""

    customer: Customer
    details: Details = field(default_factory=Details)
    contacts: tuple[Contact, ...] = ()
    changes: tuple[NeedChange, ...] = ()
    followups: tuple[FollowUp, ...] = ()

    @property
    def needs(self) -> list[Need]:
        return needs(self.changes)

    def with_change(self, change: NeedChange) -> "Dossier":
        """The same change added again changes nothing."""
        if any(each.id == change.id for each in self.changes):
            return self
        return replace(self, changes=(*self.changes, change))

    def handed_over(self, to: str) -> "Dossier":
        """To another account manager, with everything that is open; nobody stands in for oneself."""
        stand_in = None if self.customer.stand_in_id == to else self.customer.stand_in_id
        customer = self.customer.model_copy(update={"owner_id": to, "stand_in_id": stand_in})
        moved = tuple(each.model_copy(update={"owner_id": to}) for each in self.followups)
        return replace(self, customer=customer, followups=moved)

    def recounted(self, before: "Dossier", rules: CadenceRules, is_work: IsWorkingDay) -> "Dossier":
        """With the follow-ups due when tier, last contact and needs say so.

        What was put off stays so unless its day moved.
        """
        known = {each.id: each for each in self.followups}
        now, then = self.customer, before.customer
        if (now.tier, now.last_contact_on) != (then.tier, then.last_contact_on):
            contact = contact_due(self.customer, rules, is_work)
            known[contact.id] = contact
        due = need_due(self.customer, self.needs, is_work)
        if due is not None:
            known[due.id] = due.replacing(known.get(due.id))
        else:
            known |= {each.id: each.completed() for each in known.values() if each.kind is Kind.NEED}
        return replace(self, followups=tuple(known.values()))

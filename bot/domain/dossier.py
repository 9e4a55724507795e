"""Everything kept of one customer, and the steps that change several of its parts together."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Contact, Customer, Details
from bot.domain.followup import FollowUp
from bot.domain.need import Need, NeedChange, needs
from bot.domain.standing import standing
from bot.domain.tierrecord import TierRecord
from bot.domain.workcalendar import IsWorkingDay


@dataclass(frozen=True, slots=True)
class Dossier:
    """`followups` are its open ones, and those of which it has one for ever also when they are closed."""

    customer: Customer
    details: Details = field(default_factory=Details)
    contacts: tuple[Contact, ...] = ()
    changes: tuple[NeedChange, ...] = ()
    followups: tuple[FollowUp, ...] = ()
    stale_after: int = 90
    """Days without confirmation after which a need is to be asked again; set for whoever reads it."""
    tiering: TierRecord = field(default_factory=TierRecord)

    @property
    def needs(self) -> list[Need]:
        return needs(self.changes)

    def with_change(self, change: NeedChange) -> "Dossier":
        """The same change added again changes nothing."""
        if any(each.id == change.id for each in self.changes):
            return self
        return replace(self, changes=(*self.changes, change))

    def with_tiering(self, record: TierRecord) -> "Dossier":
        """The customer's tier is what the record comes to."""
        customer = self.customer.model_copy(update={"tier": record.in_force(self.customer.tier)})
        return replace(self, customer=customer, tiering=record)

    def to_be_graded(self) -> "Dossier":
        """Its tier is looked at in the next round, where there is anything to look at."""
        if not self.tiering.is_kept:
            return self
        return replace(self, tiering=self.tiering.model_copy(update={"looks_on": None}))

    def handed_over(self, to: str) -> "Dossier":
        """To another account manager, with everything that is open; nobody stands in for oneself."""
        stand_in = None if self.customer.stand_in_id == to else self.customer.stand_in_id
        customer = self.customer.model_copy(update={"owner_id": to, "stand_in_id": stand_in})
        moved = tuple(each.model_copy(update={"owner_id": to}) for each in self.followups)
        return replace(self, customer=customer, followups=moved)

    def recounted(self, rules: CadenceRules, is_work: IsWorkingDay, today: date) -> "Dossier":
        """With the lasting follow-ups as what is known of the customer now has them.

        What was put off stays so unless its day moved. After the end of the relationship nothing is due.
        """
        due = standing(self.customer, rules, is_work, today, needs=self.needs, known=self.followups)
        return self.with_followups(due)

    def with_customer(self, customer: Customer) -> "Dossier":
        return replace(self, customer=customer)

    def with_followups(self, changed: Iterable[FollowUp]) -> "Dossier":
        """Also those counted anew, in the place of what they were."""
        known = {each.id: each for each in self.followups}
        known |= {each.id: each.with_unknown_of(known.get(each.id)) for each in changed}
        return replace(self, followups=tuple(known.values()))

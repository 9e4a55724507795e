"""Taking back what was just done with a follow-up."""

from dataclasses import replace
from datetime import datetime

from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.followup import UNDO, FollowUp, Status
from bot.domain.stored import Stored
from bot.errors import UndoOverError

_CLOCK = ("last_contact_on", "contacted_on", "told_contact_on", "missed_on", "unanswered_on")
"""What a contact changes of a customer."""


class Undo(Stored):
    """What a click has changed: each follow-up as it was (None: it is new) and as it is since then."""

    followup_id: str
    customer_id: str
    by: str
    at: datetime
    before: dict[str, FollowUp | None]
    after: dict[str, FollowUp]
    clock_before: Customer
    clock_after: Customer
    visit_id: str = ""
    """The note that was written with it."""

    @classmethod
    def of(cls, followup_id: str, by: str, at: datetime, before: Dossier, after: Dossier, visit_id: str = "") -> "Undo":
        known = {each.id: each for each in before.followups}
        changed = {each.id: each for each in after.followups if known.get(each.id) != each}
        return cls(
            followup_id=followup_id,
            customer_id=after.customer.id,
            by=by,
            at=at,
            before={each: known.get(each) for each in changed},
            after=changed,
            clock_before=before.customer,
            clock_after=after.customer,
            visit_id=visit_id,
        )

    def taken_back(self, found: Dossier, by: str, now: datetime) -> Dossier:
        """Everything as it was. Raises UndoOverError after a minute, for others, and once anything has moved on."""
        current = {each.id: each for each in found.followups}
        is_same = all(current.get(each_id) == each for each_id, each in self.after.items())
        is_same = is_same and all(getattr(found.customer, name) == getattr(self.clock_after, name) for name in _CLOCK)
        if by != self.by or now - self.at >= UNDO or not is_same or found.customer.owner_id != self._owner_id:
            raise UndoOverError
        clock = {name: getattr(self.clock_before, name) for name in _CLOCK}
        back = [
            before or self.after[each_id].model_copy(update={"status": Status.NOT_NEEDED, "is_lapsed": True})
            for each_id, before in self.before.items()
        ]
        return replace(found, customer=found.customer.model_copy(update=clock)).with_followups(back)

    @property
    def _owner_id(self) -> str:
        return self.clock_after.owner_id

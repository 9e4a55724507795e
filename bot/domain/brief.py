"""What somebody needs to know before calling a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.customer import Customer
from bot.domain.followup import FollowUp
from bot.domain.need import Need
from bot.domain.policy import Action
from bot.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Brief:
    """What somebody needs to know before calling a customer."""

    customer: Customer
    contact: FollowUp
    steps: Sequence[FollowUp]
    visits: Sequence[Visit]
    today: date
    needs: Sequence[Need] = ()
    """The open ones."""
    stale_after: int = 90
    """Days without confirmation after which one of them is to be asked again."""
    contacts: int = 0
    may_edit: bool = False
    rights: frozenset[Action] = frozenset()
    """What whoever reads it may do with the customer."""

    def __hash__(self) -> int:
        return hash((self.customer.id, self.today))

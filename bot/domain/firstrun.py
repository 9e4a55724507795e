"""The first three steps after the app was installed, and whom the app takes through them."""

from enum import StrEnum
from typing import Self

from bot.domain.stored import Stored


class Step(StrEnum):
    ROLES = "roles"
    """Somebody has a role."""
    CUSTOMERS = "customers"
    """There is a customer."""
    HOUR = "hour"
    """The person has looked at when the daily message comes."""


class FirstRun(Stored):
    """One of an installation. `shown` are the steps that are ticked off in the message as it stands in Slack."""

    user_id: str
    notice_key: str
    has_chosen_hour: bool = False
    shown: frozenset[Step] = frozenset()

    @property
    def is_over(self) -> bool:
        """Nothing of the message changes any more."""
        return self.shown == frozenset(Step)

    def chosen_by(self, user_id: str) -> Self:
        return self.model_copy(update={"has_chosen_hour": True}) if user_id == self.user_id else self

    def showing(self, done: frozenset[Step]) -> Self:
        return self.model_copy(update={"shown": done})

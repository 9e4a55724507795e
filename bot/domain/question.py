"""Questions that the playbook did not answer, or not well: what shows the editors where it has gaps."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.stored import Stored


class Reason(StrEnum):
    """How it is known that an answer was lacking."""

    NONE = "none"
    """No play fitted."""
    BROWSED = "browsed"
    """No play fitted, and the person then opened one by hand: `found_id`."""
    REPHRASED = "rephrased"
    """The person put it in other words soon after, which led to `found_id`."""
    DOWN = "down"
    """The person said that the play did not help."""


class Question(Stored):
    """`text` and whatever else was typed is masked before it is kept."""

    id: str
    asked_by: str
    asked_at: datetime
    text: str
    reason: Reason = Reason.NONE
    shown_id: str | None = None
    """The entry that was the answer."""
    found_id: str | None = None
    """The entry that the person got to in another way."""
    missing: str = ""
    """What the answer lacked, in the person's words."""
    gap_id: str | None = None
    """The gap it was grouped into."""
    asked_of: str | None = None
    """The colleague to whom it was sent for a reply."""
    reply: str = ""

    def led_to(self, entry_id: str, reason: Reason) -> "Question":
        """The person went on until a play was found; a vote says more than that and stays."""
        if self.reason is Reason.DOWN:
            return self
        return self.model_copy(update={"reason": reason, "found_id": entry_id})


class LastAsked(Stored):
    """What somebody asked last, held for as long as the next question may be the same in other words."""

    id: str
    asked_at: datetime
    text: str
    shown: tuple[str, ...]
    near: tuple[str, ...]
    """The runners-up."""
    is_kept: bool | None = None
    """Whether it was filed as it was asked, since nothing fitted; None: an earlier release has not said."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the entries it asks for: none where it is out of scope, two where it holds two objections."""

    query: str
    ids: tuple[str, ...]
    style: str

    @property
    def group(self) -> str:
        """What its style begins with: the language."""
        return self.style.split("-")[0]

"""What a card of the playbook remembers of the question it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain.entry import Lang
from bot.views.blocks import (
    clip,
    packed,
)

MATCHED_LIMIT: Final = 60
"""Characters of the matching phrase shown; a long example would push the answer off the screen."""
ASKED_LIMIT: Final = 300
"""Characters of the question that come back with a vote."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which entry a card shows, in which language, and why; travels in the value of its buttons.

    `answer_id` and `asked` are of the question that it answers, so that a vote can be filed with it.
    """

    entry_id: str
    lang: Lang
    matched: str = ""
    beside: str = ""
    """The other one of two that were found together or offered to choose from."""
    row: int | None = None
    """Its place where both are shown."""
    answer_id: str = ""
    asked: str = ""
    customer_id: str = ""
    """The customer it is for, as far as that is known: never a name, and looked up anew by who may see it."""

    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = {"e": self.entry_id, "l": self.lang, "m": clip(self.matched, MATCHED_LIMIT)}
        if self.beside:
            found["b"] = self.beside
        if self.row is not None:
            found["r"] = self.row
        if self.answer_id:
            found |= {"a": self.answer_id, "q": clip(self.asked, ASKED_LIMIT)}
        if self.customer_id:
            found["c"] = self.customer_id
        return found

    def packed(self) -> str:
        return packed(self.values())

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Shown":
        lang: Lang = "zh" if values.get("l") == "zh" else "en"
        entry_id, matched, beside, answer_id, asked, customer_id = (str(values.get(name, "")) for name in "embaqc")
        row = {0: 0, 1: 1}.get(values.get("r", -1))
        return cls(entry_id, lang, matched, beside, row, answer_id, asked, customer_id)

    def other(self) -> "Shown":
        """The one beside it; why that one matched is not remembered."""
        row = None if self.row is None else 1 - self.row
        return replace(self, entry_id=self.beside, matched="", beside=self.entry_id, row=row)

"""Gaps of the playbook: questions with their likes, until somebody answers or dismisses them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.domain.question import Question
from bot.domain.stored import Stored
from bot.errors import GapClosedError

MISSING_LIMIT: Final = 500
REPLY_LIMIT: Final = 2000
QUESTIONS_KEPT: Final = 100
"""Of a gap; `count` goes on."""


class GapState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """A change that answers it waits for somebody's approval."""
    ANSWERED = "answered"
    DISMISSED = "dismissed"
    """Its likes are still grouped here, so that they do not come up again."""


class Dismissal(StrEnum):
    """Why the playbook need not answer it."""

    OUT_OF_SCOPE = "out_of_scope"
    COVERED = "covered"
    UNCLEAR = "unclear"
    OTHER = "other"


class Gap(Stored):
    id: str
    opened_at: datetime
    last_at: datetime
    count: int = 0
    question_ids: tuple[str, ...] = ()
    """The newest, oldest first."""
    state: GapState = GapState.OPEN
    owner_id: str | None = None
    due_on: date | None = None
    entry_id: str | None = None
    """The entry that answers it."""
    dismissal: Dismissal | None = None
    closed_by: str | None = None

    @property
    def takes_likes(self) -> bool:
        return self.state is not GapState.ANSWERED

    def joined(self, question: Question) -> "Gap":
        kept = (*self.question_ids, question.id)[-QUESTIONS_KEPT:]
        last = max(self.last_at, question.asked_at)
        return self.model_copy(update={"question_ids": kept, "count": self.count + 1, "last_at": last})

    def without(self, question_id: str) -> "Gap":
        kept = tuple(each for each in self.question_ids if each != question_id)
        return self.model_copy(update={"question_ids": kept, "count": self.count - 1})

    def assigned(self, owner_id: str, due_on: date) -> "Gap":
        return self._open().model_copy(update={"owner_id": owner_id, "due_on": due_on})

    def waiting(self, entry_id: str, by: str) -> "Gap":
        """Also in the place of another answer that waits."""
        changes = {"state": GapState.WAITING, "entry_id": entry_id, "closed_by": by}
        return self._open().model_copy(update=changes)

    def answered(self, entry_id: str, by: str) -> "Gap":
        """What was approved answers it, also where the gap was opened again meanwhile or never began to wait."""
        changes = {"state": GapState.ANSWERED, "entry_id": entry_id, "closed_by": self.closed_by or by}
        return self._open().model_copy(update=changes)

    def reopened(self) -> "Gap":
        """What was to answer it was sent back."""
        return self._waiting().model_copy(update={"state": GapState.OPEN, "entry_id": None, "closed_by": None})

    def dismissed(self, why: Dismissal, by: str) -> "Gap":
        changes = {"state": GapState.DISMISSED, "dismissal": why, "closed_by": by}
        return self._open().model_copy(update=changes)

    def _open(self) -> "Gap":
        if self.state not in (GapState.OPEN, GapState.WAITING):
            raise GapClosedError
        return self

    def _waiting(self) -> "Gap":
        if self.state is not GapState.WAITING:
            raise GapClosedError
        return self


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap with its newest questions, newest first."""

    gap: Gap
    questions: Sequence[Question]

    @property
    def examples(self) -> list[str]:
        """What was asked, each wording once."""
        return list(dict.fromkeys(each.text for each in self.questions))

    @property
    def missing(self) -> list[str]:
        """What people said that the answer lacked."""
        return [each.missing for each in self.questions if each.missing]

    @property
    def suggested_id(self) -> str | None:
        """The entry that those who asked most often got to in the end."""
        found = Counter(each.found_id for each in self.questions if each.found_id)
        return found.most_common(1)[0][0] if found else None


def most_asked(gap: Gap) -> tuple[int, float]:
    """Sorts gaps: those asked most often first, then the latest."""
    return -gap.count, -gap.last_at.timestamp()

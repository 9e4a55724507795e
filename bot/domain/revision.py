"""A change to a workspace's playbook: written by one person, approved by another, and kept for good."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.entry import Entry, entry_of
from bot.errors import OwnRevisionError, RevisionDecidedError

REASON_LIMIT = 500


class Change(StrEnum):
    """What becomes of the entry."""

    NEW = "new"
    EDIT = "edit"
    RETIRE = "retire"
    VERIFY = "verify"
    """Still right as it stands: only the day it was checked moves."""


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    SENT_BACK = "sent_back"


class Revision(BaseModel):
    """`values` is the whole entry as it shall be, as plain values; none where it is retired."""

    model_config = ConfigDict(frozen=True)
    id: str
    entry_id: str
    change: Change
    values: Mapping[str, Any] | None = None
    replaces: str | None = None
    """The revision that was in force when this one was written; none: the entry as shipped, or no entry at all."""
    author_id: str
    why: str = Field(default="", max_length=REASON_LIMIT)
    written_at: datetime
    state: State = State.PENDING
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = Field(default="", max_length=REASON_LIMIT)

    @property
    def entry(self) -> Entry | None:
        """None where the entry is retired."""
        return entry_of(self.values) if self.values is not None else None

    def approved(self, by: str, at: datetime) -> "Revision":
        """Four eyes: raises OwnRevisionError for one's own, RevisionDecidedError when somebody was faster."""
        return self._decided(State.APPROVED, by, at)

    def sent_back(self, by: str, at: datetime, reason: str) -> "Revision":
        return self._decided(State.SENT_BACK, by, at).model_copy(update={"reason": reason})

    def _decided(self, state: State, by: str, at: datetime) -> "Revision":
        if self.state is not State.PENDING:
            raise RevisionDecidedError(by=self.decided_by)
        if by == self.author_id:
            raise OwnRevisionError
        return self.model_copy(update={"state": state, "decided_by": by, "decided_at": at})


class OwnEntry(BaseModel):
    """What a workspace has laid over a shipped entry, or added: none in `values` means retired."""

    model_config = ConfigDict(frozen=True)
    revision_id: str
    values: Mapping[str, Any] | None

    @property
    def entry(self) -> Entry | None:
        return entry_of(self.values) if self.values is not None else None

"""A change to a workspace's playbook: written by one person, approved by another, and kept for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import Field

from bot.domain.checks import Finding, findings
from bot.domain.duplicates import duplicates
from bot.domain.entry import LANGS, Entry, Examples, Kind, Lang
from bot.domain.entryform import Answers, fields, lines, mix_written
from bot.domain.kinds import Objection, entry_of
from bot.domain.playbook import Playbook
from bot.domain.stored import Stored
from bot.errors import OwnRevisionError, RevisionDecidedError

REASON_LIMIT = 500
SHIPPED: Final = "shipped"
"""In the place of a revision's id: the entry as it came with the program."""


APP: Final = "factormate"
"""In the place of a person's id: the app itself suggests to retire what nobody uses."""


class Change(StrEnum):
    """What becomes of the entry."""

    NEW = "new"
    EDIT = "edit"
    RETIRE = "retire"
    RESTORE = "restore"
    """An earlier version again."""
    VERIFY = "verify"
    """Still right as it stands: only the day it was checked moves."""


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    SENT_BACK = "sent_back"


class Revision(Stored):
    """`values` is the whole entry as it shall be, as plain values; none where it is retired."""

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

    @property
    def is_by_app(self) -> bool:
        """Nobody is to be told what became of it."""
        return self.author_id == APP

    @property
    def is_pending(self) -> bool:
        return self.state is State.PENDING

    @classmethod
    def verified(cls, revision_id: str, entry: Entry, replaces: str | None, by: str, at: datetime, today: date) -> Self:
        """The words stay as they are, so this needs no second person."""
        checked = entry.model_copy(update={"verified_on": today})
        return cls(
            id=revision_id,
            entry_id=entry.id,
            change=Change.VERIFY,
            values=checked.model_dump(mode="json"),
            replaces=replaces,
            author_id=by,
            written_at=at,
            state=State.APPROVED,
            decided_by=by,
            decided_at=at,
        )

    def checked_on(self, day: date) -> "Revision":
        """Whoever approves has read the entry, so it counts as checked that day."""
        if self.values is None:
            return self
        return self.model_copy(update={"values": {**self.values, "verified_on": day.isoformat()}})

    def approved(self, by: str, at: datetime) -> "Revision":
        """Four eyes: raises OwnRevisionError for one's own, RevisionDecidedError when somebody was faster."""
        return self._decided(State.APPROVED, by, at)

    def sent_back(self, by: str, at: datetime, reason: str) -> "Revision":
        return self._decided(State.SENT_BACK, by, at).model_copy(update={"reason": reason})

    def _decided(self, state: State, by: str, at: datetime) -> "Revision":
        if not self.is_pending:
            raise RevisionDecidedError(by=self.decided_by)
        if by == self.author_id:
            raise OwnRevisionError
        return self.model_copy(update={"state": state, "decided_by": by, "decided_at": at})


class OwnEntry(Stored):
    """What a workspace has laid over a shipped entry, or added: none in `values` means retired."""

    revision_id: str
    values: Mapping[str, Any] | None

    @property
    def entry(self) -> Entry | None:
        return entry_of(self.values) if self.values is not None else None


@dataclass(frozen=True, slots=True)
class Draft:
    """A change as a form hands it in. `form_id` makes sending it twice the same change."""

    form_id: str
    kind: Kind
    answers: Answers
    why: str
    entry_id: str | None = None
    """None for a new entry, whose id is made of its category and English title."""
    replaces: str | None = None
    """What was in force when the form was opened."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change takes away and adds in one field; in both languages alike where it has none."""

    field: str
    lang: Lang | None
    before: tuple[str, ...]
    after: tuple[str, ...]


_PLAIN: Final = ("owner", "review_days", "category", "related", "sources", "tier", "contact_every_days", "channel_mix")


def differences(before: Entry | None, after: Entry | None) -> list[Difference]:
    """Of a list only the lines that are not the same."""
    entry = after or before
    if entry is None:
        return []
    found = [
        Difference(
            field.name, lang, lines(before, field, lang) if before else (), lines(after, field, lang) if after else ()
        )
        for field in fields(entry.KIND)
        for lang in LANGS
    ]
    found += [Difference("variants", lang, _variants(before, lang), _variants(after, lang)) for lang in LANGS]
    found += [Difference(name, None, _plain(before, name), _plain(after, name)) for name in _PLAIN]
    return [_changed(each) for each in found if each.before != each.after]


def _plain(entry: Entry | None, name: str) -> tuple[str, ...]:
    value = getattr(entry, name, None)
    if value is None:
        return ()
    if name == "channel_mix":
        return (mix_written(value),)
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def _variants(entry: Entry | None, lang: Lang) -> tuple[str, ...]:
    """Each begins with the code of its audience."""
    variants = entry.variants if isinstance(entry, Objection) else ()
    told = ((each.audience.code, *(part.in_(lang) for part in (each.say, each.note) if part)) for each in variants)
    return tuple(" ".join(each) for each in told)


def _changed(found: Difference) -> Difference:
    gone = tuple(line for line in found.before if line not in found.after)
    come = tuple(line for line in found.after if line not in found.before)
    if not gone and not come:  # the same lines in another order
        return found
    return Difference(found.field, found.lang, gone, come)


def concerns(entry: Entry, before: Entry | None, playbook: Playbook, today: date) -> list[Finding]:
    """What the rules of the house say of the words a change brings; those that stood before are not held against it."""
    checked = entry.model_copy(update={"verified_on": today})
    known = {_told(each) for each in findings(before, playbook, today)} if before else set()
    return [each for each in findings(checked, playbook, today) if _told(each) not in known]


def doubled(entry: Entry, before: Entry | None, playbook: Playbook) -> list[Finding]:
    """The examples a change brings that another entry has, or nearly has. They are compared with all there are."""
    added = {lang: _added(entry, before, lang) for lang in LANGS}
    if not any(added.values()):
        return []
    with_it = playbook.overlaid({entry.id: entry.model_copy(update={"examples": Examples(**added)})})
    return duplicates(with_it).get(entry.id, [])


def _added(entry: Entry, before: Entry | None, lang: Lang) -> tuple[str, ...]:
    kept = before.examples.in_(lang) if before else ()
    return tuple(line for line in entry.examples.in_(lang) if line not in kept)


def _told(finding: Finding) -> tuple[str, str | None, str]:
    return finding.key, finding.lang, repr(sorted(finding.values.items()))

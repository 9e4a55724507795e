"""Erasing a customer or a person: what of a record goes, what stays, and in which words."""

import hmac
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from bot.domain.masking import MASK, named
from bot.domain.notice import NoticeKind
from bot.domain.stored import Stored

PERSON: Final = re.compile(r"(?<![A-Za-z0-9])[UW][A-Z0-9]{3,20}(?![A-Za-z0-9])")
"""A person's id in Slack; the week of 2026-W09 is none."""
_ERASED: Final = "erased-"

_GOES_WITH_THE_PERSON: Final = {
    *("profile", "last-asked", "talk", "seen", "direct"),
    *(f"{kind}{suffix}" for kind in NoticeKind for suffix in ("", "-lease")),
    *("digest-times", "digests-open", "digests-troubled", "notices-of", "draft", "drafts"),
}
"""Kinds of records that are about nothing but this one person's day; in all others a pseudonym takes the id's place."""
_PLAYS: Final = {"revision", "own-entry"}
_IDENTIFIER: Final = re.compile(r"[a-z0-9]+(?:[-_/.][a-z0-9]+)*")


def is_erased(user_id: str) -> bool:
    """A pseudonym, to which nothing can be sent."""
    return user_id.startswith(_ERASED)


class Subject(StrEnum):
    CUSTOMER = "customer"
    PERSON = "person"


class Erased(Stored):
    """A line of the erasure list, which a restored backup is held against.

    A customer's id is random and says nothing. Of a person only a salted hash is kept, and the salt is sealed: whether
    an id is the one can be tried, but the list does not tell it.
    """

    id: str
    subject: Subject
    at: datetime
    customer_id: str | None = None
    salt: str = ""
    hash: str = ""

    @property
    def pseudonym(self) -> str:
        return f"{_ERASED}{self.id}"

    def is_of(self, user_id: str) -> bool:
        return self.subject is Subject.PERSON and hmac.compare_digest(self.hash, hashed(self.salt, user_id))


def hashed(salt: str, user_id: str) -> str:
    return hmac.new(salt.encode(), user_id.encode(), sha256).hexdigest()


@dataclass(slots=True)
class CustomerErasure:
    """Takes away the customer's records, what points to them, and its names where somebody wrote them elsewhere."""

    customer_id: str
    names: Collection[str] = ()
    gone: set[str] = field(default_factory=set)
    """Ids of what was deleted so far; filled while going through the store."""

    def __post_init__(self) -> None:
        self.gone.add(self.customer_id)

    def ids(self, kind: str, ids: Sequence[str]) -> Sequence[str] | None:
        """Of a record's key; None: the record goes."""
        return None if self.gone.intersection(ids) else ids

    def takes(self, record: Any) -> bool:
        if not isinstance(record, dict):
            return False
        # `subject_id` is what a webhook's message is about: without it there is nothing to send.
        return record.get("customer_id") == self.customer_id or record.get("subject_id") in self.gone

    def leaf(self, text: str) -> str | None:
        """A text that lies open: ids and the like. None: it goes."""
        return None if text in self.gone else text

    def typed(self, kind: str, text: str) -> str | None:
        """A text that was sealed, so somebody typed it or it stands beside such."""
        return None if text in self.gone else _without(text, self.names, kind)

    def member(self, kind: str, text: str) -> str | None:
        """Of a set, sorted set or hash: ids with a space between them."""
        return None if self.gone.intersection(text.split(" ")) else text


@dataclass(slots=True)
class PersonErasure:
    """Puts a pseudonym where the person's id was; what was about the person only, goes."""

    user_id: str
    pseudonym: str
    names: Collection[str] = ()
    gone: set[str] = field(default_factory=set)
    _id: re.Pattern[str] = field(init=False)
    _mention: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self._id = re.compile(rf"(?<![A-Za-z0-9]){re.escape(self.user_id)}(?![A-Za-z0-9])")
        self._mention = re.compile(rf"<@{re.escape(self.user_id)}(?:\|[^>]*)?>")

    def ids(self, kind: str, ids: Sequence[str]) -> Sequence[str] | None:
        changed = [self._id.sub(self.pseudonym, each) for each in ids]
        return None if changed != list(ids) and kind in _GOES_WITH_THE_PERSON else changed

    def takes(self, record: Any) -> bool:
        return False

    def leaf(self, text: str) -> str | None:
        return self._id.sub(self.pseudonym, text)

    def typed(self, kind: str, text: str) -> str | None:
        return _without(self._id.sub(self.pseudonym, self._mention.sub(MASK, text)), self.names, kind)

    def member(self, kind: str, text: str) -> str | None:
        changed = self._id.sub(self.pseudonym, text)
        return None if changed != text and kind in _GOES_WITH_THE_PERSON else changed


Erasure = CustomerErasure | PersonErasure


def people_in(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in PERSON.findall(text)}


def _without(text: str, names: Collection[str], kind: str) -> str:
    if kind in _PLAYS and _IDENTIFIER.fullmatch(text):  # a field of a play's form, such as the id of a related one
        return text
    for name in sorted(names, key=len, reverse=True):
        text = named(name).sub(MASK, text)
    return text

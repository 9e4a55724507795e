"""A visit note as its form has it, and what becomes of it once it is saved."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.domain.customer import Customer, NewCustomer
from bot.domain.followup import Closing, FollowUp
from bot.domain.heard import NeedNoted
from bot.domain.need import SENTENCE_LIMIT, STATEMENT_LIMIT, Need, NeedChange, NeedType, needs
from bot.domain.visit import Channel, Facts, Visit


@dataclass(frozen=True, slots=True)
class Finishes:
    """The contact that a note was written to finish: nothing is saved where somebody else was quicker."""

    followup_id: str
    turn: str
    closing: Closing


@dataclass(frozen=True, slots=True)
class VisitForm:
    """A filled-in note. `form_id` is the form's own id: the same form sent twice is one visit."""

    form_id: str
    customer: str | NewCustomer
    """An id, or whom to create; empty where none was picked."""
    on: date
    channel: Channel
    note: str
    objection_ids: tuple[str, ...] = ()
    next_step: str | None = None
    next_step_on: date | None = None
    done_followup_ids: tuple[str, ...] = ()
    pasted: str = ""
    facts: Facts = field(default_factory=Facts)
    needs: tuple[NeedNoted, ...] = ()
    undecided: tuple[int, ...] = ()
    """Places of promises among the facts that may be due on either of two days."""
    draft_id: str = ""
    finishes: Finishes | None = None
    keeps: frozenset[str] = frozenset()
    """Digests of advice on personal data that is needed to reach somebody."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A saved visit, its customer, and the next contact with its reason. `is_new` is False for a form sent again."""

    visit: Visit
    customer: Customer
    contact: FollowUp
    is_new: bool
    needs: Sequence[Need] = ()
    """The customer's open ones."""
    has_next_step: bool = True


def need_changes(noted: Iterable[NeedNoted], visit: Visit, known: Iterable[NeedChange]) -> tuple[NeedChange, ...]:
    """What a note adds to the needs file: to the open need of the same type where there is one, else a new need."""
    still_open = [each for each in needs(known) if each.status.is_open]
    open_ids = {str(each.type): each.id for each in still_open if each.type is not NeedType.OTHER}
    return tuple(
        NeedChange(
            id=f"n-{visit.id}-{number}",
            need_id=open_ids.get(str(each.type), f"n-{visit.id}-{number}"),
            customer_id=visit.customer_id,
            on=visit.on,
            at=visit.created_at,
            author_id=visit.author_id,
            sentence=_sentence(visit, each.words or each.statement)[:SENTENCE_LIMIT],
            source_id=visit.id,
            type=each.type,
            statement=each.statement[:STATEMENT_LIMIT],
            amount=each.amount or None,
            wanted_by=each.wanted_by or None,
        )
        for number, each in enumerate(noted)
    )


_SENTENCE: Final = re.compile(r"[^。！？!?\n]+[。！？!?]?")


def _sentence(visit: Visit, words: str) -> str:
    """The sentence of the note that has these words; the words where it was changed since."""
    start = words.rstrip("…")
    sentences = _SENTENCE.findall(f"{visit.note}\n{visit.pasted}")
    return next((each.strip() for each in sentences if start and start in each), words)

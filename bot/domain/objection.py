"""Objections of one customer: when each was raised, and whether the play for it held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.domain.stored import Stored
from bot.domain.visit import Visit


class Outcome(Stored):
    """What became of an objection that a note mentions."""

    visit_id: str
    entry_id: str
    held: bool
    """The play answered it; else it stayed open."""
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Raised:
    """An objection in a note, and what became of it; `held` is None until somebody says so."""

    visit_id: str
    entry_id: str
    on: date
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class ObjectionHistory:
    """Every time a customer raised one objection, newest first."""

    entry_id: str
    raised: tuple[Raised, ...]

    @property
    def last(self) -> Raised:
        return self.raised[0]


def histories(visits: Iterable[Visit], outcomes: Iterable[Outcome]) -> list[ObjectionHistory]:
    """One of each objection in the notes; those first whose play did not hold last, then the latest, then the most."""
    said = {(each.visit_id, each.entry_id): each.held for each in outcomes}
    found: dict[str, list[Raised]] = {}
    for visit in sorted(visits, key=lambda each: (each.on, each.created_at), reverse=True):
        for entry_id in dict.fromkeys(visit.objection_ids):
            held = said.get((visit.id, entry_id))
            found.setdefault(entry_id, []).append(Raised(visit.id, entry_id, visit.on, held))
    every = [ObjectionHistory(entry_id, tuple(raised)) for entry_id, raised in found.items()]
    return sorted(every, key=lambda each: (each.last.held is not False, -each.last.on.toordinal(), -len(each.raised)))

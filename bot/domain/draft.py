"""A note that is still being written: what is known of it, and what was read in its words so far."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from bot.domain.customer import Customer
from bot.domain.facts import Checked, SignalChecked
from bot.domain.heard import PROMISES, Choice, Heard, Kind, NeedNoted, confirmed, reread
from bot.domain.reading import Reading
from bot.domain.visit import NOTE_LIMIT, PASTED_LIMIT, STEP_LIMIT, Channel, Facts, Promised, Visit
from bot.domain.workcalendar import IsWorkingDay

NEW: Final = "new:"
"""Before the name of a customer to be created, where a form asks for a customer."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as far as it is known: from one typed line, a pasted text, or what stands in a form."""

    customer: Customer | None = None
    customer_name: str = ""
    note: str = ""
    objection_ids: tuple[str, ...] = ()
    pasted: str = ""
    """A text too long for the note, which is made from it."""
    on: date | None = None
    channel: Channel | None = None
    next_step: str = ""
    next_step_on: date | None = None
    choices: tuple[Choice, ...] = ()
    dues: Mapping[str, date | None] = field(default_factory=dict)
    """By the value of a promise that is offered, the day picked for it."""
    checked: Mapping[str, Checked] = field(default_factory=dict)
    """By the id of a signal that is offered, what its check question brought out."""
    again: Mapping[str, str] = field(default_factory=dict)
    """By the key of a promise that is offered, the follow-up that it says once more."""
    apart: frozenset[str] = frozenset()
    """Keys of promises that were unticked there: they stand by themselves."""

    @property
    def text(self) -> str:
        """All there is to read."""
        return "\n".join(filter(None, (self.pasted, self.note)))

    @property
    def is_worth_keeping(self) -> bool:
        return bool(self.text.strip() or self.next_step.strip())

    def chosen(self, *kinds: Kind) -> list[Heard]:
        return [heard for choice in self.choices if choice.kind in kinds for heard in choice.chosen]

    def facts(self) -> Facts:
        """What is ticked, each promise with the day picked for it."""
        return Facts(
            attendees=tuple(each.attendee for each in self.chosen(Kind.ATTENDEE)),
            signal_ids=tuple(each.signal_id for each in self._signals()),
            signals_checked=tuple(
                SignalChecked(each.signal_id, self.checked[each.signal_id])
                for each in self._signals()
                if each.signal_id in self.checked
            ),
            promises=tuple(self._promised(each) for each in self.chosen(*PROMISES)),
            documents=tuple(each.document for each in self.chosen(Kind.DOCUMENT)),
            figures=tuple(each.figure for each in self.chosen(Kind.FIGURE)),
            risks=tuple(each.risk for each in self.chosen(Kind.RISK)),
        )

    def _signals(self) -> list[Heard]:
        """Ticked, or their check question was asked."""
        return [
            each
            for choice in self.choices
            if choice.kind is Kind.SIGNAL
            for each in choice.offered
            if each.value in choice.ticked or each.signal_id in self.checked
        ]

    def needs(self) -> tuple[NeedNoted, ...]:
        return tuple(each.need for each in self.chosen(Kind.NEED))

    def _promised(self, heard: Heard) -> Promised:
        by, text, days = heard.promise
        only = days[0] if len(days) == 1 else None
        due_on = self.dues.get(heard.value, only)
        return Promised(by=by, text=text, due_on=due_on, again=self.again.get(heard.key, ""))

    @classmethod
    def of(cls, visit: Visit, customer: Customer) -> "Draft":
        """A saved note, to be changed."""
        return cls(
            customer=customer,
            customer_name=customer.name,
            note=visit.note,
            objection_ids=visit.objection_ids,
            pasted=visit.pasted,
            on=visit.on,
            channel=visit.channel,
            choices=confirmed(visit.facts),
            checked={each.signal_id: each.result for each in visit.facts.signals_checked},
        )

    @classmethod
    def pasted_from(cls, text: str) -> "Draft":
        """A short text becomes the note; a long one stays beside it."""
        return cls(note=text) if len(text) <= NOTE_LIMIT else cls(pasted=text[:PASTED_LIMIT])

    @property
    def customer_choice(self) -> str:
        """As the form spells it; empty where none is picked."""
        if self.customer is not None:
            return self.customer.id
        return f"{NEW}{self.customer_name}" if self.customer_name else ""

    def fields(self) -> dict[str, str]:
        """What may be guessed and is no list of things to tick, each as a text."""
        return {
            "customer": self.customer_choice,
            "on": str(self.on or ""),
            "channel": self.channel or "",
            "objections": ",".join(sorted(self.objection_ids)),
            "next_step": self.next_step,
            "next_step_on": str(self.next_step_on or ""),
        }


@dataclass(frozen=True, slots=True)
class Suggested:
    """A draft with what was read in it. `words` tell of each field that was guessed, in what it says."""

    draft: Draft
    changed: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    other_on: date | None = None
    """The other day that the words of `on` may mean."""


def suggested(
    draft: Draft,
    reading: Reading,
    untouched: Collection[str],
    customers: Mapping[str, Customer],
    given: Iterable[str],
    today: date,
    is_work: IsWorkingDay,
    saved: Facts | None = None,
) -> Suggested:
    """Guesses go where nobody has picked or typed anything (`untouched`), a customer only where there is none.

    `given` are objections that were there before anything was read, `saved` what the saved note says already.
    """
    changes: dict[str, Any] = {}
    words: dict[str, str] = {}
    other_on = None
    if (who := reading.customer) and who.value in customers:
        words["customer"] = who.words
        if not draft.customer_choice:
            changes |= {"customer": customers[who.value], "customer_name": customers[who.value].name}
    if reading.on and (days := [day for day in reading.on.value if day <= today]):
        words["on"] = reading.on.words
        other_on = days[1] if len(days) > 1 else None
        changes["on"] = days[0]
    if reading.channel:
        words["channel"] = reading.channel.words
        changes["channel"] = reading.channel.value
    if reading.objections:
        words["objections"] = "”“".join(dict.fromkeys(each.words for each in reading.objections))
    changes["objection_ids"] = tuple(dict.fromkeys((*given, *(each.value for each in reading.objections))))
    if (contact := reading.next_contact) and {"next_step", "next_step_on"} <= set(untouched):
        words["next_step"] = contact.words
        days = [day.on for day in contact.value]
        only = days[0] if len(days) == 1 and days[0] >= today and is_work(days[0]) else None
        changes |= {"next_step": contact.words[:STEP_LIMIT], "next_step_on": only}
    before = draft.fields()
    wanted = replace(draft, **changes).fields()
    changed = frozenset(name for name in wanted if name in untouched and wanted[name] != before[name])
    kept = {name: value for name, value in changes.items() if _FIELD.get(name, name) in changed}
    choices = reread(draft.choices, reading, saved)
    return Suggested(replace(draft, choices=choices, **kept), changed, words, other_on)


_FIELD: Final = {"customer_name": "customer", "objection_ids": "objections"}
"""Of a draft's attribute, the field it stands in."""


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A note that is not saved yet, as its author left it."""

    id: str
    started_at: datetime
    """When its words were first read: «tomorrow» counts from here."""
    kept_at: datetime
    draft: Draft
    visit_id: str = ""
    """The saved note that it changes, in its `version`; empty for a new one."""
    version: int = 0

"""What the visit form offers of what was read in a text: to tick, to leave, and how both outlive another reading."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.facts import Attendee, Basis, Document, DocumentState, Figure, RiskEvent, Side, Unit
from bot.domain.need import NeedType
from bot.domain.reading import Guess, NeedHeard, Promise, Reading
from bot.domain.visit import Facts

VALUE_LIMIT: Final = 150
"""Slack's, of an option's value: what is offered is spelled in it, so that a form can be read without anything else."""
MOST: Final = 10
_SEPARATOR: Final = "|"


class Kind(StrEnum):
    PROMISE = "promise"
    PERHAPS = "perhaps"
    """A promise that is doubted."""
    NEED = "need"
    ATTENDEE = "attendee"
    SIGNAL = "signal"
    DOCUMENT = "document"
    FIGURE = "figure"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Heard:
    """One guess. `value` spells it, `words` are those it was read from, as far as the form shows them."""

    value: str
    words: str
    is_sure: bool = True
    """Ticked from the start."""

    @property
    def key(self) -> str:
        """Short enough to name a field by."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:12]

    @property
    def kind(self) -> Kind:
        return Kind(self.value.split(_SEPARATOR, 1)[0])

    @property
    def parts(self) -> list[str]:
        """As many as `_spelled` was given; the last one may hold the separator itself."""
        return self.value.split(_SEPARATOR, _PARTS[self.kind])[1:]

    @property
    def promise(self) -> tuple[Side, str, tuple[date, ...]]:
        by, days, text = self.parts
        return Side(by), text, tuple(date.fromisoformat(day) for day in days.split(",") if day)

    @property
    def need(self) -> "NeedNoted":
        kind, amount, when, text = self.parts
        return NeedNoted(NeedType(kind), text, amount, when, self.words)

    @property
    def attendee(self) -> Attendee:
        return Attendee(self.parts[0])

    @property
    def signal_id(self) -> str:
        return self.parts[0]

    @property
    def document(self) -> Document:
        state, name = self.parts
        return Document(name, DocumentState(state))

    @property
    def figure(self) -> Figure:
        unit, basis, number = self.parts
        return Figure(Decimal(number), Unit(unit), Basis(basis))

    @property
    def risk(self) -> RiskEvent:
        return RiskEvent(self.parts[0])


PROMISES: Final = (Kind.PROMISE, Kind.PERHAPS)

_PARTS: Final = {
    Kind.PROMISE: 3,
    Kind.PERHAPS: 3,
    Kind.NEED: 4,
    Kind.ATTENDEE: 1,
    Kind.SIGNAL: 1,
    Kind.DOCUMENT: 2,
    Kind.FIGURE: 3,
    Kind.RISK: 1,
}


@dataclass(frozen=True, slots=True)
class NeedNoted:
    """A need that the author confirmed; `words` are those of the note that say so."""

    type: NeedType
    statement: str
    amount: str = ""
    wanted_by: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is offered of one kind. `shown` was ticked when it was put there, `ticked` is now."""

    kind: Kind
    offered: tuple[Heard, ...]
    ticked: frozenset[str]
    shown: frozenset[str]
    turn: int = 0
    """Counts how often it was offered afresh; Slack forgets what was ticked when a field has another id."""
    is_settled: bool = False
    """A person ticked or unticked something in an earlier window."""

    @property
    def is_touched(self) -> bool:
        return self.is_settled or self.ticked != self.shown

    @property
    def resumed(self) -> "Choice":
        """For another window, which shows at first what was ticked in the end."""
        return replace(self, shown=self.ticked, is_settled=self.is_touched)

    @property
    def chosen(self) -> list[Heard]:
        return [each for each in self.offered if each.value in self.ticked]

    def reread(self, heard: Sequence[Heard]) -> "Choice":
        """After another reading. Once a person has ticked or unticked anything, that stays as it is.

        What is new is then only offered, and what was heard no longer goes unless it is ticked.
        """
        now = {each.value: each for each in heard}
        if not self.is_touched:
            fresh = offered(self.kind, heard)
            is_same = [each.value for each in fresh.offered] == [each.value for each in self.offered]
            return self if is_same else replace(fresh, turn=self.turn + 1)
        kept = [each for each in self.offered if each.value in self.ticked or each.value in now]
        known = {each.value for each in self.offered}
        added = [each for each in heard if each.value not in known]
        return replace(self, offered=tuple([*kept, *added][:MOST]))


def offered(kind: Kind, heard: Sequence[Heard]) -> Choice:
    most = tuple(heard[:MOST])
    sure = frozenset(each.value for each in most if each.is_sure)
    return Choice(kind, most, sure, sure)


def reread(choices: Iterable[Choice], reading: Reading, saved: Facts | None = None) -> tuple[Choice, ...]:
    """One a kind that there is anything of, in the order of the kinds.

    A note that was saved, with these facts, has its promises and needs in their own lists: what it adds has to be
    ticked, and needs are added elsewhere.
    """
    before = {each.kind: each for each in choices}
    heard: dict[Kind, list[Heard]] = {kind: [] for kind in Kind}
    # What a person ticked as doubted is not offered once more when more words make it sure, nor the other way round.
    touched = [each for each in before.values() if each.is_touched and each.kind in PROMISES]
    ticked = {each.promise: each.kind for choice in touched for each in choice.chosen}
    for each in guesses(reading):
        if each.kind in PROMISES and ticked.get(each.promise, each.kind) is not each.kind:
            continue
        if saved is not None:
            if each.kind is Kind.NEED or _is_promised(each, saved):
                continue
            each = replace(each, is_sure=False)
        if each.value not in {other.value for other in heard[each.kind]}:
            heard[each.kind].append(each)
    found = [
        before[kind].reread(heard[kind]) if kind in before else offered(kind, heard[kind])
        for kind in Kind
        if kind in before or heard[kind]
    ]
    return tuple(each for each in found if each.offered)


def _is_promised(heard: Heard, facts: Facts) -> bool:
    """Up to 0.4 the words of a promise had its day among them."""
    if heard.kind not in PROMISES:
        return False
    by, text, _ = heard.promise
    return any(each.by is by and each.text in (text, heard.words) for each in facts.promises)


def confirmed(facts: Facts) -> tuple[Choice, ...]:
    """What a saved note says, to be corrected; promises are kept elsewhere from then on."""
    spelled = [
        *((Kind.ATTENDEE, (each,)) for each in facts.attendees),
        *((Kind.SIGNAL, (each,)) for each in facts.signal_ids),
        *((Kind.DOCUMENT, (each.state, each.name)) for each in facts.documents),
        *((Kind.FIGURE, _figure(each)) for each in facts.figures),
        *((Kind.RISK, (each,)) for each in facts.risks),
    ]
    found = []
    for kind in Kind:
        heard = tuple(Heard(_value(kind, *parts), "") for its, parts in spelled if its is kind)
        if heard:
            ticked = frozenset(each.value for each in heard)
            found.append(Choice(kind, heard, ticked, ticked, is_settled=True))
    return tuple(found)


def guesses(reading: Reading) -> Iterator[Heard]:
    """Promises that are doubted or have two days, signals and risk flags wait for a tick.

    Of the rest a wrong one is unticked.
    """
    for promise in reading.promises:
        yield _promise(promise)
    for promise in reading.doubted:
        yield replace(_promise(promise, Kind.PERHAPS), is_sure=False)
    for need in reading.needs:
        yield _need(need)
    for attendee in reading.attendees:
        yield _heard(attendee, Kind.ATTENDEE, attendee.value)
    for signal in reading.signals:
        yield _heard(signal, Kind.SIGNAL, signal.value, is_sure=False)
    for document in reading.documents:
        yield _heard(document, Kind.DOCUMENT, document.value.state, document.value.name)
    for figure in reading.figures:
        yield _heard(figure, Kind.FIGURE, *_figure(figure.value))
    for risk in reading.risks:
        yield _heard(risk, Kind.RISK, risk.value, is_sure=False)


def _promise(guess: Guess[Promise], kind: Kind = Kind.PROMISE) -> Heard:
    days = sorted({day.on for day in guess.value.due})
    dues = ",".join(str(day) for day in days)
    return _heard(guess, kind, guess.value.by, dues, guess.value.text, is_sure=len(days) == 1)


def _need(guess: Guess[NeedHeard]) -> Heard:
    need = guess.value
    amount = f"¥{need.amount:,.0f}" if need.amount is not None else ""
    when = str(need.when[0].on) if len(need.when) == 1 else ""
    return _heard(guess, Kind.NEED, need.type, amount, when, need.text)


def _figure(figure: Figure) -> tuple[str, str, str]:
    return figure.unit, figure.basis, f"{figure.number.normalize():f}"


def _heard(guess: Guess[object], kind: Kind, *parts: str, is_sure: bool = True) -> Heard:
    return Heard(_value(kind, *parts), guess.words, is_sure)


def _value(kind: Kind, *parts: str) -> str:
    value = _SEPARATOR.join((kind, *parts))
    return value if len(value) <= VALUE_LIMIT else f"{value[: VALUE_LIMIT - 1]}…"

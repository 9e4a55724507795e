"""What the form offers of a reading: spelled in a line and read back, and kept through another reading."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import heard
from bot.domain.dates import Day
from bot.domain.facts import Attendee, Basis, Document, DocumentState, Figure, RiskEvent, Side, Unit
from bot.domain.heard import VALUE_LIMIT, Choice, Heard, Kind, NeedNoted
from bot.domain.need import NeedType
from bot.domain.reading import Guess, NeedHeard, Promise, Reading
from bot.domain.visit import Facts, Promised

T = TypeVar("T")
WEDNESDAY, FRIDAY = date(2026, 3, 4), date(2026, 3, 6)


def guess(value: T, words: str = "原话") -> Guess[T]:
    return Guess(value, words, 0, len(words))


READING = Reading(
    attendees=(guess(Attendee.CFO, "财务总监"),),
    signals=(guess("signal/quiet"),),
    needs=(guess(NeedHeard(NeedType.LIQUIDITY, "备货缺钱", Decimal(2_000_000), (Day(FRIDAY),)), "备货缺 200 万"),),
    promises=(
        guess(Promise(Side.OURS, "给报价", (Day(WEDNESDAY),)), "周三前给报价"),
        guess(Promise(Side.THEIRS, "发合同", (Day(FRIDAY), Day(WEDNESDAY)))),
        guess(Promise(Side.THEIRS, "问问老板")),
    ),
    doubted=(guess(Promise(Side.OURS, "再问问", (Day(WEDNESDAY),))),),
    documents=(guess(Document("审计报告|2025", DocumentState.ASKED)),),
    figures=(guess(Figure(Decimal("8.50"), Unit.PERCENT, Basis.ALL_IN)),),
    risks=(guess(RiskEvent.LAWSUIT),),
)


def test_every_guess_is_spelled_and_read_back() -> None:
    """In an option's value, which is all that comes back of it."""
    found = list(heard.guesses(READING))
    ours, theirs, open_one, doubted, need, attendee, signal, document, figure, risk = found
    assert ours.promise == (Side.OURS, "给报价", (WEDNESDAY,))
    assert theirs.promise == (Side.THEIRS, "发合同", (WEDNESDAY, FRIDAY))
    assert open_one.promise == (Side.THEIRS, "问问老板", ())
    assert (doubted.kind, doubted.promise) == (Kind.PERHAPS, (Side.OURS, "再问问", (WEDNESDAY,)))
    assert need.need == NeedNoted(NeedType.LIQUIDITY, "备货缺钱", "¥2,000,000", "2026-03-06", "备货缺 200 万")
    assert (attendee.attendee, signal.signal_id, risk.risk) == (Attendee.CFO, "signal/quiet", RiskEvent.LAWSUIT)
    assert document.document == Document("审计报告|2025", DocumentState.ASKED)
    assert figure.figure == Figure(Decimal("8.5"), Unit.PERCENT, Basis.ALL_IN)


def test_only_what_is_sure_is_ticked() -> None:
    """A promise with one day; not one of two days or none or one that is doubted, no signal and no risk flag."""
    unsure = [each.value for each in heard.guesses(READING) if not each.is_sure]
    assert [each.split("|")[0] for each in unsure] == ["promise", "promise", "perhaps", "signal", "risk"]


@given(st.text(max_size=400), st.lists(st.dates(), max_size=2, unique=True))
def test_the_longest_promise_is_an_option_that_slack_takes(text: str, days: list[date]) -> None:
    """Cut where Slack would refuse it, and still one promise with its days."""
    (found,) = heard.guesses(Reading(promises=(guess(Promise(Side.OURS, text, tuple(Day(day) for day in days))),)))
    assert len(found.value) <= VALUE_LIMIT
    side, what, due = found.promise
    assert (side, due) == (Side.OURS, tuple(sorted(days)))
    assert what == text or (what.endswith("…") and text.startswith(what[:-1]))


A, B, C = (Heard(f"attendee|{each}", "") for each in ("cfo", "owner", "legal"))


def choice(offered: tuple[Heard, ...], ticked: set[Heard], shown: set[Heard], turn: int = 0) -> Choice:
    values = [frozenset(each.value for each in found) for found in (ticked, shown)]
    return Choice(Kind.ATTENDEE, offered, values[0], values[1], turn)


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (choice((A,), {A}, {A}), (A,), choice((A,), {A}, {A})),
        (choice((A,), {A}, {A}), (A, B), choice((A, B), {A, B}, {A, B}, 1)),
        (choice((A,), {A}, {A}), (B,), choice((B,), {B}, {B}, 1)),
        (choice((A, B), {B}, {A, B}), (A, B, C), choice((A, B, C), {B}, {A, B})),
        (choice((A, B), {A, B}, {A}), (C,), choice((A, B, C), {A, B}, {A})),
        (choice((A, B), {B}, {A}), (), choice((B,), {B}, {A})),
    ],
    ids=["the same", "untouched: more", "untouched: another", "unticked stays so", "ticked stays", "unticked and gone"],
)
def test_another_reading_never_unticks_what_a_person_ticked(
    before: Choice, now: tuple[Heard, ...], after: Choice
) -> None:
    """Nor ticks again what was unticked: what is new is only offered then."""
    assert before.reread(now) == after


def test_in_another_window_what_a_person_chose_counts_as_chosen() -> None:
    """The draft shows at first what was ticked in the end, and a reading leaves it alone."""
    left = choice((A, B), {B}, {A})
    resumed = left.resumed
    assert (resumed.shown, resumed.ticked, resumed.is_touched) == (left.ticked, left.ticked, True)
    assert resumed.reread((A, B, C)).ticked == left.ticked
    assert not choice((A,), {A}, {A}).resumed.is_touched


def test_the_same_guess_twice_is_offered_once() -> None:
    """And no more than Slack shows."""
    (found,) = heard.reread((), Reading(attendees=(guess(Attendee.CFO), guess(Attendee.CFO))))
    assert [each.attendee for each in found.offered] == [Attendee.CFO]
    many = Reading(documents=tuple(guess(Document(f"资料{each}", DocumentState.GIVEN)) for each in range(15)))
    assert len(heard.reread((), many)[0].offered) == 10


def test_kinds_that_nothing_is_heard_of_are_not_shown() -> None:
    assert [each.kind for each in heard.reread((), READING)] == list(Kind)
    assert heard.reread((), Reading()) == ()
    assert heard.reread(heard.reread((), READING), Reading()) == ()


FACTS = Facts(
    attendees=(Attendee.CFO,),
    signal_ids=("signal/quiet",),
    promises=(Promised(by=Side.OURS, text="给报价", due_on=WEDNESDAY),),
    documents=(Document("合同", DocumentState.GIVEN),),
    figures=(Figure(Decimal("8.5"), Unit.PERCENT),),
    risks=(RiskEvent.LAWSUIT,),
)


def test_a_saved_note_is_offered_as_it_was_confirmed() -> None:
    """All but its promises, which are in the follow-ups by then."""
    found = {each.kind: each for each in heard.confirmed(FACTS)}
    assert set(found) == {Kind.ATTENDEE, Kind.SIGNAL, Kind.DOCUMENT, Kind.FIGURE, Kind.RISK}
    assert all(each.is_touched and len(each.chosen) == 1 for each in found.values())
    assert found[Kind.FIGURE].offered[0].figure == FACTS.figures[0]


def test_of_a_saved_note_only_what_is_new_is_offered() -> None:
    """The promise that it has is not offered again, a new one waits for a tick, and needs have their own list."""
    found = {each.kind: each for each in heard.reread((), READING, FACTS)}
    assert [each.promise[1] for each in found[Kind.PROMISE].offered] == ["发合同", "问问老板"]
    assert Kind.NEED not in found
    assert not any(each.ticked for each in found.values())


def test_a_doubted_promise_that_was_ticked_is_not_offered_again_as_a_sure_one() -> None:
    """More words made it sure; unless it was ticked, it then counts as any other."""
    (perhaps,) = [each for each in heard.reread((), READING) if each.kind is Kind.PERHAPS]
    sure = Reading(promises=READING.doubted)
    ticked = replace(perhaps, ticked=frozenset({perhaps.offered[0].value}))
    assert [each.kind for each in heard.reread((ticked,), sure)] == [Kind.PERHAPS]
    assert [each.kind for each in heard.reread((perhaps,), sure)] == [Kind.PROMISE]


def test_unchosen_guesses_vanish() -> None:
    found = heard.reread((), READING)[0]
    assert [each.promise[1] for each in replace(found, ticked=frozenset()).chosen] == []

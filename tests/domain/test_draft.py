"""A note that is still being written: what a reading may fill in, and what becomes of what was ticked."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.dates import Day
from bot.domain.draft import Draft, Suggested, suggested
from bot.domain.facts import Side
from bot.domain.heard import Choice, Heard, Kind
from bot.domain.reading import Guess, Reading
from bot.domain.visit import Channel, Promised
from tests.builders import MONDAY, make_customer, weekdays

SUNDAY, SATURDAY, FRIDAY, WEDNESDAY = date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 6), date(2026, 3, 4)
CUSTOMER = make_customer()
BEGUN = Draft(note="昨天电话聊了", on=MONDAY, channel=Channel.VISIT)
ALL = frozenset(BEGUN.fields())
READING = Reading(
    customer=Guess("c1", "远大", 0, 2),
    on=Guess((SUNDAY, SATURDAY), "昨天", 0, 2),
    channel=Guess(Channel.PHONE, "电话", 2, 4),
    objections=(Guess("cost/fee-too-high", "嫌贵", 0, 2),),
    next_contact=Guess((Day(FRIDAY),), "周五再打电话", 0, 6),
)


def filled(draft: Draft = BEGUN, reading: Reading = READING, untouched: frozenset[str] = ALL, **more: Any) -> Suggested:
    given = more.get("given", ())
    return suggested(draft, reading, untouched, {"c1": CUSTOMER}, given, MONDAY, weekdays)


def test_what_nobody_touched_is_filled_in() -> None:
    """With the words that say so."""
    found = filled()
    draft = found.draft
    assert (draft.customer, draft.on, draft.channel) == (CUSTOMER, SUNDAY, Channel.PHONE)
    assert (draft.objection_ids, draft.next_step, draft.next_step_on) == (
        ("cost/fee-too-high",),
        "周五再打电话",
        FRIDAY,
    )
    assert found.changed == ALL
    assert found.words["on"] == "昨天"
    assert found.other_on == SATURDAY


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_somebody_picked_or_typed_stays(name: str) -> None:
    """Field by field."""
    draft = replace(BEGUN, customer=make_customer(id="c9")) if name == "customer" else BEGUN
    found = filled(draft, untouched=ALL - {name})
    assert name not in found.changed
    assert found.draft.fields()[name] == draft.fields()[name]


def test_a_customer_that_is_picked_is_not_replaced() -> None:
    """Not even where nobody touched the field: the button that opened the form chose it."""
    assert filled(replace(BEGUN, customer=make_customer(id="c9"))).draft.customer == make_customer(id="c9")


def test_a_customer_out_of_sight_is_not_guessed() -> None:
    """Only those handed in count."""
    reading = replace(READING, customer=Guess("hidden", "别家", 0, 2))
    assert filled(reading=reading).draft.customer is None


def test_a_day_still_to_come_is_no_day_of_a_visit() -> None:
    assert filled(reading=Reading(on=Guess((FRIDAY,), "周五", 0, 2))).draft.on == MONDAY


@pytest.mark.parametrize(
    ("days", "on"), [((FRIDAY,), FRIDAY), ((SATURDAY,), None), ((date(2026, 3, 7),), None), ((FRIDAY, WEDNESDAY), None)]
)
def test_a_next_contact_brings_its_day_where_that_can_be(days: tuple[date, ...], on: date | None) -> None:
    """Not one that is past, on which nobody works, or that may be either of two."""
    reading = Reading(next_contact=Guess(tuple(Day(day) for day in days), "再联系", 0, 3))
    assert filled(reading=reading).draft.next_step_on == on


def test_objections_that_were_there_before_stay() -> None:
    """From the answer that the form was opened from."""
    found = filled(given=["cost/hidden-fees"])
    assert found.draft.objection_ids == ("cost/hidden-fees", "cost/fee-too-high")


PROMISE = Heard("promise|ours|2026-03-04|给报价", "周三前给报价")
EITHER = Heard("promise|theirs|2026-03-04,2026-03-06|发合同", "发合同", is_sure=False)


@pytest.mark.parametrize(
    ("dues", "expected"),
    [
        ({}, (WEDNESDAY, None)),
        ({PROMISE.value: FRIDAY, EITHER.value: FRIDAY}, (FRIDAY, FRIDAY)),
        ({PROMISE.value: None}, (None, None)),
    ],
    ids=["as heard", "as picked", "cleared"],
)
def test_promises_are_due_when_the_form_says(
    dues: dict[str, date | None], expected: tuple[date | None, date | None]
) -> None:
    both = (PROMISE, EITHER)
    ticked = frozenset(each.value for each in both)
    draft = Draft(choices=(Choice(Kind.PROMISE, both, ticked, ticked),), dues=dues)
    assert draft.facts().promises == (
        Promised(by=Side.OURS, text="给报价", due_on=expected[0]),
        Promised(by=Side.THEIRS, text="发合同", due_on=expected[1]),
    )


def test_what_is_not_ticked_is_no_fact() -> None:
    draft = Draft(choices=(Choice(Kind.PROMISE, (PROMISE,), frozenset(), frozenset()),))
    assert draft.facts().promises == ()


@pytest.mark.parametrize(("size", "beside"), [(3000, 0), (3001, 3001), (12_001, 12_000)])
def test_a_long_text_stands_beside_the_note(size: int, beside: int) -> None:
    draft = Draft.pasted_from("字" * size)
    assert (len(draft.note), len(draft.pasted)) == ((0, beside) if beside else (size, 0))

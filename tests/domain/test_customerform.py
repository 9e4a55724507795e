"""Forms about a customer: what was typed becomes the record, and two people at once lose nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customer import MAX_BUYERS, Buyer, Confirms, Details, Risk, Size
from bot.domain.customerform import (
    CUSTOMER_FIELDS,
    EditConflictError,
    Part,
    PartForm,
    customer_values,
    edited,
    marks,
    merged,
    part_values,
    with_part,
)
from bot.domain.dossier import Dossier
from bot.domain.visit import Channel
from bot.errors import FieldError
from tests.builders import make_buyer, make_change, make_contact_person, make_customer

FULL = Dossier(
    make_customer(
        aliases=("远大", "YD"),
        industry="纺织",
        external_id="CRM-7",
        size=Size.SMALL,
        risk=Risk.AMBER,
        stand_in_id="U02CHEN",
        contract_expires_on=date(2026, 12, 31),
        preferred_channel=Channel.PHONE,
        preferred_every_days=21,
        is_opted_out=True,
        quiet_until=date(2026, 4, 1),
    ),
    Details(buyers=(make_buyer(),), quiet_reason="年审"),
    (make_contact_person(),),
    (make_change(),),
)


def opened(found: Dossier) -> dict[str, str]:
    return marks(customer_values(found.customer, found.details))


def save(found: Dossier, form: Dossier, **typed: str) -> Dossier:
    """What somebody types into the form that was opened of `form`, saved over `found`."""
    return edited(found, opened(form), customer_values(form.customer, form.details) | typed)


@pytest.mark.parametrize("found", [FULL, Dossier(make_customer())], ids=["full", "bare"])
def test_a_form_saved_as_it_was_opened_changes_nothing(found: Dossier) -> None:
    """No field is lost on its way through the words of the form."""
    assert save(found, found) == found


def test_what_was_typed_becomes_the_record() -> None:
    """Every field; an empty one is taken away."""
    after = save(
        FULL,
        FULL,
        name=" 远大新材料 ",
        aliases="远大，yd, 远大新材料；新远",
        preferred_every_days="",
        contract_expires_on="",
        stand_in_id="",
        is_opted_out="",
        quiet_until="",
        quiet_reason="",
    ).customer
    assert (after.name, after.aliases) == ("远大新材料", ("远大", "yd", "新远"))
    assert (after.preferred_every_days, after.contract_expires_on, after.stand_in_id) == (None, None, None)
    assert (after.is_opted_out, after.quiet_until) == (False, None)
    assert (after.size, after.external_id, after.owner_id) == (Size.SMALL, "CRM-7", FULL.customer.owner_id)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"aliases": "字" * 61}, "aliases"),
        ({"preferred_every_days": "0"}, "preferred_every_days"),
        ({"size": "Z"}, "size"),
        ({"quiet_until": "", "quiet_reason": "年审"}, "quiet_until"),
    ],
    ids=["no name", "long alias", "days", "forged", "reason without an end"],
)
def test_what_cannot_be_is_told_at_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(FieldError) as fault:
        save(FULL, FULL, **typed)
    assert fault.value.field == field


@pytest.mark.parametrize("typed", [{"tier": "A"}, {"risk": "green"}])
def test_tier_and_flag_are_not_for_this_form(typed: dict[str, str]) -> None:
    """Also where somebody forges the field: they have rules of their own."""
    assert save(FULL, FULL, **typed) == FULL


def test_two_people_change_different_fields() -> None:
    """Both are kept: what the second one did not touch stays as the first one left it."""
    first = save(FULL, FULL, size="large")
    second = save(first, FULL, industry="家纺")
    assert (second.customer.size, second.customer.industry) == (Size.LARGE, "家纺")


def test_two_people_change_the_same_field() -> None:
    """Told what stands there now; saved again knowing that, the second one counts."""
    first = save(FULL, FULL, industry="服装", size="large")
    with pytest.raises(EditConflictError) as conflict:
        save(first, FULL, industry="家纺")
    assert conflict.value.stored == {"industry": "服装"}
    again = opened(FULL) | marks(conflict.value.stored)
    typed = customer_values(FULL.customer, FULL.details) | {"industry": "家纺"}
    after = edited(first, again, typed).customer
    assert (after.industry, after.size) == ("家纺", Size.LARGE), "and what was not touched is not turned back"
    assert save(first, FULL, industry="服装").customer.industry == "服装", "the same words are no conflict"


words = st.sampled_from(["", "甲", "乙", "丙"])
rows = st.fixed_dictionaries(dict.fromkeys(("a", "b", "c"), words))


@given(rows, rows, rows)
def test_merging_loses_nothing(start: dict[str, str], theirs: dict[str, str], mine: dict[str, str]) -> None:
    """Either both changes are in the result, or the fields that both changed are named with what stands there."""
    both = {name for name in start if start[name] not in (theirs[name], mine[name]) and theirs[name] != mine[name]}
    if both:
        with pytest.raises(EditConflictError) as conflict:
            merged(marks(start), theirs, mine)
        assert conflict.value.stored == {name: theirs[name] for name in both}
        return
    for name, value in merged(marks(start), theirs, mine).items():
        assert value == (mine[name] if mine[name] != start[name] else theirs[name])


def part(found: Buyer | None, row_id: str = "b1", *, is_removed: bool = False, **typed: str) -> PartForm:
    values = part_values(Part.BUYER, found)
    return PartForm(Part.BUYER, row_id, marks(values), values | typed, is_removed)


def test_a_buyer_is_added_changed_and_removed() -> None:
    """The same form sent again adds nothing."""
    empty = Dossier(make_customer())
    form = part(None, name="华瑞百货", terms_days="60", paid_days="85", confirms="yes")
    added = with_part(empty, form)
    assert added.details.buyers == (make_buyer(confirms=Confirms.YES),)
    assert with_part(added, form) == added
    (buyer,) = added.details.buyers
    changed = with_part(added, part(buyer, paid_days="", disputes="尺码不符"))
    assert changed.details.buyers == (make_buyer(paid_days=None, confirms=Confirms.YES, disputes="尺码不符"),)
    gone = with_part(changed, part(changed.details.buyers[0], is_removed=True))
    assert gone == empty
    assert with_part(gone, part(changed.details.buyers[0], is_removed=True)) == empty


def test_a_row_that_somebody_else_has_touched_is_told() -> None:
    """Changed by one and removed by the other, either way round; saved again knowing that, it happens."""
    found = Dossier(make_customer(), Details(buyers=(make_buyer(),)))
    removed = Dossier(make_customer())
    form = part(make_buyer(), disputes="尺码不符")
    with pytest.raises(EditConflictError) as conflict:
        with_part(removed, form)
    again = with_part(removed, replace(form, opened={**form.opened, **marks(conflict.value.stored)}))
    assert again.details.buyers == (make_buyer(disputes="尺码不符"),)
    changed = with_part(found, form)
    with pytest.raises(EditConflictError) as conflict:
        with_part(changed, part(make_buyer(), is_removed=True))
    assert conflict.value.stored == {"disputes": "尺码不符"}


def test_no_more_than_ten_buyers() -> None:
    full = Details(buyers=tuple(make_buyer(id=f"b{each}") for each in range(MAX_BUYERS)))
    with pytest.raises(FieldError) as fault:
        with_part(Dossier(make_customer(), full), part(None, "b99", name="第十一家", confirms="unknown"))
    assert (fault.value.key, fault.value.field) == ("dossier.error_full", "name")


def test_the_fields_are_the_forms() -> None:
    assert tuple(customer_values(FULL.customer, FULL.details)) == CUSTOMER_FIELDS

"""A customer's file and its forms within Slack's limits."""

from datetime import UTC, datetime

import pytest

from bot import text as texts
from bot.domain.brief import Brief
from bot.domain.customer import (
    MAX_BUYERS,
    MAX_CONTACTS,
    MAX_LINES,
    Confirms,
    Details,
    FinanceLine,
    Size,
)
from bot.domain.customerform import CUSTOMER_FIELDS, PART_FIELDS, Part, customer_values, marks
from bot.domain.dossier import Dossier
from bot.domain.entry import Lang
from bot.domain.handover import HandOver
from bot.domain.visit import Channel
from bot.views import dossiers as views
from tests.builders import (
    MONDAY,
    make_buyer,
    make_change,
    make_contact,
    make_contact_person,
    make_customer,
    make_followup,
)
from tests.views.limits import NASTY, elements, message_faults, shown, view_faults

LANGS: tuple[Lang, ...] = ("zh", "en")
EN = texts.load("en")
LONG = (NASTY * 9)[:60]
CUSTOMER = make_customer(
    name=LONG,
    aliases=tuple(f"{each}{NASTY}"[:60] for each in range(10)),
    industry=LONG,
    external_id=LONG,
    size=Size.MICRO,
    stand_in_id="U02CHEN",
    contract_expires_on=MONDAY,
    preferred_channel=Channel.PHONE,
    preferred_every_days=14,
    is_opted_out=True,
    quiet_until=MONDAY,
)
FULL = Dossier(
    CUSTOMER,
    Details(
        buyers=tuple(
            make_buyer(id=f"b{each}", name=LONG, disputes=(NASTY * 9)[:200], confirms=Confirms.NO)
            for each in range(MAX_BUYERS)
        ),
        lines=tuple(
            FinanceLine(id=f"l{each}", lender=LONG, amount=LONG, pledge=(NASTY * 9)[:200], expires_on=MONDAY)
            for each in range(MAX_LINES)
        ),
        quiet_reason=(NASTY * 9)[:200],
    ),
    tuple(
        make_contact_person(id=f"p{each}", role=LONG, name=LONG, reach=(NASTY * 9)[:200])
        for each in range(MAX_CONTACTS)
    ),
    (make_change(),),
    (make_contact(), make_followup()),
)
TOLD = HandOver(id="x", customer_id="c1", from_id="U2", to_id="U3", by="U2", at=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("lang", LANGS)
def test_the_fullest_file_is_one_that_slack_takes(lang: Lang) -> None:
    """All windows, and the list that goes to whoever takes over."""
    text = texts.load(lang)
    values = customer_values(CUSTOMER, FULL.details)
    brief = Brief(CUSTOMER, make_contact(), [make_followup(title=NASTY)] * 40, [], MONDAY, FULL.needs, 20, True)
    windows = [
        views.edit_form("c1", values, marks(values), text, values | {"name": NASTY, "aliases": NASTY}),
        views.edit_form("c1", dict.fromkeys(CUSTOMER_FIELDS, ""), {}, text),
        views.file(FULL, text, may_edit=True),
        views.file(Dossier(make_customer()), text, may_edit=True),
        views.hand_over_form(FULL, text),
    ]
    for part in Part:
        blank = dict.fromkeys(PART_FIELDS[part], "")
        windows += [
            views.part_form("c1", part, "r1", blank, marks(blank), text, is_new=is_new) for is_new in (True, False)
        ]
    assert [view_faults(each) for each in windows] == [[]] * len(windows)
    assert message_faults(views.received(TOLD, brief, FULL, text)) == []


def test_whoever_may_not_edit_sees_all_and_changes_nothing() -> None:
    view = views.file(FULL, EN, may_edit=False)
    assert elements(view, "button") == []
    assert "pays after 85 days" in "\n".join(shown(view))


def test_the_hand_over_list_leaves_numbers_in_the_file() -> None:
    """Names and positions go along; a message is kept for longer than it is needed."""
    found = Dossier(make_customer(), contacts=(make_contact_person(),))
    told = "\n".join(shown(views.received(TOLD, Brief(found.customer, make_contact(), [], [], MONDAY), found, EN)))
    assert "王芳 · 财务总监" in told
    assert "13800000000" not in told

"""The page before a meeting: what is on record first, what usually comes up after it."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot import loading
from bot.domain.brief import Brief
from bot.domain.customer import Details, Risk, Tier
from bot.domain.dossier import Dossier
from bot.domain.industry import Industry
from bot.domain.kinds import Objection
from bot.domain.objection import ObjectionHistory, Raised
from bot.domain.preparation import FIRST_MEETINGS, OF_INDUSTRIES, OF_TIERS, Caution, Preparation, prepared
from tests.builders import MONDAY, make_buyer, make_change, make_contact, make_customer, make_visit

PLAYBOOK = loading.playbook()


def prepare(raised: tuple[str, ...] = (), dossier: dict[str, Any] | None = None, **customer: Any) -> Preparation:
    found = Dossier(make_customer(**customer), **(dossier or {}))
    brief = Brief(found.customer, make_contact(), [], [make_visit(on=MONDAY - timedelta(days=3))], MONDAY)
    histories = [ObjectionHistory(each, (Raised("v1", each, MONDAY),)) for each in raised]
    return prepared(brief, found, histories, PLAYBOOK)


def test_every_usual_objection_is_in_the_playbook() -> None:
    """For each tier and industry that there is."""
    assert OF_TIERS.keys() == set(Tier)
    assert OF_INDUSTRIES.keys() == set(Industry)
    for entry_id in (*OF_TIERS.values(), *OF_INDUSTRIES.values(), *FIRST_MEETINGS):
        assert isinstance(PLAYBOOK.find(entry_id), Objection), entry_id


@pytest.mark.parametrize(
    ("raised", "tier", "industry", "likely"),
    [
        ((), Tier.A, "", ["cost/bank-loan-cheaper", *FIRST_MEETINGS[:2]]),
        ((), Tier.C, "医疗器械", ["buyer/pays-slowly", "disclosure/too-many-documents", FIRST_MEETINGS[0]]),
        (("terms/recourse",), Tier.B, "物流", ["terms/recourse", "disclosure/too-many-documents", OF_TIERS[Tier.B]]),
        (("gone/away", *FIRST_MEETINGS), Tier.B, "物流", [*FIRST_MEETINGS]),
    ],
    ids=["tier only", "industry, then tier", "on record first", "enough on record, a retired one among it"],
)
def test_what_to_expect(raised: tuple[str, ...], tier: Tier, industry: str, likely: list[str]) -> None:
    """This customer's history, then its industry and tier, then what comes up in any first meeting."""
    found = prepare(raised, tier=tier, industry=industry)
    assert [each.entry.id for each in found.likely] == likely
    assert [each.entry.id for each in found.likely if each.history] == [each for each in raised if each in likely]


def test_needs_that_changed_with_the_last_note_or_since() -> None:
    """What was known before it is not news."""
    changes = tuple(
        make_change(id=f"h{days}", need_id=f"n{days}", on=MONDAY - timedelta(days=days)) for days in (9, 3, 0)
    )
    assert [each.after.id for each in prepare(dossier={"changes": changes}).changed] == ["n3", "n0"]


def test_the_buyer_that_pays_latest_comes_first() -> None:
    """Beyond its terms: a long but kept term is no worry."""
    buyers = (
        make_buyer(id="b1", terms_days=120, paid_days=121),
        make_buyer(id="b2"),
        make_buyer(id="b3", paid_days=None),
    )
    assert [each.id for each in prepare(dossier={"details": Details(buyers=buyers)}).ageing] == ["b2", "b1", "b3"]


def test_what_to_leave_alone() -> None:
    """What the customer's state forbids; why it wants peace only as long as it does; no red line twice."""
    details = {"details": Details(quiet_reason="年审")}
    state: dict[str, Any] = {"risk": Risk.RED, "is_opted_out": True, "quiet_until": MONDAY + timedelta(days=1)}
    found = prepare((), details, **state)
    assert found.cautions == (Caution.RED, Caution.OPTED_OUT, Caution.QUIET)
    assert found.quiet_reason == "年审"
    assert len({each.rule for each in found.forbidden}) == len(found.forbidden) > 0
    over = prepare(dossier=details, quiet_until=date(2026, 3, 2))
    assert (over.cautions, over.quiet_reason) == ((), "")

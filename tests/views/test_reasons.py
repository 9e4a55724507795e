"""One sentence for each follow-up, in both languages: what it is, why, and since when."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot import text as texts
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Risk, Tier
from bot.domain.due import contact_due
from bot.domain.entry import Lang
from bot.domain.facts import RiskEvent, Side
from bot.domain.followup import FLAG, DueItem, FollowUp, Kind, risk_id
from bot.domain.renewal import Milestone
from bot.domain.valueitem import ValueType
from bot.domain.visit import Channel
from bot.views.followups import reason, why
from tests.builders import MONDAY, make_customer, make_followup, weekdays

ZH, EN = texts.load("zh"), texts.load("en")


def contact(promise: FollowUp | None = None, **changes: Any) -> FollowUp:
    """Of a customer visited on MONDAY."""
    customer = make_customer(**changes).contacted(MONDAY, Channel.VISIT)
    return contact_due(customer, CadenceRules(), weekdays, [promise] if promise else [])


@pytest.mark.parametrize(
    ("followup", "zh", "en"),
    [
        (
            contact(risk=Risk.AMBER, preferred_every_days=None),
            "A 级客户，14 天一次；上次算数的联系：3月2日（周一）上门拜访；因黄灯缩短到 10 天",
            "tier A: every 14 days; last contact that counts: visit on Mon 2 Mar; amber flag, so 10 days",
        ),
        (
            contact(tier=Tier.C, contract_expires_on=MONDAY + timedelta(days=130)),
            "C 级客户，60 天一次；上次算数的联系：3月2日（周一）上门拜访；合同7月10日（周五）到期，因此缩短到 40 天；"
            "4月11日（周六）逢周末，提前到4月10日（周五）",
            "tier C: every 60 days; last contact that counts: visit on Mon 2 Mar; contract ends Fri 10 Jul, "
            "so 40 days; Sat 11 Apr is a weekend, so Fri 10 Apr",
        ),
        (
            contact(preferred_every_days=90),
            "客户要求 90 天一次，A 级客户按 28 天算；上次算数的联系：3月2日（周一）上门拜访",
            "the customer wishes every 90 days; for tier A that is 28; last contact that counts: visit on Mon 2 Mar",
        ),
        (
            contact(quiet_until=date(2026, 3, 21)),
            "A 级客户，14 天一次；上次算数的联系：3月2日（周一）上门拜访；和客户约好3月21日（周六）之前不联系；"
            "3月21日（周六）逢周末，顺延到3月23日（周一）",
            "tier A: every 14 days; last contact that counts: visit on Mon 2 Mar; agreed not to be in touch before "
            "Sat 21 Mar; Sat 21 Mar is a weekend, so Mon 23 Mar",
        ),
        (
            contact(make_followup(due_on=date(2026, 3, 5))),
            "A 级客户，14 天一次；上次算数的联系：3月2日（周一）上门拜访；"
            "有答应的事3月5日（周四）到期，比原定的3月16日（周一）早",
            "tier A: every 14 days; last contact that counts: visit on Mon 2 Mar; something promised is due Thu 5 Mar, "
            "before Mon 16 Mar",
        ),
        (
            contact(is_opted_out=True),
            "客户不希望被打扰，不安排例行联系",
            "the customer wants no routine contact, so none is planned",
        ),
    ],
    ids=["amber", "renewal and a weekend", "own wish, limited", "quiet", "promise", "opted out"],
)
def test_a_day_explains_itself_in_words(followup: FollowUp, zh: str, en: str) -> None:
    assert (reason(followup, ZH), reason(followup, EN)) == (zh, en)


def test_a_row_tells_of_its_own_day() -> None:
    """Where a promise is due sooner that one has a row; the contact stands in the list on its day without it."""
    promise = make_followup(kind=Kind.STEP, due_on=date(2026, 3, 5))
    told = reason(contact(promise), ZH)
    row = why(DueItem(followup=contact(promise), customer=make_customer()), ZH)
    assert "3月5日" in told
    assert row == "A 级客户，14 天一次；上次算数的联系：3月2日（周一）上门拜访"


def item(kind: Kind, **changes: Any) -> FollowUp:
    return make_followup(kind=kind, since=MONDAY, **changes)


EVERY = [
    item(Kind.STEP),
    item(Kind.STEP, by=Side.THEIRS),
    item(Kind.NEED),
    *(item(Kind.RENEWAL, subject=str(days), about_on=date(2026, 6, 1)) for days in (120, 90, 60, 45, 30, 14, 7, -7)),
    *(item(Kind.RISK, subject=each.value, id=risk_id("c1", each)) for each in RiskEvent),
    *(item(Kind.RISK, subject=each.value, id=risk_id("c1", FLAG)) for each in (Risk.AMBER, Risk.RED)),
    item(Kind.OBJECTION, subject="cost/fee-too-high"),
    item(Kind.REVIEW, subject="3"),
    *(item(Kind.VALUE, subject=each.value) for each in ValueType),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("followup", EVERY, ids=[f"{each.kind}-{each.subject or each.by}" for each in EVERY])
def test_every_reason_has_its_sentence(followup: FollowUp, lang: Lang) -> None:
    """It says since when, or when the contract ends, and what somebody typed; short enough for a row."""
    said = reason(followup, texts.load(lang), about="The fee is too high")
    assert texts.load(lang).spelled(followup.about_on or MONDAY) in said
    if followup.kind in (Kind.STEP, Kind.NEED, Kind.VALUE):
        assert "给报价" in said
    assert len(said) < 300


def test_the_milestone_is_told_with_its_work_and_its_end() -> None:
    said = reason(item(Kind.RENEWAL, subject="-7", about_on=date(2026, 6, 1)), ZH)
    assert said == "合同6月1日（周一）到期，T+7：首次放款、道谢、定下一年的计划。做到这样算完成：启动会有记录"
    assert Milestone.at(75) is Milestone.NEEDS


def test_an_objection_that_left_the_playbook_is_still_told() -> None:
    """Without its title; one with a title has it made harmless."""
    assert reason(item(Kind.OBJECTION, subject="gone"), EN).startswith("“An objection”, raised on Mon 2 Mar")
    assert "&lt;!here&gt;" in reason(item(Kind.OBJECTION, subject="x"), EN, about="<!here>")


@pytest.mark.parametrize("third", [Channel.MISSED, Channel.UNANSWERED])
def test_attempts_in_vain_are_told(third: Channel) -> None:
    """And from the third on, that somebody else should try, or first another way."""
    customer = make_customer().contacted(MONDAY, Channel.VISIT)
    for day, way in ((3, Channel.MISSED), (4, Channel.MISSED), (5, third)):
        customer = customer.contacted(date(2026, 3, day), way)
        said = reason(contact_due(customer, CadenceRules(), weekdays), EN)
        assert "in vain" in said or "no contact" in said
        assert ("try another contact person" in said) is (way is Channel.UNANSWERED)
    assert ("all by one way" in said) is (third is Channel.MISSED)

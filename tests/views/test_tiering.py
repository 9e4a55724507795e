"""Tiers and numbers in windows: within Slack's limits, harmless, and saying what they rest on."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot import text as texts
from bot.domain.customer import Tier
from bot.domain.customerform import marks
from bot.domain.load import Load, LoadRules
from bot.domain.ruleform import Subject, values
from bot.domain.tierform import values as figures
from bot.domain.tiering import goal
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import Asked, Cause, Override, TierDecision, TierRecord
from bot.domain.tierrules import TierRules
from bot.domain.tierscore import score
from bot.domain.workspace import WorkspaceSettings
from bot.services.rules import Preview
from bot.services.tiering import Explained, Question
from bot.text import Lang
from bot.views import rules as rule_views
from bot.views import tiering as views
from tests.builders import LIN, MONDAY, make_customer
from tests.views.limits import NASTY, message_faults, shown, view_faults

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])
INPUTS = TierInputs(
    volume_12m=Decimal("1234567.5"),
    volume_6m=Decimal(900_000),
    contribution=Decimal("-2.25"),
    buyers=90,
    drawdowns=12,
    last_drawdown_on=date(2026, 2, 2),
    source="typed",
    by=LIN,
    as_of=MONDAY,
)
LINE = TierDecision(
    at=datetime(2026, 3, 2, tzinfo=UTC),
    by="U04ZHOU",
    cause=Cause.OVERRIDDEN,
    before=Tier.B,
    after=Tier.A,
    score=Decimal("61.5"),
    reason=(NASTY * 9)[:300],
    until=MONDAY,
)


def explained(**changes: object) -> Explained:
    """With as much as there can be."""
    rules, customer = TierRules(), make_customer(name=NASTY[:40], tier=Tier.B)
    found = score(INPUTS, (Decimal(5), Decimal("1234567.5")), rules, MONDAY)
    record = TierRecord(
        inputs=INPUTS,
        score=found,
        standing=Tier.B,
        override=Override(tier=Tier.B, reason=(NASTY * 9)[:300], until=MONDAY, by=LIN),
        asked=Asked(id="a1", on=MONDAY, score=Decimal(81)),
        history=(LINE,) * 20,
    ).model_copy(update=changes)
    aim = goal(INPUTS, found, date(2020, 1, 1), rules, MONDAY)
    return Explained(customer, record, aim, rules, 2, 3, MONDAY, may_edit=True, may_set=True)


@LANGS
def test_the_whole_of_a_tier_fits_a_window(lang: Lang) -> None:
    """Names and reasons ring nobody."""
    text = texts.load(lang)
    for view in (
        views.explained(explained(), text),
        views.explained(explained(score=None, override=None, history=()), text),
        views.tell_form(make_customer(), figures(INPUTS), {}, text, {"buyers": "40"}),
        views.set_form(explained(), MONDAY, text),
    ):
        assert view_faults(view) == []
        assert "<!channel>" not in "\n".join(shown(view["blocks"]))


@LANGS
def test_what_a_lead_is_asked_fits_home(lang: Lang) -> None:
    """As many rows as there is room for, and a week that is too full is said so."""
    found = explained()
    busy = Load(Decimal("99.9"), Decimal("7.5"))
    rows = [Question(found.customer, found.record, busy, busy, LoadRules(), 95)] * 9
    blocks = views.overview(rows, texts.load(lang))
    assert message_faults(blocks) == []
    assert texts.load(lang)("tiering.too_much") in "\n".join(shown(blocks))


@LANGS
@pytest.mark.parametrize("subject", Subject)
def test_every_form_of_numbers_fits_a_window(lang: Lang, subject: Subject) -> None:
    """With a preview that moves everybody everywhere."""
    text, held = texts.load(lang), values(WorkspaceSettings(), subject)
    moved = {(before, after): 999 for before in Tier for after in Tier if before is not after}
    effect = Preview(99_999, moved, 99_999, 99_999)  # type: ignore[arg-type]
    for view in (
        rule_views.form(subject, held, marks(held), text, held),
        rule_views.preview(subject, held, marks(held), held, effect, 2, text),
        rule_views.list_modal(WorkspaceSettings(load=LoadRules(week_visits=9)), text),
    ):
        assert view_faults(view) == []

"""The numbers as words: everything there and back, and what cannot be is told at its field."""

import pytest

from bot.domain.customer import Tier
from bot.domain.ruleform import Subject, changed, spots, told, values
from bot.domain.visit import Channel
from bot.domain.workspace import WorkspaceSettings
from bot.errors import FormError

SHIPPED = WorkspaceSettings()


@pytest.mark.parametrize("subject", Subject)
def test_a_form_saved_as_it_was_opened_changes_nothing(subject: Subject) -> None:
    assert changed(SHIPPED, subject, values(SHIPPED, subject)) == SHIPPED


def test_every_number_is_in_one_form() -> None:
    """Nothing is left for the operator's files."""
    fields = {
        name for part in ("tiers", "load", "report", "calendar") for name in type(getattr(SHIPPED, part)).model_fields
    }
    fields |= {name for name in type(SHIPPED.cadence).model_fields if name != "tiers"}
    fields |= set(type(SHIPPED.cadence.of(Tier.A)).model_fields)
    fields |= {name for name in type(SHIPPED.escalation).model_fields if name != "heads"}
    assert {spot.name for subject in Subject for spot in spots(subject)} == fields


def test_what_was_typed_is_the_rule() -> None:
    """Of one tier only; of an optional number also that there is none."""
    typed = {"max_gap": "20", "counts": "visit, video", "review_months": "", "renewal_days": "60，30, -7"}
    after = changed(SHIPPED, Subject.TIER_B, values(SHIPPED, Subject.TIER_B) | typed | {"ideal_gap": "15"})
    tier = after.cadence.of(Tier.B)
    assert (tier.max_gap, tier.review_months, tier.renewal_days) == (20, None, (60, 30, -7))
    assert tier.counts == {Channel.VISIT, Channel.VIDEO}
    assert after.cadence.of(Tier.A) == SHIPPED.cadence.of(Tier.A)
    assert told(SHIPPED, after, Subject.TIER_B).startswith("max_gap 30>20; ideal_gap 21>15")


@pytest.mark.parametrize(
    ("subject", "typed", "field", "key"),
    [
        (Subject.TIER_A, {"max_gap": "0"}, "max_gap", "rules.error_number"),
        (Subject.TIER_A, {"max_gap": "ten"}, "max_gap", "rules.error_number"),
        (Subject.TIER_A, {"max_gap": "9"}, "ideal_gap", "rules.error_ideal"),
        (Subject.TIER_A, {"counts": ""}, "counts", "rules.error_channels"),
        (Subject.TIER_A, {"renewal_days": "30, soon"}, "renewal_days", "rules.error_number"),
        (Subject.SCORE, {"growth": "25"}, "volume", "rules.error_weights"),
        (Subject.SCORE, {"c_from": "60"}, "b_from", "rules.error_bands"),
        (Subject.DECISIONS, {"dormant_warning_days": "180"}, "dormant_warning_days", "rules.error_dormant"),
        (Subject.LOAD, {"week_visits": "0"}, "week_visits", "rules.error_number"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(subject: Subject, typed: dict[str, str], field: str, key: str) -> None:
    with pytest.raises(FormError) as error:
        changed(SHIPPED, subject, values(SHIPPED, subject) | typed)
    assert [(each.field, each.key) for each in error.value.faults] == [(field, key)]

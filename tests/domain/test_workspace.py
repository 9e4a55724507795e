"""What a workspace settles for itself, as a form has it."""

import pytest

from bot.domain.workspace import Retention
from bot.errors import FieldError


@pytest.mark.parametrize("days", ["0", "-3", "36501", "x", "1.5", "１２"])
def test_what_is_no_number_of_days_is_a_fault_of_its_field(days: str) -> None:
    """Whatever sends the form."""
    with pytest.raises(FieldError) as fault:
        Retention.of({"customer_days": "30", "question_days": days})
    assert (fault.value.field, fault.value.key) == ("question_days", "retention.error_days")


@pytest.mark.parametrize("kept", [Retention(), Retention(customer_days=None, question_days=1)])
def test_a_form_sent_as_it_was_opened_changes_nothing(kept: Retention) -> None:
    assert Retention.of(kept.typed) == kept

"""The figures a tier rests on, as plain words in a form and back."""

from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from bot.domain.tierinputs import INPUTS, TierInputs
from bot.errors import FieldError


def values(inputs: TierInputs) -> dict[str, str]:
    """Empty where nothing is known."""
    return {name: "" if (value := getattr(inputs, name)) is None else str(value) for name in INPUTS}


def built(typed: Mapping[str, str], by: str, today: date) -> TierInputs:
    """Raises FieldError for what is no such figure, or contradicts another."""
    given: dict[str, object] = {name: typed[name].strip() for name in INPUTS if typed[name].strip()}
    try:
        inputs = TierInputs.model_validate(given | {"source": "typed", "by": by, "as_of": today})
    except ValidationError as error:
        raise FieldError(str(error.errors()[0]["loc"][0]), "tiering.error_figure") from None
    for name in ("last_drawdown_on", "customer_since"):
        day = getattr(inputs, name)
        if day is not None and day > today:
            raise FieldError(name, "tiering.error_future")
    return inputs.ensured()

"""One customer's file, counted again after whatever happens."""

from datetime import date, timedelta
from typing import Any

from bot.domain.cadence import CadenceRules
from bot.domain.dossier import Dossier
from bot.domain.followup import FollowUp
from tests.builders import MONDAY, make_customer, weekdays

RULES = CadenceRules()


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def dossier(**changes: Any) -> Dossier:
    return Dossier(make_customer(created_on=MONDAY, **changes))


def counted(found: Dossier, today: date = MONDAY) -> Dossier:
    return found.recounted(RULES, weekdays, today)


def find(found: Dossier, followup_id: str) -> FollowUp | None:
    return next((each for each in found.followups if each.id == followup_id), None)


def one(found: Dossier, followup_id: str) -> FollowUp:
    followup = find(found, followup_id)
    assert followup is not None
    return followup


def closed(found: Dossier, followup_id: str, on: date) -> Dossier:
    """Done by hand on that day, and counted again."""
    return counted(found.with_followups([one(found, followup_id).completed(on)]), on)

"""What a step of a workflow tells the person who ran it; its outputs are the builder's, and name no customer."""

from datetime import date
from typing import Any

from bot.domain.entry import Entry, Lang
from bot.domain.followup import DueItem
from bot.domain.note import Recorded
from bot.text import Text
from bot.views.blocks import escape


def play(entry: Entry | None, lang: Lang) -> dict[str, Any]:
    """What may be spoken to a customer, and no more: a workflow may post it anywhere."""
    if entry is None:
        return {"found": False, "title": "", "say": ""}
    return {"found": True, "title": entry.title.in_(lang), "say": entry.speak.in_(lang)}


def logged(done: Recorded) -> dict[str, Any]:
    return {"next_contact_on": done.contact.due_on.isoformat()}


def due(items: list[DueItem], today: date) -> dict[str, Any]:
    return {"count": len(items), "overdue": sum(item.followup.due_on < today for item in items)}


def logged_for(done: Recorded, text: Text) -> str:
    return text("steps.logged", customer=escape(done.customer.name), on=done.contact.due_on)

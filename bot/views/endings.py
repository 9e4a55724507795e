"""Saying that a relationship has ended, or that it goes on after all."""

from datetime import date
from typing import Final

from bot.domain.dossier import Dossier
from bot.domain.workspace import Retention
from bot.text import Text
from bot.views.blocks import View, escape, input_block, modal, section

MODAL: Final = "ending_form"
ON: Final = "on"


def form(found: Dossier, kept: Retention, today: date, text: Text) -> View:
    """What it leads to is said before it is done."""
    customer = found.customer
    name = escape(customer.name)
    if customer.ended_on is not None:
        blocks = [section(text("ending.reopen_effect", customer=name, on=customer.ended_on))]
    else:
        steps = sum(each.status == "open" for each in found.followups)
        effect = text("ending.effect", customer=name, count=steps)
        until = (
            text("ending.kept_for_good")
            if kept.customer_days is None
            else text("ending.kept", count=kept.customer_days)
        )
        picker = {"type": "datepicker", "action_id": ON, "initial_date": today.isoformat()}
        blocks = [section(f"{effect}\n{until}"), input_block(ON, text("ending.on"), picker)]
    return modal(
        MODAL,
        text("ending.title_reopen" if customer.ended_on else "ending.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("ending.submit_reopen" if customer.ended_on else "ending.submit"),
        metadata={"c": customer.id, "r": customer.ended_on is not None},
    )

"""What a customer objected to before, in one line, and saying whether the play held."""

from collections.abc import Sequence
from typing import Final

from bot.domain.customer import Customer
from bot.domain.entry import Entry
from bot.domain.objection import ObjectionHistory
from bot.text import Text
from bot.views.blocks import Block, actions, button, context, escape, packed

HELD: Final = "objection_held"
FAILED: Final = "objection_failed"


def history_line(found: ObjectionHistory, text: Text) -> str:
    """How often it was raised, when last, and whether the play held then."""
    line = text("objection.raised", count=len(found.raised), on=found.last.on)
    if found.last.held is None:
        return line
    return text("objection.held_last" if found.last.held else "objection.failed_last", line=line)


def remembered(customer: Customer, found: Sequence[tuple[Entry, ObjectionHistory]], text: Text) -> list[Block]:
    """Above an answer: that this customer said so before, and what came of it."""
    name = escape(customer.name)
    return [
        context(
            text(
                "objection.remembered",
                customer=name,
                title=escape(entry.title.in_(text.lang)),
                history=history_line(history, text),
            )
        )
        for entry, history in found
    ]


def ask_outcome(found: ObjectionHistory, title: str, text: Text) -> list[Block]:
    """Of the last time, as long as nobody has said."""
    value = packed({"v": found.last.visit_id, "e": found.entry_id})
    choices = [button(text("objection.held"), HELD, value), button(text("objection.failed"), FAILED, value)]
    return [context(text("objection.ask", title=title, on=found.last.on)), actions(choices)]

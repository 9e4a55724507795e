"""A customer on one screen."""

from collections.abc import Sequence
from typing import Final

from bot.domain.customer import Customer
from bot.domain.note import Brief
from bot.text import Text
from bot.views.blocks import Block, actions, button, clip, context, escape, header, numbered, section
from bot.views.followups import contact_reason
from bot.views.visits import EDIT

SHOW: Final = "customer_show"
LOG: Final = "customer_log"
PREPARE: Final = "customer_prepare"
MAX_CHOICES: Final = 8
NOTE_SHOWN: Final = 400
"""Characters of a note shown in the brief."""


def brief(found: Brief, text: Text) -> list[Block]:
    customer = found.customer
    blocks = [header(customer.name), section(contact_lines(found, text))]
    if found.steps:
        lines = [
            text(
                "customer.step_late" if step.due_on < found.today else "customer.step",
                title=escape(step.title),
                due=step.due_on,
                count=step.days_late(found.today),
            )
            for step in found.steps
        ]
        blocks.append(section(f"*{text('customer.steps')}*\n" + "\n".join(lines)))
    blocks.append(section(f"*{text('customer.notes')}*"))
    if not found.visits:
        blocks.append(context(text("customer.no_notes")))
    for row, visit in enumerate(found.visits):
        how = text(f"visit.channel_{visit.channel}")
        heading = text("customer.note", on=visit.on, channel=how, author=visit.author_id)
        change = button(text("visit.edit"), numbered(EDIT, row), visit.id)
        blocks.append(section(f"{heading}\n{escape(clip(visit.note, NOTE_SHOWN))}", change))
    log = button(text("customer.log"), LOG, customer.id, style="primary")
    blocks.append(actions([log, button(text("customer.prepare"), PREPARE, customer.id)]))
    return blocks


def contact_lines(found: Brief, text: Text) -> str:
    """Who the customer is, and when and why to be in touch next."""
    customer = found.customer
    key = "customer.line" if customer.industry else "customer.line_plain"
    line = text(key, tier=customer.tier, industry=escape(customer.industry), owner=customer.owner_id)
    next_contact = text("visit.next_contact", due=found.contact.due_on, why=contact_reason(found.contact, text))
    late = found.contact.days_late(found.today)
    if late:
        next_contact = f"{next_contact} · *{text('followup.late', count=late)}*"
    return f"{line}\n{next_contact}"


def which(customers: Sequence[Customer], text: Text, action_id: str = SHOW) -> list[Block]:
    """Several customers fit what was typed."""
    buttons = [
        button(f"{each.name} · {each.tier}", numbered(action_id, row), each.id)
        for row, each in enumerate(customers[:MAX_CHOICES])
    ]
    blocks = [section(text("customer.which")), actions(buttons)]
    if len(customers) > MAX_CHOICES:
        blocks.append(context(text("customer.many")))
    return blocks

"""A customer on one screen."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from bot.domain.brief import Brief
from bot.domain.customer import Customer
from bot.domain.need import Need
from bot.domain.policy import Action
from bot.text import Lang, Text, load
from bot.views import tiering
from bot.views.blocks import Block, actions, button, clip, context, escape, header, numbered, section
from bot.views.followups import reason, step_title
from bot.views.visits import EDIT as CHANGE_NOTE

SHOW: Final = "customer_show"
LOG: Final = "customer_log"
PREPARE: Final = "customer_prepare"
NEEDS: Final = "customer_needs"
FILE: Final = "customer_file"
EDIT: Final = "customer_edit"
HAND_OVER: Final = "customer_hand_over"
DEAL: Final = "customer_deal"
END: Final = "customer_end"
MAX_CHOICES: Final = 8
NOTE_SHOWN: Final = 200
"""Characters of a note shown in the brief."""
NEEDS_SHOWN: Final = 4
BRIEFS: Final = 256
"""Kept as they were built last: nobody may change what they are given."""
STEPS_SHOWN: Final = 6
"""With three notes they fit a screen."""


def fallback(name: str, text: Text) -> str:
    """For notifications and screen readers."""
    return f"{text('customer.title')}: {escape(name)}"


def brief(found: Brief, text: Text) -> list[Block]:
    """With what can be done next."""
    return [*_built(found, text.lang)]


@lru_cache(BRIEFS)
def _built(found: Brief, lang: Lang) -> tuple[Block, ...]:
    text = load(lang)
    return (*summary(found, text), actions(buttons(found.customer, text, may_edit=found.may_edit)))


def summary(found: Brief, text: Text) -> list[Block]:
    customer = found.customer
    blocks = [header(customer.name), section(contact_lines(found, text))]
    if found.steps:
        blocks.append(section(step_lines(found, text)))
    if found.needs:
        lines = [need_line(each, found.stale_after, found.today, text) for each in found.needs[:NEEDS_SHOWN]]
        if len(found.needs) > NEEDS_SHOWN:
            lines.append(text("customer.more", count=len(found.needs) - NEEDS_SHOWN))
        blocks.append(section(f"*{text('customer.needs')}*\n" + "\n".join(lines)))
    blocks.append(section(f"*{text('customer.notes')}*"))
    if not found.visits:
        blocks.append(context(text("customer.no_notes")))
    for row, visit in enumerate(found.visits):
        how = text(f"visit.channel_{visit.channel}")
        heading = text("customer.note", on=visit.on, channel=how, author=visit.author_id)
        may_change = Action.WRITE in found.rights
        change = button(text("visit.edit"), numbered(CHANGE_NOTE, row), visit.id) if may_change else None
        blocks.append(section(f"{heading}\n{escape(clip(visit.note, NOTE_SHOWN))}", change))
    return blocks


def buttons(customer: Customer, text: Text, *, may_edit: bool) -> list[Block]:
    """Editing and handing over are offered to who may."""
    found = [
        button(text("customer.log"), LOG, customer.id, style="primary"),
        button(text("customer.prepare"), PREPARE, customer.id),
        button(text("customer.open_needs"), NEEDS, customer.id),
        button(text("customer.open_file"), FILE, customer.id),
        tiering.offered(customer, text),
    ]
    if may_edit:
        found.append(button(text("customer.edit"), EDIT, customer.id))
        found.append(button(text("customer.deal"), DEAL, customer.id))
        found.append(button(text("customer.hand_over"), HAND_OVER, customer.id))
        found.append(button(text("customer.reopen" if customer.ended_on else "customer.end"), END, customer.id))
    return found


def step_lines(found: Brief, text: Text) -> str:
    """The open next steps, and how late they are."""
    lines = [
        text(
            "customer.step_late" if step.due_on < found.today else "customer.step",
            title=step_title(step, text),
            due=step.due_on,
            count=step.days_late(found.today),
        )
        for step in found.steps[:STEPS_SHOWN]
    ]
    if len(found.steps) > STEPS_SHOWN:
        lines.append(text("customer.more", count=len(found.steps) - STEPS_SHOWN))
    return f"*{text('customer.steps')}*\n" + "\n".join(lines)


def contact_lines(found: Brief, text: Text) -> str:
    """Who the customer is, and when and why to be in touch next."""
    customer = found.customer
    key = "customer.line" if customer.industry else "customer.line_plain"
    line = text(key, tier=customer.tier, industry=escape(customer.industry), owner=customer.owner_id)
    next_contact = text("visit.next_contact", due=found.contact.due_on, why=reason(found.contact, text))
    late = found.contact.days_late(found.today)
    if customer.ended_on is not None:
        next_contact = f":warning: {text('customer.ended', on=customer.ended_on)}"
    elif late:
        next_contact = f"{next_contact} · *{text('followup.late', count=late)}*"
    lines = [line, facts(customer, found.contacts, found.today, text), next_contact]
    if wishes := _wishes(customer, found.today, text):
        lines.append(wishes)
    return "\n".join(lines)


def facts(customer: Customer, contacts: int, today: date, text: Text) -> str:
    """Risk flag, renewal, how many people are known there, and who stands in."""
    found = [text(f"customer.risk_{customer.risk}")]
    if ends := customer.contract_expires_on:
        days = (ends - today).days
        key = "customer.renewal" if days >= 0 else "customer.renewal_past"
        found.append(text(key, on=ends, count=abs(days)))
    found.append(text("customer.contacts", count=contacts))
    if customer.stand_in_id:
        found.append(text("customer.stand_in", user=customer.stand_in_id))
    return " · ".join(found)


def need_line(need: Need, stale_after: int, today: date, text: Text) -> str:
    """The need in the customer's words, how much and when, how sure, and whether it wants asking again."""
    said = " · ".join(escape(each) for each in (need.statement, need.amount, need.wanted_by) if each)
    state = text(f"need.status_{need.status}")
    line = text("need.line", said=said, status=state)
    if need.is_stale(stale_after, today):
        line = f"{line} · *{text('need.stale')}*"
    if need.contradictions:
        line = f"{line} · *{text('need.contradicted')}*"
    return line


def _wishes(customer: Customer, today: date, text: Text) -> str:
    """How the customer wants to be treated."""
    found = []
    if customer.preferred_channel is not None:
        found.append(text("customer.prefers", channel=text(f"visit.channel_{customer.preferred_channel}")))
    if customer.preferred_every_days is not None:
        found.append(text("customer.prefers_every", count=customer.preferred_every_days))
    if customer.is_opted_out:
        found.append(f":warning: {text('customer.opted_out')}")
    if customer.is_quiet(today) and customer.quiet_until is not None:
        found.append(f":warning: {text('customer.quiet', until=customer.quiet_until)}")
    return " · ".join(found)


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

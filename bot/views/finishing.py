"""The small windows behind a row: what came of it and what comes next, and until which day it is put off."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from bot.domain.finishing import LINE_LIMIT, MAX_SNOOZE_DAYS, NextStep
from bot.domain.followup import DueItem, Kind, SnoozeReason
from bot.domain.visit import STEP_LIMIT, Channel
from bot.text import Text
from bot.views import followups
from bot.views.blocks import Block, View, context, escape, input_block, modal, option, plain, section, select

DONE_MODAL: Final = "followup_done_form"
UNTIL_MODAL: Final = "followup_until_form"
LINE: Final = "line"
CHANNEL: Final = "channel"
NEXT: Final = "next"
NEXT_ON: Final = "next_on"
UNTIL: Final = "until"
REASON: Final = "reason"


def done_form(item: DueItem, offer: NextStep, metadata: Mapping[str, Any], text: Text) -> View:
    """One line is all that is asked; the next step is filled in as far as it is known."""
    blocks = [section(_what(item, text))]
    if item.followup.kind is Kind.CONTACT:
        blocks.append(_channel(item.customer.preferred_channel or Channel.PHONE, text))
    line: Block = {"type": "plain_text_input", "action_id": LINE, "max_length": LINE_LIMIT}
    hint = "followup.line_hint_contact" if item.followup.kind is Kind.CONTACT else "followup.line_hint"
    blocks.append(input_block(LINE, text("followup.line"), line, hint=text(hint)))
    if item.followup.kind is not Kind.NEED:
        blocks += _next(offer, text)
    title, submit, close = text("followup.done_title"), text("followup.done"), text("visit.cancel")
    return modal(DONE_MODAL, title, blocks, close=close, submit=submit, metadata=metadata)


def until_form(item: DueItem, today: date, metadata: Mapping[str, Any], text: Text) -> View:
    """For a day of one's own choice; the reason stays one click."""
    picker: Block = {"type": "datepicker", "action_id": UNTIL}
    picker["initial_date"] = (today + timedelta(days=MAX_SNOOZE_DAYS)).isoformat()
    reasons = [option(text(f"followup.reason_{each}"), each) for each in SnoozeReason]
    why = select("static_select", REASON, text("followup.until_reason"), options=reasons, initial_option=reasons[0])
    blocks = [
        section(_what(item, text)),
        input_block(UNTIL, text("followup.until"), picker, hint=text("followup.until_hint", days=MAX_SNOOZE_DAYS)),
        input_block(REASON, text("followup.until_reason"), why),
    ]
    title, submit, close = text("followup.until_title"), text("followup.until_submit"), text("visit.cancel")
    return modal(UNTIL_MODAL, title, blocks, close=close, submit=submit, metadata=metadata)


def _what(item: DueItem, text: Text) -> str:
    return f"*{escape(item.customer.name)}*\n{followups.why(item, text)}"


def _channel(usual: Channel, text: Text) -> Block:
    ways = {each: option(text(f"visit.channel_{each}"), each) for each in Channel}
    picked = ways[usual]
    menu = select("static_select", CHANNEL, text("followup.channel"), options=[*ways.values()], initial_option=picked)
    return input_block(CHANNEL, text("followup.channel"), menu)


def _next(offer: NextStep, text: Text) -> Sequence[Block]:
    """Without a title of its own the next step is the usual rhythm, which is only told."""
    field: Block = {"type": "plain_text_input", "action_id": NEXT, "max_length": STEP_LIMIT}
    field["placeholder"] = plain(text("followup.next_placeholder"), 150)
    picker: Block = {"type": "datepicker", "action_id": NEXT_ON}
    if offer.title and offer.on is not None:
        field["initial_value"] = offer.title
        picker["initial_date"] = offer.on.isoformat()
    blocks = [
        input_block(NEXT, text("followup.next"), field, optional=True),
        input_block(NEXT_ON, text("followup.next_on"), picker, optional=True),
    ]
    if not offer.title and offer.on is not None:
        blocks.append(context(text("followup.next_usual", day=offer.on)))
    return blocks

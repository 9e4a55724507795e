"""What those up the line are asked: one message a step, with one ask and what one click can do about it."""

from collections.abc import Sequence
from typing import Final

from bot.domain.customer import Customer
from bot.domain.escalation import Escalation, EscalationItem, Outcome
from bot.domain.facts import RiskEvent
from bot.domain.followup import Kind, Status
from bot.text import Text
from bot.views import cases
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clip,
    context,
    escape,
    header,
    input_block,
    modal,
    packed,
    section,
)
from bot.views.followups import reason as why

TAKE: Final = "escalation_take"
REASSIGN: Final = "escalation_reassign"
QUIET: Final = "escalation_quiet"
NUDGE: Final = "escalation_nudge"
QUIET_MODAL: Final = "escalation_quiet_form"
UNTIL: Final = "until"
REASON: Final = "reason"
LONGEST_NOTE: Final = 300
LONGEST_REASON: Final = 200


def asked(item: EscalationItem, text: Text) -> list[Block]:
    """As it stands now: with buttons while it is open, afterwards with what became of it."""
    blocks = [header(text("escalation.title")), section(_told(item, text))]
    if item.note:
        blocks.append(context(text("escalation.note", note=escape(clip(item.note, LONGEST_NOTE)))))
    if item.is_open:
        return [*blocks, actions(_buttons(item, text))]
    return [*blocks, section(outcome(item.escalation, text))]


def fallback(item: EscalationItem, text: Text) -> str:
    return text("escalation.fallback", customer=escape(item.customer.name), owner=item.customer.owner_id)


def outcome(escalation: Escalation, text: Text) -> str:
    """Who did what about it; done, where nobody had to."""
    answer = escalation.answer
    if answer is None:
        return text("escalation.done")
    return text(f"escalation.outcome_{answer.outcome}", by=answer.by, on=answer.on)


def answers(items: Sequence[EscalationItem], text: Text) -> list[Block]:
    """On top of the account manager's daily message."""
    return [section(line) for line in _answers(items, text)]


def answers_fallback(items: Sequence[EscalationItem], text: Text) -> str:
    return "\n".join(_answers(items, text))


def alert(item: EscalationItem, text: Text, *, is_owner: bool) -> list[Block]:
    """Of a hard risk event, to the account manager and to risk."""
    values = {"customer": escape(item.customer.name), "event": _event(item, text), "owner": item.customer.owner_id}
    told = section(text("escalation.alert_owner" if is_owner else "escalation.alert_risk", **values))
    if is_owner:
        return [header(text("escalation.alert_title")), told]
    name = clip(item.customer.name, cases.LONGEST_NAME)
    return [header(text("escalation.alert_title")), told, actions([button(text("case.glass"), cases.GLASS, name)])]


def alert_fallback(item: EscalationItem, text: Text) -> str:
    return text("escalation.alert_fallback", customer=escape(item.customer.name), event=_event(item, text))


def quiet_modal(item: EscalationItem, text: Text) -> View:
    day: Block = {"type": "datepicker", "action_id": UNTIL}
    reason: Block = {"type": "plain_text_input", "action_id": REASON, "min_length": 2, "max_length": LONGEST_REASON}
    return modal(
        QUIET_MODAL,
        text("escalation.quiet_title"),
        [
            section(text("escalation.quiet_intro", customer=escape(item.customer.name))),
            input_block(UNTIL, text("escalation.until"), day),
            input_block(REASON, text("escalation.reason"), reason),
        ],
        close=text("visit.cancel"),
        submit=text("escalation.quiet_submit"),
        metadata=mark(item.escalation),
    )


def mark(escalation: Escalation) -> dict[str, str]:
    """What a click names: the follow-up, and since when this ladder is climbed."""
    return {"f": escalation.followup_id, "b": escalation.began_on.isoformat()}


def _told(item: EscalationItem, text: Text) -> str:
    customer: Customer = item.customer
    lines = [
        text(
            "escalation.about",
            customer=escape(customer.name),
            tier=customer.tier,
            owner=customer.owner_id,
            what=text(f"escalation.trigger_{item.escalation.trigger}"),
            late=_late(item, text),
        )
    ]
    if item.may_see or item.followup.kind is Kind.RISK:  # what a risk is says nothing in anybody's own words
        lines.append(why(item.followup, text, about=item.about.in_(text.lang) if item.about else ""))
    if item.ask is not None and item.is_open:
        lines.append(f"*{text(f'escalation.ask_{item.ask}')}*")
    return "\n".join(lines)


def _late(item: EscalationItem, text: Text) -> str:
    late = item.followup.days_late(item.today)
    return text("followup.late", count=late) if late else text("followup.due_today")


def _buttons(item: EscalationItem, text: Text) -> list[Block]:
    """Only what the reader may do."""
    value = packed(mark(item.escalation))
    found = [button(text("escalation.take"), TAKE, value, style="primary")]
    if item.may_reassign:
        found.append(button(text("escalation.reassign"), REASSIGN, value))
    if item.may_quiet:
        found.append(button(text("escalation.quiet"), QUIET, value))
    return [*found, button(text("escalation.nudge"), NUDGE, value)]


def _answers(items: Sequence[EscalationItem], text: Text) -> list[str]:
    lines = []
    for item in items:
        answer = item.escalation.answer
        if answer is None:
            continue
        is_done = answer.outcome is Outcome.NUDGED and item.followup.status is not Status.OPEN
        key = "done" if is_done else str(answer.outcome)
        lines.append(text(f"escalation.told_{key}", by=answer.by, customer=escape(item.customer.name)))
    return lines


def _event(item: EscalationItem, text: Text) -> str:
    subject = item.followup.subject
    return text(f"visit.risk_{subject}") if subject in list(RiskEvent) else ""

"""Follow-ups as rows: who, how late, why, and the two buttons that finish or put them off."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.facts import Side
from bot.domain.followup import DueItem, FollowUp, Kind, SnoozeLength, SnoozeReason, Status
from bot.domain.nudge import MAX_ROWS
from bot.domain.visit import Channel
from bot.text import Text
from bot.views.blocks import (
    Block,
    actions,
    button,
    context,
    escape,
    header,
    numbered,
    option,
    option_group,
    packed,
    section,
    select,
)

LOG: Final = "followup_log"
SNOOZE: Final = "followup_snooze"
NEEDS: Final = "followup_needs"


def step_title(step: FollowUp, text: Text) -> str:
    """What is to be done, or what the other side said it would do."""
    title = escape(step.title)
    return text("followup.why_theirs", title=title) if step.by is Side.THEIRS else title


def contact_reason(followup: FollowUp, text: Text, visited: Channel | None = None, today: date | None = None) -> str:
    """Why a contact is due on its day; "today's visit" right after one was logged."""
    if followup.kind is Kind.NEED:
        return text("followup.why_need", title=escape(followup.title))
    cadence = followup.cadence
    if cadence is None:
        key = "followup.why_theirs" if followup.by is Side.THEIRS else "followup.why_step"
        return text(key, title=escape(followup.title))
    values = {"tier": cadence.tier, "gap": cadence.gap, "since": cadence.counted_from}
    if cadence.is_first:
        return text("followup.why_first", **values)
    if visited is not None and cadence.counted_from == today:
        return text("followup.why_today", channel=text(f"visit.channel_{visited}").lower(), **values)
    return text("followup.why_contact", **values)


def digest(items: Sequence[DueItem], hidden: int, day: date, today: date, text: Text) -> list[Block]:
    """The daily message as it stands: rows still waiting with buttons, the others ticked off. `hidden` = not shown."""
    waiting = sum(item.followup.is_waiting(today) for item in items) + hidden
    blocks = [header(text("digest.title", day=day))]
    blocks.append(section(text("digest.intro", count=waiting) if waiting else text("digest.intro_all_done")))
    for number, item in enumerate(items[:MAX_ROWS]):
        blocks += row(item, number, today, text, day)
    if hidden:
        blocks.append(context(text("digest.more", count=hidden)))
    blocks.append(context(text("digest.footer")))
    return blocks


def digest_fallback(items: Sequence[DueItem], hidden: int, day: date, today: date, text: Text) -> str:
    """For notifications and screen readers: the same in one line."""
    names = "、" if text.lang == "zh" else ", "
    customers = names.join(dict.fromkeys(escape(item.customer.name) for item in items[:MAX_ROWS]))
    more = f" {text('digest.more', count=hidden)}" if hidden else ""
    return f"{text('digest.title', day=day)}: {customers}{more}"


def row(item: DueItem, number: int, today: date, text: Text, day: date | None = None) -> list[Block]:
    """`day` names the digest the row stands in, so that a click can update that message."""
    followup, name = item.followup, escape(item.customer.name)
    if followup.status is Status.OPEN and followup.shown_on > today and followup.snoozes:
        reason = text(f"followup.reason_{followup.snoozes[-1].reason}")
        return [section(text("followup.row_snoozed", customer=name, until=followup.shown_on, reason=reason))]
    if not followup.is_waiting(today):
        return [section(text("followup.row_done", customer=name))]
    late = followup.days_late(today)
    state = text("followup.late", count=late) if late else text("followup.due_today")
    why = contact_reason(followup, text)
    line = text("followup.row", customer=name, tier=item.customer.tier, state=state)
    value = {"f": followup.id, "d": day.isoformat() if day else ""}
    style = "primary" if number == 0 else None
    do = button(text("followup.log"), numbered(LOG, number), packed(value), style=style)
    if followup.kind is Kind.NEED:
        do = button(text("customer.open_needs"), numbered(NEEDS, number), followup.customer_id, style=style)
    buttons = [do, _snooze(followup, number, day, text)]
    return [section(f"{line}\n{why}"), actions(buttons, block_id=packed(value))]


def _snooze(followup: FollowUp, number: int, day: date | None, text: Text) -> Block:
    """Length and reason in one tap: the lengths are the groups, the reasons the options."""
    groups = [
        option_group(
            text(f"followup.snooze_{length}"),
            [option(text(f"followup.reason_{reason}"), f"{length}|{reason}") for reason in SnoozeReason],
        )
        for length in SnoozeLength
    ]
    return select("static_select", numbered(SNOOZE, number), text("followup.snooze"), option_groups=groups)

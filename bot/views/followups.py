"""Follow-ups as rows: who, how late, why, and the two buttons that finish or put them off."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.cadence import Cause, Counted, Explanation
from bot.domain.facts import RiskEvent, Side
from bot.domain.followup import DueItem, FollowUp, Kind, SnoozeLength, SnoozeReason, Status
from bot.domain.nudge import MAX_ROWS
from bot.domain.standing import FLAG, Milestone, risk_id
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
SATURDAY: Final = 5


def step_title(step: FollowUp, text: Text) -> str:
    """What is to be done, or what the other side said it would do."""
    title = escape(step.title)
    return text("followup.why_theirs", title=title) if step.by is Side.THEIRS else title


def reason(followup: FollowUp, text: Text, today: date | None = None, about: str = "") -> str:
    """Why it is due, and since when; "today's visit" right after one was logged. `about` is the entry's title."""
    title, since, subject = escape(followup.title), followup.since, followup.subject
    match followup.kind:
        case Kind.CONTACT if followup.explanation is not None:
            why = followup.explanation
            return explained(why, followup.due_on, text, is_from_today=why.counted_from == today)
        case Kind.NEED:
            return text("followup.why_need", title=title, since=since or followup.due_on)
        case Kind.RENEWAL:
            return _renewal(followup, text)
        case Kind.RISK if followup.id == risk_id(followup.customer_id, FLAG):
            return text(f"followup.why_flag_{subject}", since=since)
        case Kind.RISK:
            weight = "hard" if RiskEvent(subject).is_hard else "soft"
            return text(f"followup.why_risk_{weight}", event=text(f"visit.risk_{subject}"), since=since)
        case Kind.OBJECTION:
            return text("followup.why_objection", title=escape(about) or text("followup.an_objection"), since=since)
        case Kind.REVIEW:
            return text("followup.why_review", count=int(subject), since=since)
        case Kind.VALUE:
            return text(f"followup.why_value_{subject}", title=title, since=since)
    key = "followup.why_theirs" if followup.by is Side.THEIRS else "followup.why_step"
    return text(f"{key}_since" if since else key, title=title, since=since)


def _renewal(followup: FollowUp, text: Text) -> str:
    """The milestone with its work, and by what one knows that it is done."""
    days = int(followup.subject)
    work = Milestone.at(days)
    point = f"T-{days}" if days >= 0 else f"T+{-days}"
    return text(
        "followup.why_renewal",
        ends=followup.about_on,
        point=point,
        work=text(f"renewal.work_{work}"),
        exit=text(f"renewal.exit_{work}"),
    )


def explained(why: Explanation, due_on: date, text: Text, *, is_from_today: bool = False) -> str:
    """How the day of a contact came about, in the order it was worked out."""
    if why.cause is Cause.OPTED_OUT:
        return text("why.opted_out")
    said = [_rhythm(why, text), _counted(why, text, is_from_today=is_from_today)]
    said += [text(f"why.shortened_{each.by}", count=each.to, day=why.renewal_on) for each in why.modifiers]
    if why.missed:
        said.append(text("why.hard_to_reach" if why.is_hard_to_reach else "why.missed", count=why.missed))
    if why.cause is Cause.QUIET:
        said.append(text("why.quiet", day=why.quiet_until))
    if why.cause is Cause.PROMISE:
        said.append(text("why.promise", day=due_on, otherwise=why.otherwise_on))
    if why.moved_from is not None:
        is_weekend = why.moved_from.weekday() >= SATURDAY
        rest = text("why.weekend" if is_weekend else "why.holiday", day=why.moved_from)
        said.append(text("why.moved_back" if due_on < why.moved_from else "why.moved_on", rest=rest, due=due_on))
    return ("；" if text.lang == "zh" else "; ").join(said)


def _rhythm(why: Explanation, text: Text) -> str:
    if why.own_every is None:
        return text("why.tier", tier=why.tier, count=why.base_gap)
    is_limited = why.gap != why.own_every
    return text("why.own_limited" if is_limited else "why.own", tier=why.tier, own=why.own_every, count=why.gap)


def _counted(why: Explanation, text: Text, *, is_from_today: bool) -> str:
    if why.counted in (Counted.CREATED, Counted.TOLD, Counted.SETTLED):
        return text(f"why.from_{why.counted}", day=why.counted_from)
    channel = text(f"visit.channel_{why.counted}")
    if is_from_today:
        return text("why.today", channel=channel.lower())
    return text("why.counted", day=why.counted_from, channel=channel.lower())


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
    customers = text.listed(dict.fromkeys(escape(item.customer.name) for item in items[:MAX_ROWS]))
    more = f" {text('digest.more', count=hidden)}" if hidden else ""
    return f"{text('digest.title', day=day)}: {customers}{more}"


def row(item: DueItem, number: int, today: date, text: Text, day: date | None = None) -> list[Block]:
    """`day` names the digest the row stands in, so that a click can update that message."""
    followup, name = item.followup, escape(item.customer.name)
    if followup.status is Status.OPEN and followup.shown_on > today and followup.snoozes:
        why = text(f"followup.reason_{followup.snoozes[-1].reason}")
        return [section(text("followup.row_snoozed", customer=name, until=followup.shown_on, reason=why))]
    if not followup.is_waiting(today):
        return [section(text("followup.row_done", customer=name))]
    late = followup.days_late(today)
    state = text("followup.late", count=late) if late else text("followup.due_today")
    why = reason(followup, text, about=item.about.in_(text.lang) if item.about else "")
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

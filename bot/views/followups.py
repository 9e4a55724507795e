"""Follow-ups as rows: who, how late, why, and the two buttons that finish or put them off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from bot.domain.cadence import Cause, Counted, Explanation
from bot.domain.daily import MAX_COVERED, MAX_SOON, worst_of_each
from bot.domain.entry import Lang
from bot.domain.facts import RiskEvent, Side
from bot.domain.followup import FLAG, DropReason, DueItem, FollowUp, Kind, SnoozeLength, SnoozeReason, Status, risk_id
from bot.domain.nudge import MAX_ROWS
from bot.domain.renewal import Milestone
from bot.domain.visit import Channel
from bot.text import Text, load
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
DONE: Final = "followup_done"
DROP: Final = "followup_drop"
UNDO: Final = "followup_undo"
PICK_DAY: Final = "day"
"""In the menu of lengths: a day of one's own choice."""
MAX_LISTED: Final = 15
"""Rows of a list that was asked for, well below the 50 blocks of a message."""
SATURDAY: Final = 5
MENUS: Final = 256
"""Built once, since every row of every message has the same ones: nobody may change what they are given."""
ROWS: Final = 1024
"""Kept as they were built last: the same list is asked for again after each click in it."""


def step_title(step: FollowUp, text: Text) -> str:
    """What is to be done, or what the other side said it would do."""
    title = escape(step.title)
    return text("followup.why_theirs", title=title) if step.by is Side.THEIRS else title


def reason(followup: FollowUp, text: Text, today: date | None = None, about: str = "") -> str:
    """Why it is due, and since when; "today's visit" right after one was logged. `about` is the entry's title."""
    said = _reason(followup, text, today, about)
    if followup.held_until is None or followup.held_until <= followup.due_on:
        return said
    return _joined([said, text("why.quiet", day=followup.held_until)], text)


def _reason(followup: FollowUp, text: Text, today: date | None, about: str) -> str:
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
        other_way = "why.one_way" if why.is_one_way else "why.missed"
        said.append(text("why.hard_to_reach" if why.is_hard_to_reach else other_way, count=why.missed))
    if why.cause is Cause.QUIET:
        said.append(text("why.quiet", day=why.quiet_until))
    if why.cause is Cause.PROMISE:
        said.append(text("why.promise", day=due_on, otherwise=why.otherwise_on))
    if why.moved_from is not None:
        is_weekend = why.moved_from.weekday() >= SATURDAY
        rest = text("why.weekend" if is_weekend else "why.holiday", day=why.moved_from)
        said.append(text("why.moved_back" if due_on < why.moved_from else "why.moved_on", rest=rest, due=due_on))
    return _joined(said, text)


def _joined(said: Sequence[str], text: Text) -> str:
    return ("；" if text.lang == "zh" else "; ").join(said)


def _rhythm(why: Explanation, text: Text) -> str:
    if why.own_every is None:
        return text("why.tier", tier=why.tier, count=why.base_gap)
    is_limited = why.gap != why.own_every
    return text("why.own_limited" if is_limited else "why.own", tier=why.tier, own=why.own_every, count=why.gap)


def _counted(why: Explanation, text: Text, *, is_from_today: bool) -> str:
    if why.counted in (Counted.CREATED, Counted.REOPENED, Counted.TOLD, Counted.SETTLED):
        return text(f"why.from_{why.counted}", day=why.counted_from)
    channel = text(f"visit.channel_{why.counted}")
    if is_from_today:
        return text("why.today", channel=channel.lower())
    return text("why.counted", day=why.counted_from, channel=channel.lower())


def why(item: DueItem, text: Text) -> str:
    """Of a row. It stands on the day it has by itself: a promise that is due sooner has a row of its own."""
    followup = item.followup
    if followup.explanation is not None:
        followup = followup.model_copy(update={"explanation": followup.explanation.without_promise})
    said = reason(followup, text, about=item.about.in_(text.lang) if item.about else "")
    if item.visit_since is None:
        return said
    key = "why.visit" if Channel.VISIT in item.customer.contacted_on else "why.never_visited"
    return _joined([said, text(key, day=item.visit_since)], text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands, so that a click can bring it up to date there: the message of a day, or a list asked for."""

    day: date | None = None
    query: str = ""

    def packed(self, followup: FollowUp) -> str:
        """What a row's buttons remember, short enough for the id of a block."""
        values = {"f": followup.id, "t": followup.turn, "d": self.day.isoformat() if self.day else "", "q": self.query}
        return packed({name: value for name, value in values.items() if value})


def digest(items: Sequence[DueItem], hidden: int, day: date, today: date, text: Text) -> list[Block]:
    """One's own part of the daily message: rows still waiting with buttons, the others ticked off. `hidden` = not
    shown."""
    waiting = sum(item.followup.is_waiting(today) for item in items) + hidden
    blocks = [header(text("digest.title", day=day))]
    blocks.append(section(text("digest.intro", count=waiting) if waiting else text("digest.intro_all_done")))
    for number, item in enumerate(items[:MAX_ROWS]):
        blocks += row(item, number, today, text, Place(day))
    if hidden:
        blocks.append(context(text("digest.more", count=hidden)))
    return blocks


def covered(items: Sequence[DueItem], day: date, today: date, text: Text, most: int = MAX_COVERED) -> list[Block]:
    """What the person looks after for others, one heading for each of them."""
    blocks = []
    for owner_id, theirs in worst_of_each(items, most).items():
        blocks.append(section(text("digest.covered", user=owner_id)))
        for number, item in enumerate(theirs):
            blocks += row(item, f"{owner_id}-{number}", today, text, Place(day))
    if len(items) > most:
        blocks.append(context(text("digest.covered_more", count=len(items) - most)))
    return blocks


def soon(items: Sequence[DueItem], day: date, today: date, text: Text) -> list[Block]:
    """What is not due yet but must not be late: a line each, and the button that finishes it early."""
    if not items:
        return []
    blocks = [section(text("digest.soon"))]
    for number, item in enumerate(items[:MAX_SOON]):
        followup, name = item.followup, escape(item.customer.name)
        if followup.status is not Status.OPEN or item.may_undo or followup.snoozes:
            blocks += row(item, f"soon-{number}", today, text, Place(day))[:1]
            continue
        line = text("digest.soon_row", customer=name, day=followup.due_on, why=why(item, text))
        do = button(text("followup.done"), numbered(DONE, f"soon-{number}"), Place(day).packed(followup))
        blocks.append(section(line, do))
    if len(items) > MAX_SOON:
        blocks.append(context(text("digest.soon_more", count=len(items) - MAX_SOON)))
    return blocks


def asked(items: Sequence[DueItem], title: str, query: str, today: date, text: Text) -> list[Block]:
    """The list somebody asked for, with the buttons of the daily message; first what was just dealt with in it."""
    blocks: list[Block] = [section(f"*{title}*")]
    if not items:
        blocks.append(section(text("followup.list_nothing")))
    for number, item in enumerate(items[:MAX_LISTED]):
        if item.followup.owner_id != items[number - 1].followup.owner_id or number == 0:
            blocks += _heading(item, items, text)
        blocks += row(item, number, today, text, Place(query=query), ahead=True)
    if len(items) > MAX_LISTED:
        blocks.append(context(text("home.more", count=len(items) - MAX_LISTED)))
    return blocks


def _heading(item: DueItem, items: Sequence[DueItem], text: Text) -> list[Block]:
    """Whose it is, where there are several people's."""
    several = len({each.customer.owner_id for each in items}) > 1
    return [section(text("digest.covered", user=item.customer.owner_id))] if several else []


def digest_fallback(items: Sequence[DueItem], hidden: int, day: date, today: date, text: Text) -> str:
    """For notifications and screen readers: the same in one line."""
    customers = text.listed(dict.fromkeys(escape(item.customer.name) for item in items[:MAX_ROWS]))
    more = f" {text('digest.more', count=hidden)}" if hidden else ""
    return f"{text('digest.title', day=day)}: {customers}{more}"


def row(
    item: DueItem, number: int | str, today: date, text: Text, place: Place | None = None, *, ahead: bool = False
) -> list[Block]:
    """Who, how late, why, and what can be done about it; one line once it is dealt with. `ahead`: also what is not due
    yet has its buttons."""
    return [*_row(item, number, today, text.lang, place or Place(), ahead)]


@lru_cache(ROWS)
def _row(item: DueItem, number: int | str, today: date, lang: Lang, place: Place, ahead: bool) -> tuple[Block, ...]:
    text = load(lang)
    followup, name = item.followup, escape(item.customer.name)
    if followup.status is Status.OPEN and followup.shown_on > today and followup.snoozes:
        because = text(f"followup.reason_{followup.snoozes[-1].reason}")
        line = text("followup.row_snoozed", customer=name, until=followup.shown_on, reason=because)
        return (_settled(item, line, number, place, text),)
    is_next_turn = ahead and followup.status is Status.OPEN and not item.may_undo
    if not followup.is_waiting(today) and not is_next_turn:
        return (_settled(item, _ending(followup, name, text), number, place, text),)
    line = text("followup.row", customer=name, tier=item.customer.tier, state=_state(followup, today, text))
    value = place.packed(followup)
    style = "primary" if number == 0 else None
    do = button(text("followup.log"), numbered(LOG, number), value, style=style)
    if followup.kind is Kind.NEED:
        do = button(text("customer.open_needs"), numbered(NEEDS, number), followup.customer_id, style=style)
    elements = [do, button(text("followup.done"), numbered(DONE, number), value)]
    if followup.may_be_snoozed(item.customer.tier):
        elements.append(_snooze(number, text.lang))
    elements.append(_drop(number, text.lang))
    return section(f"{line}\n{why(item, text)}"), actions(elements, block_id=value)


def _state(followup: FollowUp, today: date, text: Text) -> str:
    if late := followup.days_late(today):
        return text("followup.late", count=late)
    if followup.clock_on > today:
        return text("followup.due_on", day=followup.clock_on)
    return text("followup.due_today")


def _ending(followup: FollowUp, name: str, text: Text) -> str:
    closing = followup.closing
    if closing is not None and closing.reason is not None:
        return text("followup.row_dropped", customer=name, reason=text(f"followup.drop_{closing.reason}"))
    if closing is not None and followup.line:
        return text("followup.row_done_line", customer=name, line=escape(followup.line))
    return text("followup.row_done", customer=name)


def _settled(item: DueItem, line: str, number: int | str, place: Place, text: Text) -> Block:
    """With a button to take it back, as long as that goes."""
    if not item.may_undo:
        return section(line)
    return section(line, button(text("followup.undo"), numbered(UNDO, number), place.packed(item.followup)))


@lru_cache(MENUS)
def _snooze(number: int | str, lang: Lang) -> Block:
    """Length and reason in one tap: the lengths are the groups, the reasons the options."""
    text = load(lang)
    groups = [
        option_group(
            text(f"followup.snooze_{length}"),
            [option(text(f"followup.reason_{reason}"), f"{length}|{reason}") for reason in SnoozeReason],
        )
        for length in SnoozeLength
    ]
    groups.append(option_group(text("followup.snooze_other"), [option(text("followup.snooze_pick"), PICK_DAY)]))
    return select("static_select", numbered(SNOOZE, number), text("followup.snooze"), option_groups=groups)


@lru_cache(MENUS)
def _drop(number: int | str, lang: Lang) -> Block:
    """The reason is the one tap."""
    text = load(lang)
    reasons = [option(text(f"followup.drop_{each}"), each) for each in DropReason]
    return select("static_select", numbered(DROP, number), text("followup.drop"), options=reasons)

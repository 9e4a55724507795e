"""The section of the daily message that asks, once a week, whether plays are still right."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.review import MAX_REVIEWS, Review, ReviewState, in_view
from bot.text import Text
from bot.views.blocks import Block, actions, button, context, escape, header, numbered, packed, section

VERIFY: Final = "review_verify"
EDIT: Final = "review_edit"
RETIRE: Final = "review_retire"


def reviews(found: Sequence[Review], day: date, text: Text) -> list[Block]:
    """The longest overdue first, each with its buttons; what is dealt with makes room for the next. `day` names the
    message, so that a click can update it. Empty when the message of that day asks for nothing."""
    if not found:
        return []
    due = [each for each in found if each.state is ReviewState.DUE]
    blocks = [header(text("review.title"))]
    blocks.append(section(text("review.intro", count=len(due)) if due else text("review.all_done")))
    for number, each in enumerate(in_view(found)):
        blocks += _row(each, number, day, text)
    lines = []
    if len(due) > MAX_REVIEWS:
        lines.append(text("review.more", count=len(due) - MAX_REVIEWS))
    if len(due) < len(found):
        lines.append(text("review.done", count=len(found) - len(due)))
    return [*blocks, context("\n".join([*lines, text("review.footer")]))]


def overview(found: Sequence[Review], text: Text) -> list[Block]:
    """On Home, whatever day it is: what is to be looked at again, the longest overdue first."""
    if not found:
        return []
    blocks = [header(text("review.title")), section(text("review.intro", count=len(found)))]
    for number, each in enumerate(in_view(found)):
        blocks += _row(each, number, None, text)
    if len(found) > MAX_REVIEWS:
        blocks.append(context(text("review.more", count=len(found) - MAX_REVIEWS)))
    return blocks


def fallback(found: Sequence[Review], text: Text) -> str:
    """For notifications and screen readers."""
    titles = text.listed(escape(each.entry.title.in_(text.lang)) for each in found[:MAX_REVIEWS])
    return f"{text('review.title')}: {titles}"


def _row(review: Review, number: int, day: date | None, text: Text) -> list[Block]:
    entry = review.entry
    told = text(
        "review.row",
        title=escape(entry.title.in_(text.lang)),
        kind=text(f"kind.{entry.KIND}"),
        checked=entry.verified_on.isoformat(),
        due=entry.review_due_on.isoformat(),
    )
    if review.retires_on is not None:
        told += f"\n:warning: {text('review.unused', on=review.retires_on.isoformat())}"
    value = packed({"e": entry.id, "d": day.isoformat() if day else ""})
    buttons = [
        button(text("entry.verify"), numbered(VERIFY, number), value),
        button(text("entry.edit"), numbered(EDIT, number), value),
        button(text("entry.retire"), numbered(RETIRE, number), value),
    ]
    return [section(f"{told}\n>{escape(entry.speak.in_(text.lang))}"), actions(buttons)]

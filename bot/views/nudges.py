"""The daily message: what is due with customers and, once a week, which plays to review and what they lack."""

from collections.abc import Sequence
from datetime import date

from bot.domain.followup import DueItem
from bot.domain.gap import GapRow
from bot.domain.review import Review
from bot.text import Text
from bot.views import followups
from bot.views import gaps as gap_views
from bot.views import reviews as review_views
from bot.views.blocks import Block, divider


def blocks(
    items: Sequence[DueItem],
    hidden: int,
    reviews: Sequence[Review],
    gaps: Sequence[GapRow] | None,
    day: date,
    today: date,
    text: Text,
) -> list[Block]:
    """A part that has nothing to show is left out; `gaps` are None where the message never listed any."""
    parts = [
        followups.digest(items, hidden, day, today, text) if items else [],
        review_views.reviews(reviews, day, text),
        gap_views.overview(gaps, text, day) if gaps is not None else [],
    ]
    shown = [part for part in parts if part]
    return [block for part in shown for block in (*([divider()] if part is not shown[0] else []), *part)]


def fallback(
    items: Sequence[DueItem],
    hidden: int,
    reviews: Sequence[Review],
    gaps: Sequence[GapRow] | None,
    day: date,
    today: date,
    text: Text,
) -> str:
    """The same in a few lines."""
    lines = [followups.digest_fallback(items, hidden, day, today, text)] if items else []
    lines += [review_views.fallback(reviews, text)] if reviews else []
    lines += [gap_views.fallback(gaps, text)] if gaps is not None else []
    return "\n".join(lines)


def emptied(day: date, today: date, text: Text) -> list[Block]:
    """A message all of whose customers are somebody else's by now."""
    return followups.digest([], 0, day, today, text)

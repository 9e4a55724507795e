"""The daily message: what is due with customers, one's own and those one stands in for; what must not be late; and
once a week which plays to review and what they lack."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.daily import MAX_IDLE, Daily
from bot.domain.nudge import MAX_ROWS
from bot.text import Text
from bot.views import followups, settings, tiering
from bot.views import gaps as gap_views
from bot.views import reviews as review_views
from bot.views.blocks import Block, context, divider, section

MAX_BLOCKS: Final = 50
"""Slack's limit for a message."""
MAX_HEAD: Final = 6
FEW: Final = 3
"""Rows of others' customers where the message is full."""


def blocks(daily: Daily, day: date, today: date, text: Text, head: Sequence[Block] = ()) -> list[Block]:
    """A part that has nothing to show is left out. `head` stands above all of them."""
    hidden = sum(item.followup.is_waiting(today) for item in daily.items[MAX_ROWS:])
    parts = [
        followups.digest(daily.items[:MAX_ROWS], hidden, day, today, text) if daily.items else [],
        followups.covered(daily.covered, day, today, text),
        followups.soon(daily.soon, day, today, text),
        tiering.idle(daily.idle, text),
        review_views.reviews(daily.reviews, day, text),
        gap_views.overview(daily.gaps, text, day) if daily.gaps is not None else [],
    ]
    head = head[:MAX_HEAD]
    if _count(head, parts) > MAX_BLOCKS:
        parts[-1] = [context(text("digest.gaps_on_home"))]  # the one part that stands elsewhere too
    for most in (FEW, 0):
        if _count(head, parts) > MAX_BLOCKS:
            parts[1] = followups.covered(daily.covered, day, today, text, most)
    shown = [part for part in parts if part] or [followups.digest([], 0, day, today, text)]
    found = [block for part in shown for block in (*([divider()] if part is not shown[0] else []), *part)]
    return [*head, *found, section(text("digest.footer"), settings.open_button(text))]


def _count(head: Sequence[Block], parts: Sequence[Sequence[Block]]) -> int:
    """With a divider before each part but the first, and the footer."""
    return len(head) + sum(len(part) + 1 for part in parts if part)


def fallback(daily: Daily, day: date, today: date, text: Text) -> str:
    """The same in a few lines."""
    hidden = sum(item.followup.is_waiting(today) for item in daily.items[MAX_ROWS:])
    rows = [*daily.items[:MAX_ROWS], *daily.covered, *daily.soon]
    lines = [followups.digest_fallback(rows, hidden, day, today, text)] if rows else []
    lines += [tiering.idle_line(each, text) for each in daily.idle[:MAX_IDLE]]
    lines += [review_views.fallback(daily.reviews, text)] if daily.reviews else []
    lines += [gap_views.fallback(daily.gaps, text)] if daily.gaps is not None else []
    return "\n".join(lines) or text("digest.intro_all_done")

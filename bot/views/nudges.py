"""The daily message: what is due with customers and, once a week, which plays to review."""

from collections.abc import Sequence
from datetime import date

from bot.domain.followup import DueItem
from bot.domain.review import Review
from bot.text import Text
from bot.views import followups
from bot.views import reviews as review_views
from bot.views.blocks import Block, divider


def blocks(
    items: Sequence[DueItem], hidden: int, reviews: Sequence[Review], day: date, today: date, text: Text
) -> list[Block]:
    """A part that has nothing to show is left out."""
    about_customers = followups.digest(items, hidden, day, today, text) if items else []
    about_plays = review_views.reviews(reviews, day, text)
    between = [divider()] if about_customers and about_plays else []
    return [*about_customers, *between, *about_plays]


def fallback(
    items: Sequence[DueItem], hidden: int, reviews: Sequence[Review], day: date, today: date, text: Text
) -> str:
    """The same in a line or two."""
    lines = [followups.digest_fallback(items, hidden, day, today, text)] if items else []
    return "\n".join([*lines, *([review_views.fallback(reviews, text)] if reviews else [])])

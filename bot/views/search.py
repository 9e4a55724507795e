"""What a search found, one screen at a time."""

from typing import Final

from bot.domain.brief import Brief
from bot.domain.search import HITS_SHOWN, Hit, Results
from bot.domain.visit import Visit
from bot.text import Text
from bot.views import customers
from bot.views.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    escape,
    numbered,
    packed,
    quote,
    section,
)

OPEN: Final = "search_open"
TURN: Final = "search_turn"
PASTED_PART: Final = 3000
"""Characters of a block."""


def title(found: Results, text: Text) -> str:
    if not found.total:
        return text("search.none", query=escape(found.query))
    return text("search.title", query=escape(found.query), count=found.total)


def page(found: Results, text: Text) -> list[Block]:
    blocks = [section(title(found, text))]
    if found.hits and found.total > len(found.hits):
        last = found.first + len(found.hits)
        blocks.append(context(text("search.shown", first=found.first + 1, last=last)))
    for row, hit in enumerate(found.hits):
        blocks += _hit(hit, row, text)
    if turns := _turns(found, text):
        blocks.append(actions(turns))
    return blocks


def _hit(hit: Hit, row: int, text: Text) -> list[Block]:
    kind = text(f"search.kind_{hit.kind}", on=str(hit.on))
    opens = button(text("search.open"), numbered(OPEN, row), packed({"c": hit.customer.id, "k": hit.kind, "i": hit.id}))
    heading = section(f"*{escape(hit.customer.name)}* · {kind}", accessory=opens)
    return [heading, quote((piece.text, piece.is_hit) for piece in hit.excerpt)]


def _turns(found: Results, text: Text) -> list[Block]:
    turns = []
    if found.first:
        turns.append(_turn(text("search.back"), "back", found.query, found.first - HITS_SHOWN))
    if found.has_more:
        rest = min(HITS_SHOWN, found.total - found.first - HITS_SHOWN)
        turns.append(_turn(text("search.more", count=rest), "more", found.query, found.first + HITS_SHOWN))
    return turns


def _turn(label: str, way: str, query: str, first: int) -> Block:
    return button(label, numbered(TURN, way), packed({"q": query, "f": max(0, first)}))


def opened(brief: Brief, note: Visit | None, text: Text) -> list[Block]:
    """The note that was found, whole, and the brief of its customer."""
    if note is None:
        return customers.brief(brief, text)
    how = text(f"visit.channel_{note.channel}")
    blocks = [
        section(text("search.note", on=str(note.on), channel=how, author=note.author_id)),
        quote([(note.note, False)]),
    ]
    if note.next_step:
        blocks.append(context(text("search.next_step", title=escape(note.next_step))))
    if note.pasted:
        parts = (note.pasted[at : at + PASTED_PART] for at in range(0, len(note.pasted), PASTED_PART))
        blocks += [context(text("search.pasted")), *(quote([(part, False)]) for part in parts)]
    return [*blocks, divider(), *customers.brief(brief, text)]

"""What stands above the visit form: what to know, and what to mend before a note is saved."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from bot.domain.advised import digest
from bot.domain.quality import Advice, AdviceKind
from bot.text import Text
from bot.views.blocks import MAX_CHECKBOXES, Block, clip, escape, input_block, option, section

TOP: Final = "top"
"""Begins the block ids up there; they stay while the form below changes."""
KEEP: Final = "keep"
ADVICE_SHOWN: Final = 8
ADVICE_LIMIT: Final = 100
"""Characters of the note that a piece of advice repeats."""


def notice(words: str, place: str = "") -> Block:
    """Something to know, above the fields; stays there while the form changes."""
    return section(words, block_id=f"{TOP}:{place or 'told'}")


def advised(found: Sequence[Advice], text: Text) -> list[Block]:
    """What to mend, above the fields; telephone numbers that are needed can be ticked to stay."""
    blocks = [notice(f"*{text('visit.advice')}*", "advice")]
    for place, each in enumerate(found[:ADVICE_SHOWN]):
        words = _partly(each.words) if each.kind.is_personal and each.kind is not AdviceKind.PERSON else each.words
        instead = escape(each.instead.in_(text.lang)) if each.instead else ""
        told = text(each.key, words=escape(clip(words, ADVICE_LIMIT)), instead=instead)
        blocks.append(notice(f":bulb: {told}", f"advice{place}"))
    numbers = [each for each in found if each.kind is AdviceKind.MOBILE][:MAX_CHECKBOXES]
    if numbers:
        options = [option(text("visit.keep_number", number=_partly(each.words)), digest(each)) for each in numbers]
        element = {"type": "checkboxes", "action_id": KEEP, "options": options}
        blocks.append(input_block(KEEP, text("visit.keep"), element, optional=True))
    return blocks


def _partly(number: str) -> str:
    return f"{number[:3]}•••{number[-2:]}"


def notices(view: Mapping[str, Any]) -> list[Block]:
    """What stands above the fields."""
    return [block for block in view["blocks"] if str(block.get("block_id", "")).split(":")[0] in (TOP, KEEP)]


def moment(at: datetime, zone: tzinfo, text: Text) -> str:
    local = at.astimezone(zone)
    return f"{text.spelled(local.date())} {local:%H:%M}"

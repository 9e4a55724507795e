"""A play in the customer's own words: marked as such, and beside it the line that counts."""

from typing import Final

from bot.text import Text
from bot.views.blocks import Block, actions, button, context, quote, section
from bot.views.shown import Shown

REPHRASE: Final = "entry_rephrase"


def offer(shown: Shown, text: Text) -> list[Block]:
    """Below an answer to somebody's question."""
    return [actions([button(text("rephrasing.offer"), REPHRASE, shown.packed())])] if shown.asked else []


def rephrased(line: str, rewritten: str | None, text: Text) -> list[Block]:
    """What the model has written is shown letter by letter, whatever it is."""
    if rewritten is None:
        return [section(text("rephrasing.plain")), quote([(line, False)])]
    return [
        section(text("rephrasing.title")),
        quote([(rewritten, False)]),
        context(text("rephrasing.marked")),
        quote([(line, False)]),
    ]


def fallback(rewritten: str | None, text: Text) -> str:
    return text("rephrasing.plain" if rewritten is None else "rephrasing.title")

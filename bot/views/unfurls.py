"""What a permanent link shows in a conversation, and the page behind it: neither holds anything of a customer."""

from typing import Final

from bot.domain.entry import Entry
from bot.text import Text
from bot.views.blocks import Block, actions, button, context, escape, numbered, section
from bot.views.playbook import MORE
from bot.views.shown import Shown

OPEN: Final = "unfurl_open"


def play(entry: Entry, text: Text) -> list[Block]:
    """What may be said to a customer, and a button to the rest."""
    lang = text.lang
    said = f"*{escape(entry.title.in_(lang))}*\n>{escape(entry.speak.in_(lang))}"
    return [section(said), actions([button(text("entry.more"), numbered(MORE, 0), Shown(entry.id, lang).packed())])]


def customer(customer_id: str, text: Text) -> list[Block]:
    """The same for every id, whether there is such a customer or not."""
    return [section(text("unfurls.customer")), actions([button(text("unfurls.open"), OPEN, customer_id)])]


def permalink(url: str, text: Text) -> Block:
    return context(text("unfurls.permalink", url=url))

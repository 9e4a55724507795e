"""Customers whose account manager has left, to be given to others."""

from collections.abc import Sequence
from typing import Final

from bot.domain.customer import Customer
from bot.text import Text
from bot.views.blocks import Block, context, divider, escape, header, numbered, packed, section, select

REASSIGN: Final = "leaver_reassign"
MAX_ROWS: Final = 8


def overview(customers: Sequence[Customer], text: Text) -> list[Block]:
    """On Home; the list moves up as its rows are done."""
    blocks = [header(text("leaver.title")), context(text("leaver.intro"))]
    for number, customer in enumerate(customers[:MAX_ROWS]):
        who = select("users_select", numbered(REASSIGN, number), text("leaver.to"))
        line = text("leaver.row", customer=escape(customer.name), tier=customer.tier, user=customer.owner_id)
        blocks.append(section(line, who, block_id=packed({"c": customer.id})))
    if len(customers) > MAX_ROWS:
        blocks.append(context(text("leaver.more", count=len(customers) - MAX_ROWS)))
    return [*blocks, divider()]

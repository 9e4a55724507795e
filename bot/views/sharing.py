"""Sharing a customer to a channel: what is posted, and who will read it."""

from typing import Final

from bot.domain.audience import Audience
from bot.domain.brief import Brief
from bot.domain.policy import Action
from bot.text import Text
from bot.views import customers
from bot.views.blocks import (
    Block,
    View,
    button,
    context,
    divider,
    escape,
    header,
    input_block,
    modal,
    section,
    select,
)

SHARE: Final = "customer_share"
MODAL: Final = "customer_share_form"
TARGET: Final = "customer_share_target"
NAMES_SHOWN: Final = 10


def offered(found: Brief, text: Text) -> list[Block]:
    """The button, for who may."""
    return [button(text("share.button"), SHARE, found.customer.id)] if Action.SHARE in found.rights else []


def form(found: Brief, audience: Audience | None, user_id: str, text: Text) -> View:
    """With a preview; sent before that is there, or where outsiders read, it only comes back with one."""
    options = {"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True}
    channel = audience.channel_id if audience else None
    target = select("conversations_select", TARGET, text("share.where"), filter=options, initial_conversation=channel)
    blocks = [input_block(TARGET, text("share.where"), target, dispatch=True)]
    if audience is None:
        blocks.append(context(text("share.pick")))
    else:
        blocks.append(section(who_reads(audience, text)))
    blocks += [divider(), context(text("share.preview")), *posted(found, user_id, text)]
    return modal(
        MODAL,
        text("share.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("share.submit"),
        metadata={"c": found.customer.id, "m": audience.mark if audience else ""},
    )


def who_reads(audience: Audience, text: Text) -> str:
    """Or why nothing may be posted there."""
    if not audience.is_known:
        return f":no_entry: {text('share.unknown', channel=audience.channel_id)}"
    names = _names([each.name for each in audience.readers], text)
    lines = [text("share.readers", count=len(audience.readers), names=names)]
    if audience.outsiders:
        outside = _names([each.name for each in audience.outsiders], text)
        lines.append(f":no_entry: {text('share.outsiders', names=outside)}")
    elif audience.is_shared:
        lines.append(f":no_entry: {text('share.shared')}")
    return "\n".join(lines)


def posted(found: Brief, user_id: str, text: Text) -> list[Block]:
    """A summary: no notes, which are the account manager's own words."""
    blocks = [header(found.customer.name), section(customers.contact_lines(found, text))]
    if found.steps:
        blocks.append(section(customers.step_lines(found, text)))
    return [*blocks, context(text("share.by", user=user_id))]


def _names(names: list[str], text: Text) -> str:
    shown = text.listed(escape(name) for name in names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    return shown if more <= 0 else text("share.and_more", names=shown, count=more)

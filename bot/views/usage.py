"""How much each entry is used, for those who edit the playbook."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.playbook import Playbook
from bot.domain.usage import Usage, Use
from bot.text import Text
from bot.views.blocks import View, context, escape, modal, section

OPEN: Final = "usage_open"
MODAL: Final = "usage_modal"
AT_A_TIME: Final = 15
"""Entries in one section: well below its 3,000 characters."""


def overview(found: Sequence[Usage], playbook: Playbook, text: Text) -> View:
    """In the order of the playbook."""
    blocks = [context(text("usage.intro"))]
    lines = list(_lines(found, playbook, text))
    if not lines:
        blocks.append(section(text("usage.nothing")))
    blocks += [section("\n".join(lines[at : at + AT_A_TIME])) for at in range(0, len(lines), AT_A_TIME)]
    return modal(MODAL, text("usage.title"), blocks, close=text("entry.close"))


def _lines(found: Sequence[Usage], playbook: Playbook, text: Text) -> Iterator[str]:
    by_entry = {each.entry_id: each for each in found}
    for entry in playbook.entries.values():
        usage = by_entry.get(entry.id)
        if usage is None:
            continue
        counts = [text(f"usage.{use}", count=usage.counts[use]) for use in Use if usage.counts.get(use)]
        if usage.last_used_on is not None:
            counts.append(text("usage.last", day=usage.last_used_on))
        yield text("usage.row", title=escape(entry.title.in_(text.lang)), counts=" · ".join(counts))

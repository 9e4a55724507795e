"""The playbook to browse, and titles to choose from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.domain.entry import Entry, Kind
from bot.domain.playbook import Playbook
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    modal,
    numbered,
    option,
    option_group,
    section,
    select,
)
from bot.views.entrywindow import MORE_MODAL
from bot.views.playbook import PICK
from bot.views.shown import Shown

BROWSE: Final = "entry_browse"
KIND: Final = "library_kind"
FIND_REPLY: Final = "find_reply"


def choice(
    entries: Sequence[tuple[Entry, Shown]],
    intro: str,
    playbook: Playbook,
    text: Text,
    answer_id: str = "",
    customer_id: str = "",
) -> list[Block]:
    """Titles to choose from, and the categories for when none of them is meant."""
    others = [entry.id for entry, _ in reversed(entries)] if len(entries) == 2 else [""] * len(entries)
    picks = [
        button(entry.title.in_(shown.lang), numbered(PICK, row), replace(shown, beside=other).packed())
        for row, ((entry, shown), other) in enumerate(zip(entries, others, strict=True))
    ]
    offered = [actions(picks)] if picks else []
    return [
        section(intro),
        *offered,
        *browse(playbook, text, text("answer.browse"), answer_id=answer_id, customer_id=customer_id),
    ]


def browse(
    playbook: Playbook,
    text: Text,
    intro: str,
    kind: Kind = Kind.OBJECTION,
    *,
    answer_id: str = "",
    customer_id: str = "",
) -> list[Block]:
    """All titles of a kind by category, in the person's language.

    The menu carries the answer it stands under and the customer it is for; `picked_from` reads them.
    """
    groups = [
        option_group(text(f"category.{category}"), [option(each.title.in_(text.lang), each.id) for each in entries])
        for category, entries in playbook.by_category(kind).items()
    ]
    prompt = text(f"browse.{kind}")
    menu = ".".join((BROWSE, answer_id, customer_id)).rstrip(".")
    return [section(intro), actions([select("static_select", menu, prompt, option_groups=groups)])]


def picked_from(action_id: str) -> tuple[str, str]:
    """The answer and the customer that a menu of titles carries; empty where it carries none."""
    _, answer_id, customer_id = [*action_id.split("."), "", ""][:3]
    return answer_id, customer_id


def library(playbook: Playbook, kind: Kind, text: Text) -> list[Block]:
    """The whole playbook to browse: a button per kind, and the titles of the one chosen."""
    kinds = [
        button(text(f"kind.{each}"), numbered(KIND, each), each, style="primary" if each is kind else None)
        for each in playbook.kinds
    ]
    return [section(text("answer.library")), actions(kinds), *browse(playbook, text, f"*{text(f'kind.{kind}')}*", kind)]


def browse_modal(playbook: Playbook, text: Text) -> View:
    """The same where there is no message to answer in."""
    return modal(
        MORE_MODAL,
        text("entry.more_title"),
        library(playbook, Kind.OBJECTION, text),
        close=text("entry.close"),
    )


def reply_modal(
    hits: Sequence[tuple[Entry, Shown]],
    intro: str,
    playbook: Playbook,
    text: Text,
    answer_id: str = "",
    customer_id: str = "",
) -> View:
    """What could answer a message: titles to choose from, and the playbook to browse."""
    blocks = choice(hits, intro, playbook, text, answer_id, customer_id)
    return modal(MORE_MODAL, text("entry.more_title"), blocks, close=text("entry.close"))

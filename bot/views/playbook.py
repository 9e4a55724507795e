"""Playbook entries as cards: one screen while the customer is talking."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.domain.customer import Customer
from bot.domain.entry import Category, Entry, Kind, Lang
from bot.domain.kinds import Negotiation, variant_of
from bot.domain.playbook import Playbook
from bot.domain.variant import Variant
from bot.text import Text, load
from bot.views import feedback
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clip,
    context,
    escape,
    input_block,
    modal,
    numbered,
    option,
    overflow,
    section,
    select,
)
from bot.views.entryfields import field, follow_up_line, kept_line, source_line, texts_of, unbroken
from bot.views.shown import MATCHED_LIMIT, Shown
from bot.views.variants import for_whom

MORE: Final = "entry_more"
SHARE: Final = "entry_share"
VISIT: Final = "entry_visit"
SWITCH: Final = "entry_switch"
PICK: Final = "entry_pick"
SHARE_MODAL: Final = "entry_share_modal"
SHARE_TARGET: Final = "entry_share_target"
MENU: Final = "entry_menu"
EDIT: Final = "entry_edit"
HISTORY: Final = "entry_history"
CHECKS_ON_CARD: Final = 8


def card(
    entry: Entry,
    shown: Shown,
    playbook: Playbook,
    text: Text,
    today: date,
    customer: Customer | None = None,
    *,
    row: int = 0,
    private: bool = True,
) -> list[Block]:
    """One entry on one screen, with the line for the customer if there is one.

    Labels in the person's language, the play in the question's.
    """
    lang = shown.lang
    blocks = [section(_heading(entry, shown, text)), _spoken(entry, variant_of(entry, customer), lang, text)]
    blocks += [field(entry, name, lang, text) for name in entry.SCREEN if getattr(entry, name)]
    if isinstance(entry, Negotiation) and entry.category is Category.PREPARATION:
        blocks.append(field(entry, "checklist", lang, text, most=CHECKS_ON_CARD))
    for proof in entry.evidence[:1]:
        source = source_line(proof, playbook, lang, text)
        blocks.append(section(f"*{text('field.evidence')}*\n{escape(proof.in_(lang))}\n_{source}_"))
    if entry.never:
        never = "\n".join(f"✗ {escape(each.in_(lang))} [{unbroken(each.rule)}]" for each in entry.never)
        blocks.append(section(f"*{text('field.never')}*\n{never}"))
    kept = [follow_up_line(each, lang, text) for each in entry.follow_up[:1]]
    blocks.append(context("\n".join([*kept, kept_line(entry, text, today)])))
    blocks.append(_buttons(shown, text, row, private=private))
    other = playbook.find(shown.beside) if private and shown.row is None else None
    if other is not None:
        label = text("answer.other", title=other.title.in_(lang))
        blocks.append(actions([button(label, numbered(PICK, row), shown.other().packed())]))
    return blocks + _feedback(shown, text, row)


def pair(hits: Sequence[tuple[Entry, Shown]], text: Text, customer: Customer | None = None) -> list[Block]:
    """Two plays found in one line, each compact and with its own buttons."""
    blocks = [section(text("answer.several"))]
    for row, (entry, shown) in enumerate(hits):
        beside = hits[1 - row][0].id
        blocks += compact(entry, replace(shown, beside=beside, row=row), text, row, customer)
    return blocks


def compact(entry: Entry, shown: Shown, text: Text, row: int, customer: Customer | None = None) -> list[Block]:
    """An entry in a few lines, where two are shown together."""
    lines = [_heading(entry, shown, text)]
    for name in _compact_fields(entry):
        own = variant_of(entry, customer) if name == entry.SPEAK else None
        whom = f"  ·  {for_whom(own.audience, text)}" if own else ""
        said = (own.say,) if own else texts_of(entry, name)
        lines.append(f"*{text(f'field.{name}')}*{whom}  {escape(' / '.join(each.in_(shown.lang) for each in said))}")
    return [section("\n".join(lines)), _buttons(shown, text, row), *_feedback(shown, text, row)]


def fallback(entry: Entry, lang: Lang, customer: Customer | None = None) -> str:
    """The card for notifications and screen readers."""
    spoken, *others = [line.in_(lang) for name in _compact_fields(entry) for line in texts_of(entry, name)]
    if variant := variant_of(entry, customer):
        spoken = variant.say.in_(lang)
    return f"{entry.title.in_(lang)}: {' '.join([spoken, *others])}"


def shared(entry: Entry, shown: Shown, playbook: Playbook, text: Text, today: date, user_id: str) -> list[Block]:
    """The card as everybody in a channel sees it: the general one, whoever the customer is, and without how it was
    matched, since that may quote the question."""
    public = Shown(shown.entry_id, shown.lang)
    return [
        context(text("entry.shared", user=user_id)),
        *card(entry, public, playbook, load(shown.lang), today, private=False),
    ]


def share_modal(shown: Shown, text: Text) -> View:
    """Asked in the direct message with the app, where there is no channel to share to."""
    target = select(
        "conversations_select",
        SHARE_TARGET,
        text("entry.share_where"),
        response_url_enabled=True,
        filter={"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True},
    )
    return modal(
        SHARE_MODAL,
        text("entry.share_title"),
        [input_block(SHARE_TARGET, text("entry.share_where"), target)],
        close=text("visit.cancel"),
        submit=text("entry.share_submit"),
        metadata={"s": shown.packed()},
    )


def _compact_fields(entry: Entry) -> list[str]:
    """What to say, and the first other thing there is."""
    return [entry.SPEAK, *[name for name in entry.SCREEN if getattr(entry, name)][:1]]


def _spoken(entry: Entry, variant: Variant | None, lang: Lang, text: Text) -> Block:
    """The line to be said: the variant's, with whom it is for, or the general one."""
    if variant is None:
        return field(entry, entry.SPEAK, lang, text)
    label = f"*{text(f'field.{entry.SPEAK}')}*  ·  {for_whom(variant.audience, text)}"
    return section(f"{label}\n>{escape(variant.say.in_(lang))}")


def _heading(entry: Entry, shown: Shown, text: Text) -> str:
    title = f"*{escape(entry.title.in_(shown.lang))}*"
    if entry.KIND is not Kind.OBJECTION:
        title = f"{title}  ·  {text(f'kind.{entry.KIND}')}"
    if not shown.matched:
        return title
    return f"{title}\n_{text('entry.matched', phrase=escape(clip(shown.matched, MATCHED_LIMIT)))}_"


def _buttons(shown: Shown, text: Text, row: int, *, private: bool = True) -> Block:
    value = shown.packed()
    buttons = [button(text("entry.more"), numbered(MORE, row), value)]
    if private:
        buttons.append(button(text("entry.share"), numbered(SHARE, row), value))
        buttons.append(button(text("entry.visit"), numbered(VISIT, row), value))
        other: Lang = "en" if shown.lang == "zh" else "zh"
        switched = replace(shown, lang=other)
        label = load(shown.lang)("entry.switch")
        buttons.append(button(label, numbered(SWITCH, row), switched.packed()))
        menu = {EDIT: text("entry.suggest"), HISTORY: text("entry.history")}
        options = [option(each, f"{what}:{shown.entry_id}") for what, each in menu.items()]
        buttons.append(overflow(numbered(MENU, row), options))
    return actions(buttons)


def _feedback(shown: Shown, text: Text, row: int) -> list[Block]:
    """Under an answer; a play that a colleague shared is nobody's answer."""
    return [feedback.buttons(shown.values(), text, row)] if shown.answer_id else []

"""A whole playbook entry in a window: what "More" opens."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.domain.customer import Customer
from bot.domain.entry import Bilingual, Entry, Lang
from bot.domain.kinds import Discovery, Objection, variant_of
from bot.domain.playbook import Playbook
from bot.domain.policy import EntryRights
from bot.text import Text
from bot.views import feedback
from bot.views.blocks import (
    MAX_CHECKBOXES,
    Block,
    View,
    actions,
    button,
    context,
    divider,
    escape,
    modal,
    numbered,
    option,
    section,
)
from bot.views.entryfields import field, follow_up_line, kept_line, source_line, texts_of, titled, unbroken
from bot.views.playbook import EDIT, HISTORY
from bot.views.shown import Shown
from bot.views.unfurls import permalink
from bot.views.variants import in_full

MORE_MODAL: Final = "entry_more_modal"
RELATED: Final = "entry_related"
CHECK: Final = "entry_check"
RETIRE: Final = "entry_retire"
VERIFY: Final = "entry_verify"
NO_RIGHTS: Final = EntryRights()


def more_modal(
    entry: Entry,
    lang: Lang,
    playbook: Playbook,
    text: Text,
    *,
    rights: EntryRights = NO_RIGHTS,
    today: date | None = None,
    answered: Shown | None = None,
    customer: Customer | None = None,
    url: str | None = None,
) -> View:
    """The whole entry, the customer's own line first.

    With `today` it says whether its review is due, as `answered` it asks whether it helped. `url` leads here.
    """
    own = variant_of(entry, customer)
    others = [each for each in entry.variants if each != own] if isinstance(entry, Objection) else []
    industry = f"  ·  {escape(entry.industry.in_(lang))}" if isinstance(entry, Discovery) and entry.industry else ""
    blocks = [section(f"*{escape(entry.title.in_(lang))}*{industry}")]
    blocks += [in_full(own, lang, text)] if own else []
    blocks.append(field(entry, entry.SPEAK, lang, text))
    for name in entry.WHOLE:
        if name == "checklist":
            blocks += _checklist(texts_of(entry, name), lang, text)
        elif getattr(entry, name):
            blocks.append(field(entry, name, lang, text))
    if others:
        blocks += [section(f"*{text('field.variants')}*"), *(in_full(each, lang, text) for each in others)]
    proofs = [f"• {escape(item.in_(lang))}\n   _{source_line(item, playbook, lang, text)}_" for item in entry.evidence]
    never = [
        f"✗ {escape(each.in_(lang))} [{unbroken(each.rule)}]\n   "
        f"{text('entry.instead', text=escape(playbook.red_lines[each.rule].instead.in_(lang)))}"
        for each in entry.never
    ]
    actions_after = [f"• {follow_up_line(each, lang, text)}" for each in entry.follow_up]
    grades = [
        f"• {escape(source.title.in_(lang))} ({text(f'entry.grade_{source.grade}')})"
        for source in (playbook.sources[each] for each in entry.sources)
    ]
    parts = {"evidence": proofs, "never": never, "follow_ups": actions_after, "sources": grades}
    blocks += [titled(text(f"field.{name}"), lines) for name, lines in parts.items() if lines]
    blocks += _related(entry, Shown("", lang, customer_id=customer.id if customer else ""), playbook, text)
    blocks += [feedback.plain_buttons(answered.values(), text)] if answered else []
    blocks += [divider(), context(kept_line(entry, text, today or entry.verified_on)), _upkeep(entry, text, rights)]
    blocks += [permalink(url, text)] if url else []
    return modal(MORE_MODAL, text("entry.more_title"), blocks, close=text("entry.close"))


def _checklist(items: Sequence[Bilingual], lang: Lang, text: Text) -> list[Block]:
    """Boxes to tick while the window is open; Slack has at most ten in one element."""
    options = [option(each.in_(lang), str(number)) for number, each in enumerate(items)]
    boxes = [
        {"type": "checkboxes", "action_id": numbered(CHECK, at), "options": options[at : at + MAX_CHECKBOXES]}
        for at in range(0, len(options), MAX_CHECKBOXES)
    ]
    return [section(f"*{text('field.checklist')}*"), *(actions([each]) for each in boxes)]


def _related(entry: Entry, shown: Shown, playbook: Playbook, text: Text) -> list[Block]:
    """None when all of them were retired. They are shown as this one is: in its language and for the same customer."""
    buttons = [
        button(
            playbook.entries[each].title.in_(shown.lang), numbered(RELATED, row), replace(shown, entry_id=each).packed()
        )
        for row, each in enumerate(entry.related)
        if each in playbook.entries
    ]
    return [divider(), section(f"*{text('entry.related')}*"), actions(buttons)] if buttons else []


def _upkeep(entry: Entry, text: Text, rights: EntryRights) -> Block:
    """How the entry is kept true."""
    buttons = [
        button(text("entry.edit" if rights.edits else "entry.suggest"), EDIT, entry.id),
        button(text("entry.history"), HISTORY, entry.id),
    ]
    if rights.verifies:
        buttons.insert(0, button(text("entry.verify"), VERIFY, entry.id))
    if rights.edits:
        buttons.append(button(text("entry.retire"), RETIRE, entry.id))
    return actions(buttons)

"""Conversations with the app: what to ask to begin with, what to ask on, and the answers to that."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.assistant import Further, Wanted
from bot.domain.customer import Customer
from bot.domain.entry import Entry, Lang
from bot.domain.kinds import variant_of
from bot.domain.playbook import Playbook
from bot.text import Text
from bot.views.blocks import Block, actions, button, context, escape, numbered, section
from bot.views.entryfields import field, follow_up_line, source_line, unbroken
from bot.views.playbook import MORE, PICK, VISIT
from bot.views.shown import Shown

FIRST: Final = ("fee", "bank", "buyer", "recourse")
OFFERED: Final = (Wanted.INSIST, Wanted.NEXT, Wanted.PROOF, Wanted.NEVER)
"""Slack shows four at most."""
Prompt = Mapping[str, str]


def first_prompts(text: Text) -> list[Prompt]:
    """To begin with: what customers say most."""
    return [_prompt(text(f"assistant.first_{each}")) for each in FIRST]


def prompts(text: Text) -> list[Prompt]:
    """Under an answer: what can be asked on; `text` is of the language of the answer."""
    return [_prompt(text(f"assistant.ask_{each}")) for each in OFFERED]


def _prompt(said: str) -> Prompt:
    return {"title": said, "message": said}


def answer(
    entry: Entry, ask: Wanted, found: Further, shown: Shown, playbook: Playbook, text: Text, customer: Customer | None
) -> list[Block]:
    """What more the same play has to say; nothing that is not in it."""
    lang = shown.lang
    blocks = [section(text(f"assistant.title_{ask}", title=escape(entry.title.in_(lang))))]
    blocks += [field(entry, name, lang, text) for name in found.fields]
    variant = variant_of(entry, customer)
    if found.fields and variant is not None and variant.note is not None:
        blocks.append(context(escape(variant.note.in_(lang))))
    blocks += _lines(entry, found, playbook, lang, text)
    if len(blocks) == 1:
        blocks.append(section(text("assistant.nothing_more")))
    if found.related:
        blocks += _related(entry, shown, playbook, text)
    value = shown.packed()
    buttons = [
        button(text("entry.more"), numbered(MORE, 0), value),
        button(text("entry.visit"), numbered(VISIT, 0), value),
    ]
    return [*blocks, actions(buttons)]


def fallback(entry: Entry, ask: Wanted, lang: Lang, text: Text) -> str:
    return text(f"assistant.title_{ask}", title=entry.title.in_(lang))


def _lines(entry: Entry, found: Further, playbook: Playbook, lang: Lang, text: Text) -> list[Block]:
    said: list[str] = []
    if found.evidence:
        said += [f"• {escape(each.in_(lang))}\n_{source_line(each, playbook, lang, text)}_" for each in entry.evidence]
    if found.never:
        said += [f"✗ {escape(each.in_(lang))} [{unbroken(each.rule)}]" for each in entry.never]
    if found.follow_up:
        said += [f"• {follow_up_line(each, lang, text)}" for each in entry.follow_up]
    return [section("\n".join(said))] if said else []


def _related(entry: Entry, shown: Shown, playbook: Playbook, text: Text) -> list[Block]:
    found: Sequence[Entry] = [each for name in entry.related[:3] if (each := playbook.find(name)) is not None]
    if not found:
        return []
    picks = [
        button(
            each.title.in_(shown.lang),
            numbered(PICK, row),
            Shown(each.id, shown.lang, customer_id=shown.customer_id).packed(),
        )
        for row, each in enumerate(found)
    ]
    return [context(text("assistant.elsewhere")), actions(picks)]

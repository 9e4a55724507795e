"""The meeting brief on one screen."""

from bot.domain.entry import Entry, Lang, Negotiation
from bot.domain.preparation import Likely, Preparation
from bot.text import Text
from bot.views.blocks import Block, actions, button, clip, context, divider, escape, header, numbered, section
from bot.views.customers import LOG, contact_lines
from bot.views.playbook import MORE, Shown

NOTE_SHOWN = 120
CHECKS_SHOWN = 3
STEPS_SHOWN = 3


def page(found: Preparation, text: Text) -> list[Block]:
    """Where things stand, what to expect, what to ask, what to have at hand; each play a click away."""
    brief, lang = found.brief, text.lang
    blocks = [header(text("prep.title", customer=brief.customer.name)), section(contact_lines(brief, text))]
    if brief.visits:
        last = brief.visits[0]
        blocks.append(section(f"*{text('prep.last', on=last.on)}*\n{escape(clip(last.note, NOTE_SHOWN))}"))
    if brief.steps:
        steps = [text("customer.step", title=escape(each.title), due=each.due_on) for each in brief.steps[:STEPS_SHOWN]]
        blocks.append(section(f"*{text('customer.steps')}*\n" + "\n".join(steps)))
    expected = [f"• {_expected(each, text)}\n>{escape(each.entry.speak.in_(lang))}" for each in found.likely]
    blocks.append(section(f"*{text('prep.likely')}*\n" + "\n".join(expected)))
    asked = [f">{escape(each.speak.in_(lang))}" for each in found.questions]
    if asked:
        blocks.append(section(f"*{text('prep.questions')}*\n" + "\n".join(asked)))
    if isinstance(found.clause, Negotiation):
        checks = [f"☐ {escape(each.in_(lang))}" for each in found.clause.checklist[:CHECKS_SHOWN]]
        blocks.append(section(f"*{text('prep.clause', title=found.clause.title.in_(lang))}*\n" + "\n".join(checks)))
    entries = [*(each.entry for each in found.likely), *([found.clause] if found.clause else [])]
    blocks += [divider(), context(text("prep.open")), actions(_opening(entries, lang))]
    blocks.append(actions([button(text("customer.log"), LOG, brief.customer.id, style="primary")]))
    return blocks


def _expected(likely: Likely, text: Text) -> str:
    title = escape(likely.entry.title.in_(text.lang))
    return text("prep.raised", title=title, count=likely.raised) if likely.raised else f"*{title}*"


def _opening(entries: list[Entry], lang: Lang) -> list[Block]:
    return [
        button(entry.title.in_(lang), numbered(MORE, row), Shown(entry.id, lang).packed())
        for row, entry in enumerate(entries)
    ]

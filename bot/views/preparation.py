"""The meeting brief on one screen."""

from bot.domain.entry import Entry, Lang
from bot.domain.kinds import Negotiation
from bot.domain.preparation import Likely, Preparation
from bot.text import Text
from bot.views.blocks import Block, actions, button, clip, context, divider, escape, header, numbered, section
from bot.views.customers import LOG, contact_lines
from bot.views.playbook import MORE, Shown
from bot.views.variants import for_whom

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
    expected = [_expected(each, text) for each in found.likely]
    blocks.append(section(f"*{text('prep.likely')}*\n" + "\n".join(expected)))
    asked = [f">{escape(each.speak.in_(lang))}" for each in found.questions]
    if asked:
        blocks.append(section(f"*{text('prep.questions')}*\n" + "\n".join(asked)))
    if isinstance(found.clause, Negotiation):
        checks = [f"☐ {escape(each.in_(lang))}" for each in found.clause.checklist[:CHECKS_SHOWN]]
        blocks.append(section(f"*{text('prep.clause', title=found.clause.title.in_(lang))}*\n" + "\n".join(checks)))
    entries = [*(each.entry for each in found.likely), *([found.clause] if found.clause else [])]
    blocks += [divider(), context(text("prep.open")), actions(_opening(entries, brief.customer.id, lang))]
    blocks.append(actions([button(text("customer.log"), LOG, brief.customer.id, style="primary")]))
    return blocks


def _expected(likely: Likely, text: Text) -> str:
    """What to expect, and what to say to this customer."""
    title, variant = escape(likely.entry.title.in_(text.lang)), likely.variant
    heading = text("prep.raised", title=title, count=likely.raised) if likely.raised else f"*{title}*"
    whom = f"  ·  {for_whom(variant.audience, text)}" if variant else ""
    said = variant.say if variant else likely.entry.speak
    return f"• {heading}{whom}\n>{escape(said.in_(text.lang))}"


def _opening(entries: list[Entry], customer_id: str, lang: Lang) -> list[Block]:
    return [
        button(entry.title.in_(lang), numbered(MORE, row), Shown(entry.id, lang, customer_id=customer_id).packed())
        for row, entry in enumerate(entries)
    ]

"""The meeting brief on one screen."""

from unicodedata import east_asian_width

from bot.domain.entry import Entry, Lang
from bot.domain.kinds import Negotiation
from bot.domain.need import Difference
from bot.domain.preparation import Likely, Preparation
from bot.text import Text
from bot.views.blocks import Block, actions, button, context, divider, escape, header, numbered, section
from bot.views.customers import LOG, NEEDS, contact_lines
from bot.views.dossiers import buyer_line
from bot.views.followups import step_title
from bot.views.objections import ask_outcome, history_line
from bot.views.playbook import MORE
from bot.views.shown import Shown
from bot.views.variants import for_whom

LINE_WIDTH = 66
"""Of a note or a need, a Chinese character counting two: a line each, or the page would not fit a screen."""
STEPS_SHOWN = 3
NEEDS_SHOWN = 3
BUYERS_SHOWN = 3


def page(found: Preparation, text: Text) -> list[Block]:
    """Where things stand, what to expect, what to ask, what to have at hand; each play a click away."""
    brief, lang = found.brief, text.lang
    blocks = [header(text("prep.title", customer=brief.customer.name)), section(contact_lines(brief, text))]
    if brief.visits:
        notes = [text("prep.note", on=each.on, note=escape(_short(each.note))) for each in brief.visits]
        blocks.append(section(f"*{text('customer.notes')}*\n" + "\n".join(notes)))
    if brief.steps:
        steps = [
            text("customer.step", title=step_title(each, text), due=each.due_on) for each in brief.steps[:STEPS_SHOWN]
        ]
        blocks.append(section(f"*{text('customer.steps')}*\n" + "\n".join(steps)))
    if found.changed:
        needs = [_changed(each, text) for each in found.changed[:NEEDS_SHOWN]]
        blocks.append(section(f"*{text('prep.changed')}*\n" + "\n".join(needs)))
    if found.ageing:
        buyers = [f"• {buyer_line(each, text)}" for each in found.ageing[:BUYERS_SHOWN]]
        blocks.append(section(f"*{text('prep.ageing')}*\n" + "\n".join(buyers)))
    expected = [_expected(each, text) for each in found.likely]
    blocks.append(section(f"*{text('prep.likely')}*\n" + "\n".join(expected)))
    asked = [f">{escape(each.speak.in_(lang))}" for each in found.questions]
    if asked:
        blocks.append(section(f"*{text('prep.questions')}*\n" + "\n".join(asked)))
    forbidden = [f"• {each}" for each in _forbidden(found, text)]
    if forbidden:
        blocks.append(section(f"*{text('prep.forbidden')}*\n" + "\n".join(forbidden)))
    entries = [*(each.entry for each in found.likely), *([found.clause] if found.clause else [])]
    below = [text("prep.open")]
    if isinstance(found.clause, Negotiation):
        below.insert(0, text("prep.clause", title=escape(found.clause.title.in_(lang))))
    blocks += [divider(), context(" · ".join(below)), actions(_opening(entries, brief.customer.id, lang))]
    open_ones = [each for each in found.likely if each.history is not None and each.history.last.held is None]
    if open_ones and open_ones[0].history is not None:
        blocks += ask_outcome(open_ones[0].history, escape(open_ones[0].entry.title.in_(lang)), text)
    log = button(text("customer.log"), LOG, brief.customer.id, style="primary")
    blocks.append(actions([log, button(text("customer.open_needs"), NEEDS, brief.customer.id)]))
    return blocks


def _expected(likely: Likely, text: Text) -> str:
    """What to expect, and what to say to this customer."""
    title, variant = escape(likely.entry.title.in_(text.lang)), likely.variant
    heading = f"*{title}*"
    if likely.history is not None:
        heading = text("prep.raised", title=title, history=history_line(likely.history, text))
    whom = f"  ·  {for_whom(variant.audience, text)}" if variant else ""
    said = variant.say if variant else likely.entry.speak
    return f"• {heading}{whom}\n>{escape(said.in_(text.lang))}"


def _short(note: str) -> str:
    """As much as a line holds beside the day."""
    words, width = " ".join(note.split()), 0
    for place, sign in enumerate(words):
        width += 2 if east_asian_width(sign) in "WF" else 1
        if width > LINE_WIDTH:
            return f"{words[: place - 1]}…"
    return words


def _changed(found: Difference, text: Text) -> str:
    """One line a need."""
    need = escape(_short(found.after.statement))
    if found.before is None:
        return text("prep.need_new", need=need, status=text(f"need.status_{found.after.status}"))
    return text("prep.need_changed", need=need, what=text.listed(text(f"need.{name}") for name in found.fields))


def _forbidden(found: Preparation, text: Text) -> list[str]:
    """What the customer's own state forbids, then what the likely objections tempt one to say."""
    said = [text(f"prep.caution_{each}") for each in found.cautions]
    if found.quiet_reason:
        said.append(text("prep.quiet_reason", reason=escape(found.quiet_reason)))
    return [*said, *(escape(each.in_(text.lang)) for each in found.forbidden)]


def _opening(entries: list[Entry], customer_id: str, lang: Lang) -> list[Block]:
    return [
        button(entry.title.in_(lang), numbered(MORE, row), Shown(entry.id, lang, customer_id=customer_id).packed())
        for row, entry in enumerate(entries)
    ]

"""What is said of a note: that it is saved and what follows, its earlier versions, what did not fit."""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import Final

from bot.domain.kinds import Objection, variant_of
from bot.domain.note import Recorded
from bot.domain.playbook import Playbook
from bot.domain.visit import Promised, Visit
from bot.text import Text
from bot.views.blocks import Block, View, actions, button, clip, context, divider, escape, modal, section
from bot.views.followups import reason
from bot.views.playbook import MORE
from bot.views.shown import Shown
from bot.views.variants import for_whom
from bot.views.visitnotices import moment, notice

EDIT: Final = "visit_edit"
HISTORY_MODAL: Final = "visit_history_modal"
WAIT_MODAL: Final = "visit_wait"

PART: Final = 2400
MAX_PARTS: Final = 20
NEEDS_SHOWN: Final = 5


def saved(recorded: Recorded, created: bool, playbook: Playbook, text: Text, today: date) -> list[Block]:
    """The confirmation: what was stored, the next contact with its reason, and what helps right now."""
    visit, customer = recorded.visit, recorded.customer
    how = text(f"visit.channel_{visit.channel}")
    key = "visit.saved" if visit.version == 1 else "visit.saved_change"
    lines = [text(key, customer=escape(customer.name), channel=how, on=visit.on)]
    if created:
        lines.append(text("visit.saved_created", customer=escape(customer.name), tier=customer.tier))
    body = [f"*{text('visit.saved_note')}*\n>{quoted(visit.note)}"]
    if visit.objection_ids:
        found = [
            playbook.entries[each].title.in_(text.lang) for each in visit.objection_ids if each in playbook.entries
        ]
        body.append(text("visit.saved_objections", titles=" · ".join(found)))
    if visit.next_step and visit.next_step_on:
        body.append(text("visit.saved_step", title=escape(visit.next_step), due=visit.next_step_on))
    if promised := [_promised(each, text) for each in visit.facts.promises]:
        body.append("\n".join([f"*{text('visit.saved_promises')}*", *promised]))
    why = reason(recorded.contact, text, today)
    body.append(text("visit.next_contact", due=recorded.contact.due_on, why=why))
    if not recorded.has_next_step:
        body.append(f":bulb: {text('quality.no_next_step')}")
    if needs := [f"• {escape(each.statement)}" for each in recorded.needs[:NEEDS_SHOWN]]:
        body.append("\n".join([f"*{text('visit.saved_needs')}*", *needs]))
    blocks = [section("\n".join(lines)), *(section(part) for part in body), *_play(recorded, playbook, text)]
    return [*blocks, actions([button(text("visit.edit"), EDIT, visit.id)])]


def _promised(promise: Promised, text: Text) -> str:
    what = escape(promise.text)
    if promise.due_on is None:
        return f"• {text(f'visit.promise_{promise.by}_open', what=what)}"
    line = f"• {text(f'visit.promise_{promise.by}', what=what, due=text.spelled(promise.due_on))}"
    return f"{line}  ·  {text('visit.saved_again')}" if promise.again else line


def _play(recorded: Recorded, playbook: Playbook, text: Text) -> Iterator[Block]:
    """What to say to the first objection that was heard, as this customer's industry and tier ask for."""
    found, customer = recorded.visit.objection_ids, recorded.customer
    entry = next((playbook.find(each) for each in found if playbook.find(each)), None)
    if isinstance(entry, Objection):
        variant = variant_of(entry, customer)
        heading = text("visit.saved_play", title=entry.title.in_(text.lang))
        whom = f"  ·  {for_whom(variant.audience, text)}" if variant else ""
        said = (variant or entry).say.in_(text.lang)
        shown = Shown(entry.id, text.lang, customer_id=customer.id)
        yield section(f"*{heading}*{whom}\n>{escape(said)}", button(text("visit.play_open"), MORE, shown.packed()))


def history(versions: Sequence[Visit], zone: tzinfo, text: Text) -> View:
    """Every version of a note, the newest first; the window holds a hundred blocks."""
    blocks: list[Block] = []
    for each in versions[:MAX_PARTS]:
        heading = text(
            "visit.version", number=each.version, author=each.written_by, at=moment(each.written_at, zone, text)
        )
        how = text(f"visit.channel_{each.channel}")
        blocks += [divider(), context(heading), section(f"{text.spelled(each.on)} · {how}\n>{quoted(each.note)}")]
    return modal(HISTORY_MODAL, text("visit.history"), blocks[1:], close=text("visit.close"))


def changed_meanwhile(stored: Visit, zone: tzinfo, text: Text) -> list[Block]:
    """Above the form, whose own words stay in it."""
    at = moment(stored.written_at, zone, text)
    told = text("visit.changed_meanwhile", author=stored.written_by, at=at)
    return [notice(f":warning: {told}", "changed"), notice(f">{quoted(stored.note)}", "stored")]


def waiting(text: Text) -> View:
    """While a thread is fetched; there is nothing to type in yet that could be lost."""
    return modal(WAIT_MODAL, text("visit.title"), [section(text("visit.reading_thread"))], close=text("visit.cancel"))


def kept(intro: str, rest: str) -> list[Block]:
    """What did not fit the form."""
    parts = [rest[at : at + PART] for at in range(0, min(len(rest), PART * MAX_PARTS), PART)]
    return [section(intro), *(section(f">{quoted(part)}") for part in parts)]


def quoted(note: str) -> str:
    """A note as one mrkdwn quotation that fits a section."""
    return escape(clip(note, 2500)).replace("\n", "\n>")

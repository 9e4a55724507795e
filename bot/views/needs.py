"""The needs file: needs by status, what was heard of each, and what differs between two days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.domain.customer import Customer
from bot.domain.customerform import marks
from bot.domain.dossier import Dossier
from bot.domain.need import (
    SENTENCE_LIMIT,
    SHORT_LIMIT,
    STATEMENT_LIMIT,
    Confidence,
    Difference,
    Need,
    NeedChange,
    NeedStatus,
    NeedType,
    timeline,
)
from bot.domain.visit import Visit
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clip,
    context,
    escape,
    header,
    input_block,
    modal,
    numbered,
    option,
    overflow,
    section,
    select,
)
from bot.views.customers import need_line

FILE_MODAL: Final = "needs_file"
CHANGE_MODAL: Final = "needs_change"
COMPARE_MODAL: Final = "needs_compare"
ADD: Final = "needs_add"
MENU: Final = "needs_menu"
COMPARE: Final = "needs_compare_open"
TIMELINE: Final = "needs_timeline"
CHANGE: Final = "change"
MENU_ITEMS: Final = ("confirmed", CHANGE, "met", "void", "timeline")
"""What a need's menu offers: a status to set, to change it, and to look back."""
NEEDS_SHOWN: Final = 40
"""Two blocks a need at most keep the window under Slack's 100."""
CHANGES_SHOWN: Final = 60
DIFFERENCES_SHOWN: Final = 40
SOURCES_SHOWN: Final = 20
NONE: Final = "-"
"""The option of a menu that stands for nothing chosen."""

FIELDS: Final = ("type", "statement", "amount", "wanted_by", "why", "priority", "confidence")


def file(found: Dossier, today: date, text: Text) -> View:
    """Open ones first; what contradicts itself stands side by side."""
    customer, needs = found.customer, found.needs
    begin = [button(text("need.add"), ADD, customer.id, style="primary")]
    if found.changes:
        begin.append(button(text("need.compare"), COMPARE, customer.id))
        begin.append(button(text("need.timeline"), TIMELINE, customer.id))
    blocks: list[Block] = [section(f"*{escape(customer.name)}*"), actions(begin)]
    if not needs:
        blocks.append(section(text("need.nothing")))
    row = 0
    for status in (NeedStatus.CONFIRMED, NeedStatus.ASSUMED, NeedStatus.MET, NeedStatus.VOID):
        fitting = [each for each in needs if each.status is status]
        if fitting and row < NEEDS_SHOWN:
            blocks.append(header(f"{text(f'need.status_{status}')} · {len(fitting)}"))
        for need in fitting[: max(0, NEEDS_SHOWN - row)]:
            blocks += _row(need, row, found, today, text)
            row += 1
    if len(needs) > NEEDS_SHOWN:
        blocks.append(context(text("customer.more", count=len(needs) - NEEDS_SHOWN)))
    return modal(FILE_MODAL, text("need.title"), blocks, close=text("entry.close"), metadata={"c": customer.id})


def change_form(customer: Customer, need: Need | None, visits: Sequence[Visit], today: date, text: Text) -> View:
    """A new need, or what has changed about one; with it, who said so and how."""
    values = need_values(need)
    types = [option(text(f"need.type_{each}"), each) for each in NeedType]
    sure = [option(text("need.none"), NONE), *(option(text(f"need.confidence_{each}"), each) for each in Confidence)]
    ranks = [
        option(text("need.none"), NONE),
        *(option(text(f"need.priority_{each}"), str(each)) for each in range(1, 6)),
    ]
    blocks = [
        input_block("statement", text("need.statement"), _typed("statement", STATEMENT_LIMIT, values["statement"])),
        input_block("type", text("need.type"), _menu("type", types, values["type"], text("need.type"))),
        _optional("amount", text("need.amount"), _typed("amount", SHORT_LIMIT, values["amount"])),
        _optional("wanted_by", text("need.wanted_by"), _typed("wanted_by", SHORT_LIMIT, values["wanted_by"])),
        _optional("why", text("need.why"), _typed("why", STATEMENT_LIMIT, values["why"])),
        _optional("priority", text("need.priority"), _menu("priority", ranks, values["priority"], text("need.none"))),
        _optional(
            "confidence", text("need.confidence"), _menu("confidence", sure, values["confidence"], text("need.none"))
        ),
    ]
    if need is None:
        states = [option(text(f"need.status_{each}"), each) for each in (NeedStatus.ASSUMED, NeedStatus.CONFIRMED)]
        blocks.append(
            input_block("status", text("need.status"), _menu("status", states, "assumed", text("need.status")))
        )
    blocks += _heard(visits, today, text)
    return modal(
        CHANGE_MODAL,
        text("need.title_change" if need else "need.title_add"),
        blocks,
        close=text("visit.cancel"),
        submit=text("visit.submit"),
        metadata={"c": customer.id, "n": need.id if need else "", "o": marks(values)},
    )


def status_form(
    found: Dossier, need: Need, status: NeedStatus, visits: Sequence[Visit], today: date, text: Text
) -> View:
    """Confirmed anew, met, or void: on whose word."""
    blocks = [section(need_line(need, found.stale_after, today, text))]
    if status is NeedStatus.CONFIRMED:
        blocks += [section(each) for each in _contradictions(need, text)]
    return modal(
        CHANGE_MODAL,
        text(f"need.title_{status}"),
        [*blocks, *_heard(visits, today, text)],
        close=text("visit.cancel"),
        submit=text("visit.submit"),
        metadata={"c": found.customer.id, "n": need.id, "s": status},
    )


def timeline_view(found: Dossier, need_id: str, text: Text) -> View:
    """Newest first; of one need, or of all."""
    names = {each.id: each.statement for each in found.needs}
    every = [each for each in timeline(found.changes) if need_id in ("", each.need_id)]
    shown = list(reversed(every))[:CHANGES_SHOWN]
    blocks: list[Block] = [section(f"*{escape(found.customer.name)}*")]
    for change in shown:
        title = "" if need_id else f"*{escape(clip(names[change.need_id], SHORT_LIMIT))}*\n"
        blocks.append(section(f"{title}{_change(change, text)}"))
    if len(every) > len(shown):
        blocks.append(context(text("customer.more", count=len(every) - len(shown))))
    return modal(FILE_MODAL, text("need.timeline"), blocks, close=text("entry.close"))


def compare_form(
    customer: Customer, before: date, after: date, text: Text, found: Sequence[Difference] | None = None
) -> View:
    """Two days to choose; below them what differs, once they were chosen."""
    blocks = [
        input_block("before", text("need.before"), _day("before", before)),
        input_block("after", text("need.after"), _day("after", after)),
    ]
    if found is not None:
        blocks.append(header(text("need.differs", before=before, after=after)))
        if not found:
            blocks.append(section(text("need.same")))
        blocks += [section(difference_lines(each, text)) for each in found[:DIFFERENCES_SHOWN]]
    return modal(
        COMPARE_MODAL,
        text("need.compare"),
        blocks,
        close=text("entry.close"),
        submit=text("need.show"),
        metadata={"c": customer.id},
    )


def difference_lines(found: Difference, text: Text) -> str:
    """What it was and what it is, field by field."""
    title = f"*{escape(clip(found.after.statement, STATEMENT_LIMIT))}*"
    if found.before is None:
        return text("need.is_new", need=title, status=text(f"need.status_{found.after.status}"))
    lines = [title]
    for name in found.fields:
        was, now = (escape(_said(name, getattr(each, name), text)) for each in (found.before, found.after))
        lines.append(text("need.was_and_is", field=text(f"need.{name}"), was=was, now=now))
    return "\n".join(lines)


def need_values(need: Need | None) -> dict[str, str]:
    """What stands in the form."""
    if need is None:
        return dict.fromkeys(FIELDS, "") | {"type": NeedType.LIQUIDITY}
    return {name: "" if (value := getattr(need, name)) is None else str(value) for name in FIELDS}


def _row(need: Need, number: int, found: Dossier, today: date, text: Text) -> list[Block]:
    lines = [need_line(need, found.stale_after, today, text), _about(need, text)]
    lines += _contradictions(need, text)
    items = MENU_ITEMS if need.status.is_open else (CHANGE, "confirmed", "timeline")
    menu = overflow(numbered(MENU, number), [option(text(f"need.menu_{each}"), f"{each}|{need.id}") for each in items])
    return [section("\n".join(lines), accessory=menu)]


def _about(need: Need, text: Text) -> str:
    found = [text(f"need.type_{need.type}"), text("need.first_seen", on=need.first_seen)]
    if need.last_confirmed:
        found.append(text("need.last_confirmed", on=need.last_confirmed))
    if need.priority is not None:
        found.append(text("need.priority_is", priority=need.priority))
    if need.confidence is not None:
        found.append(text(f"need.confidence_{need.confidence}"))
    if need.why:
        found.append(escape(need.why))
    return " · ".join(found)


def _contradictions(need: Need, text: Text) -> list[str]:
    """Each claim with its day and its words, one below the other."""
    lines = []
    for name, claims in need.contradictions.items():
        lines.append(text("need.contradiction", field=text(f"need.{name}")))
        for each in claims:
            said = escape(_said(name, getattr(each, name), text))
            sentence = escape(clip(each.sentence, 80))
            lines.append(text("need.claim", said=said, on=each.on, author=each.author_id, sentence=sentence))
    return lines


def _change(change: NeedChange, text: Text) -> str:
    said = [
        text("need.now", field=text(f"need.{name}"), now=escape(_said(name, value, text)))
        for name in (*FIELDS, "status")
        if (value := getattr(change, name)) is not None
    ]
    heading = text("need.change", on=change.on, author=change.author_id)
    if change.source_id is not None:
        heading = f"{heading} · {text('need.from_note')}"
    lines = [heading, *([" · ".join(said)] if said else []), f">{escape(change.sentence)}".replace("\n", "\n>")]
    return "\n".join(lines)


def _said(name: str, value: object, text: Text) -> str:
    """A field's value in words."""
    if value in (None, ""):
        return text("need.none")
    if name in ("type", "confidence", "status"):
        return text(f"need.{name}_{value}")
    return str(value)


def _heard(visits: Sequence[Visit], today: date, text: Text) -> list[Block]:
    """The words that say so, on which day, and in which note."""
    sentence = _typed("sentence", SENTENCE_LIMIT, "", multiline=True)
    blocks = [
        input_block("sentence", text("need.sentence"), sentence, hint=text("need.sentence_hint")),
        input_block("on", text("need.on"), _day("on", today)),
    ]
    if visits:
        notes = [
            option(text("need.note", on=each.on, note=clip(" ".join(each.note.split()), 50)), each.id)
            for each in visits[:SOURCES_SHOWN]
        ]
        menu = _menu("source", [option(text("need.none"), NONE), *notes], "", text("need.none"))
        blocks.append(_optional("source", text("need.source"), menu))
    return blocks


def _optional(name: str, label: str, element: Block) -> Block:
    return input_block(name, label, element, optional=True)


def _typed(name: str, limit: int, initial: str, *, multiline: bool = False) -> Block:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": name, "max_length": limit}
    if multiline:
        element["multiline"] = True
    if initial:
        element["initial_value"] = initial
    return element


def _menu(name: str, options: Sequence[Mapping[str, Any]], initial: str, prompt: str) -> Block:
    chosen = next((each for each in options if each["value"] == (initial or NONE)), None)
    return select("static_select", name, prompt, options=list(options), initial_option=chosen)


def _day(name: str, initial: date) -> Block:
    return {"type": "datepicker", "action_id": name, "initial_date": initial.isoformat()}

"""What was heard in a note, as fields of the visit form: boxes to tick, and a day for each promise."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.domain.draft import Draft
from bot.domain.facts import Checked, Unit
from bot.domain.followup import FollowUp
from bot.domain.heard import PROMISES, Choice, Heard, Kind
from bot.domain.kinds import Signal
from bot.domain.playbook import Playbook
from bot.domain.repeated import said_again
from bot.text import Text
from bot.views.blocks import MAX_CHECKBOXES, OPTION_LIMIT, Block, clip, input_block, numbered, option, select

HEARD: Final = "visit_heard"
AGAIN: Final = "again"
OPEN: Final = "open"
"""A check question that was not asked, or settled nothing."""
_BETWEEN: Final = "|"
_SETTLED: Final = "s"
"""Ends the id of a field in which a person ticked something before the window was opened."""


def heard_fields(choice: Choice, draft: Draft, playbook: Playbook, text: Text) -> Iterator[Block]:
    options = [_heard_option(each, playbook, text) for each in choice.offered[:MAX_CHECKBOXES]]
    element: Block = {"type": "checkboxes", "action_id": numbered(HEARD, choice.kind), "options": options}
    # What stands in an open window is told by what was put there first; a new window shows what was ticked.
    initial = [each for each in options if each["value"] in choice.shown]
    if initial:
        element["initial_options"] = initial
    block_id = f"{choice.kind}:{choice.turn}{_SETTLED if choice.is_settled else ''}"
    yield input_block(block_id, text(f"visit.heard_{choice.kind}"), element, optional=True, dispatch=True)
    if choice.kind is Kind.PROMISE:
        yield from (_due(each, draft, text) for each in choice.offered[:MAX_CHECKBOXES])
    if choice.kind is Kind.SIGNAL:
        yield from (block for each in choice.offered[:MAX_CHECKBOXES] for block in _check(each, draft, playbook, text))
    if choice.kind is Kind.PERHAPS:
        yield from (_due(each, draft, text) for each in choice.chosen)


def _heard_option(heard: Heard, playbook: Playbook, text: Text) -> Block:
    label = heard_label(heard, playbook, text)
    found = option(label, heard.value)
    if heard.words and heard.words not in label:
        found["description"] = {"type": "plain_text", "text": clip(f"“{heard.words}”", OPTION_LIMIT), "emoji": False}
    return found


def heard_label(heard: Heard, playbook: Playbook, text: Text) -> str:
    """What is confirmed by ticking it."""
    match heard.kind:
        case Kind.PROMISE | Kind.PERHAPS:
            by, what, days = heard.promise
            due = f" {text('visit.or')} ".join(text.spelled(day) for day in days)
            return (
                text(f"visit.promise_{by}", what=what, due=due) if due else text(f"visit.promise_{by}_open", what=what)
            )
        case Kind.NEED:
            need = heard.need
            more = [text.spelled(date.fromisoformat(need.wanted_by))] if need.wanted_by else []
            return " · ".join([text(f"need.type_{need.type}"), *filter(None, [need.amount]), *more, need.statement])
        case Kind.ATTENDEE:
            return text(f"visit.attendee_{heard.attendee}")
        case Kind.SIGNAL:
            entry = playbook.find(heard.signal_id)
            return entry.title.in_(text.lang) if entry else heard.words
        case Kind.DOCUMENT:
            return text(f"visit.document_{heard.document.state}", name=heard.document.name)
        case Kind.FIGURE:
            figure = heard.figure
            amount = f"{figure.number}%" if figure.unit is Unit.PERCENT else f"¥{figure.number:,f}"
            return f"{amount} · {text(f'visit.basis_{figure.basis}')}"
        case Kind.RISK:
            hard = f" · {text('visit.risk_hard')}" if heard.risk.is_hard else ""
            return f"{text(f'visit.risk_{heard.risk}')}{hard}"


def _check(heard: Heard, draft: Draft, playbook: Playbook, text: Text) -> Iterator[Block]:
    """What came of the signal's check question; nothing where the playbook has the signal no more."""
    entry = playbook.find(heard.signal_id)
    if not isinstance(entry, Signal):
        return
    options = [option(text(f"visit.checked_{each}"), each) for each in (*Checked, OPEN)]
    known = draft.checked.get(heard.signal_id)
    initial = next((each for each in options if each["value"] == known), None)
    mine = _check_id(heard)
    menu = select("static_select", mine, text("visit.checked_prompt"), options=options, initial_option=initial)
    label = text("visit.checked", title=entry.title.in_(text.lang))
    yield input_block(mine, label, menu, optional=True, hint=f"“{entry.check.in_(text.lang)}”")


def _check_id(heard: Heard) -> str:
    return f"checked:{heard.key}"


def read_checked(choices: Sequence[Choice], leaves: Mapping[str, Any]) -> Iterator[tuple[str, Checked]]:
    for choice in choices:
        for each in choice.offered if choice.kind is Kind.SIGNAL else ():
            picked = (leaves.get(_check_id(each), {}).get("selected_option") or {}).get("value")
            if picked in list(Checked):
                yield each.signal_id, Checked(picked)


def due_id(heard: Heard) -> str:
    return f"due:{heard.key}"


def repeated(draft: Draft, steps: Sequence[FollowUp]) -> Iterator[tuple[Heard, FollowUp]]:
    """Promises that are offered and in the list already, each with the one it says again."""
    left = list(steps)
    for choice in draft.choices:
        for each in choice.offered if choice.kind in PROMISES else ():
            by, what, _ = each.promise
            if (known := said_again(by, what, left)) is not None:
                left.remove(known)
                yield each, known


def again_field(draft: Draft, steps: Sequence[FollowUp], text: Text) -> Iterator[Block]:
    """Ticked, the one in the list gets the promise's day; unticked, both stand in it."""
    found = list(repeated(draft, steps))[:MAX_CHECKBOXES]
    if not found:
        return
    options = []
    for heard, known in found:
        label = text("visit.again_option", title=clip(known.title, 40), due=text.spelled(known.due_on))
        options.append(option(label, f"{heard.key}{_BETWEEN}{known.id}"))
    ticked = [each for each, (heard, _) in zip(options, found, strict=True) if heard.key not in draft.apart]
    element: Block = {"type": "checkboxes", "action_id": AGAIN, "options": options}
    if ticked:
        element["initial_options"] = ticked
    digest = hashlib.sha256(" ".join(each["value"] for each in options).encode()).hexdigest()[:8]
    yield input_block(f"{AGAIN}:{digest}", text("visit.again"), element, optional=True, hint=text("visit.again_hint"))


def read_again(elements: Mapping[str, Any], leaves: Mapping[str, Any]) -> tuple[dict[str, str], frozenset[str]]:
    """What is said again, by the promise's key, and the promises that stand by themselves."""
    offered = [str(each["value"]) for each in elements.get(AGAIN, {}).get("options") or ()]
    ticked = {str(each["value"]) for each in leaves.get(AGAIN, {}).get("selected_options") or ()}
    pairs = dict(each.split(_BETWEEN, 1) for each in offered)
    again = {key: known for key, known in pairs.items() if f"{key}{_BETWEEN}{known}" in ticked}
    return again, frozenset(pairs.keys() - again.keys())


def _due(heard: Heard, draft: Draft, text: Text) -> Block:
    """The day of a promise: the one that was heard, or which of the two."""
    _, what, days = heard.promise
    label = text("visit.due", what=clip(what, 40))
    mine = due_id(heard)
    picked = draft.dues.get(heard.value)
    if len(days) > 1:
        options = [option(text.spelled(day), str(day)) for day in days]
        initial = next((each for each in options if each["value"] == str(picked)), None)
        menu = select("static_select", mine, text("visit.due_which"), options=options, initial_option=initial)
        return input_block(mine, label, menu, optional=True)
    first = draft.dues.get(heard.value, days[0] if days else None)
    element: Block = {"type": "datepicker", "action_id": mine}
    if first is not None:
        element["initial_date"] = str(first)
    return input_block(mine, label, element, optional=True)


def read_choices(view: Mapping[str, Any], leaves: Mapping[str, Any]) -> Iterator[Choice]:
    for block in view["blocks"]:
        element = block.get("element") or {}
        name, _, kind = str(element.get("action_id", "")).partition(".")
        if name != HEARD:
            continue
        shown = frozenset(str(each["value"]) for each in element.get("initial_options") or ())
        offered = tuple(
            Heard(each["value"], _plain(each.get("description")), each["value"] in shown) for each in element["options"]
        )
        known = frozenset(each.value for each in offered)
        ticked = (
            frozenset(str(each["value"]) for each in leaves[element["action_id"]].get("selected_options") or ()) & known
        )
        turn = str(block["block_id"]).rpartition(":")[2]
        yield Choice(
            Kind(kind), offered, ticked, shown & known, int(turn.removesuffix(_SETTLED)), turn.endswith(_SETTLED)
        )


def read_dues(choices: Sequence[Choice], leaves: Mapping[str, Any]) -> Iterator[tuple[str, date | None]]:
    for choice in choices:
        for each in choice.offered if choice.kind in PROMISES else ():
            if (leaf := leaves.get(due_id(each))) is not None:
                day = leaf.get("selected_date") or (leaf.get("selected_option") or {}).get("value")
                yield each.value, date.fromisoformat(day) if day else None


def _plain(found: Mapping[str, Any] | None) -> str:
    return str((found or {}).get("text") or "").strip("“”")

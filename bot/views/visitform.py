"""The visit form: what was typed, what was read in it to be corrected, and reading it back as it stands."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

from bot.domain.advised import digest
from bot.domain.customer import Customer, Tier, folded
from bot.domain.entry import Kind as EntryKind
from bot.domain.facts import Unit
from bot.domain.followup import FollowUp
from bot.domain.heard import Choice, Heard, Kind
from bot.domain.note import NEW, Draft, KeptDraft, NewCustomer
from bot.domain.playbook import Playbook
from bot.domain.quality import Advice, AdviceKind
from bot.domain.visit import NOTE_LIMIT, STEP_LIMIT, Channel, Visit
from bot.text import Text
from bot.views.blocks import (
    MAX_CHECKBOXES,
    MAX_OPTIONS,
    OPTION_LIMIT,
    Block,
    View,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    input_block,
    modal,
    numbered,
    option,
    option_group,
    section,
    select,
)

MODAL: Final = "visit_modal"
CUSTOMER: Final = "visit_customer"
NOTE: Final = "visit_note"
HEARD: Final = "visit_heard"
CONTINUE: Final = "visit_draft_continue"
DISCARD: Final = "visit_draft_discard"
HISTORY: Final = "visit_history"
KEEP: Final = "keep"

LONGEST_NAME: Final = 60
ADVICE_SHOWN: Final = 8
ADVICE_LIMIT: Final = 100
"""Characters of the note that a piece of advice repeats."""
PASTED_PART: Final = 3000
_OPTION_VALUE_LIMIT: Final = 150
_BLOCK_ID_LIMIT: Final = 255
_TOP: Final = "top"
_SETTLED: Final = "s"
"""Ends the id of a field in which a person ticked something before the window was opened."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows. `origin` is what it remembers of where and when it was opened (`handlers.visitform`).

    With `g` among it there is advice above, and saving again saves it all the same.
    """

    draft: Draft
    today: date
    steps: Sequence[FollowUp] = ()
    ticked: frozenset[str] = frozenset()
    origin: Mapping[str, str] | None = None
    shown: Mapping[str, str] | None = None
    """By field, with what the window that is open put it there; None for a window to be opened."""
    words: Mapping[str, str] = field(default_factory=dict)
    """By field, the words it was guessed from."""
    other_on: date | None = None
    drafts: Sequence[KeptDraft] = ()
    """To go on with instead."""
    notices: Sequence[Block] = ()
    """Above everything else."""
    stored: Visit | None = None
    """The saved note that is being changed."""
    zone: tzinfo = UTC

    def first(self, name: str) -> str:
        """What a field holds before anybody touches it; also tells this field from one with another first value."""
        value = self.draft.fields()[name]
        return value if self.shown is None else self.shown.get(name, value)


def form(state: Form, playbook: Playbook, text: Text) -> View:
    draft, stored = state.draft, state.stored
    blocks = [*state.notices, *_drafts(state, text)]
    if stored is None:
        blocks.append(_customer(state, text))
        if draft.customer is None and draft.customer_name:
            blocks += _new_customer(draft.customer_name, text)
    else:
        blocks += _changing(draft, stored, text)
    blocks += _pasted(draft.pasted, text)
    blocks.append(_note(state, text))
    blocks += [_on(state, text), _channel(state, text)]
    for choice in draft.choices:
        if choice.kind in (Kind.PROMISE, Kind.NEED):
            blocks += _choice(choice, draft, playbook, text)
    blocks.append(_objections(state, playbook, text))
    for choice in draft.choices:
        if choice.kind not in (Kind.PROMISE, Kind.NEED):
            blocks += _choice(choice, draft, playbook, text)
    if state.steps:
        blocks.append(_steps(state.steps, state.ticked, text))
    if stored is None or not stored.next_step:
        blocks += _next_step(state, text)
    view = modal(
        MODAL,
        text("visit.title_change" if stored else "visit.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("visit.submit_anyway" if "g" in (state.origin or {}) else "visit.submit"),
        metadata=dict(state.origin or {}),
    )
    return view | {"notify_on_close": True}


def suggestions(customers: Sequence[Customer], typed: str, text: Text) -> list[Block]:
    """Options of the type-ahead: the customers, and creating one unless the typed name is taken."""
    typed = typed.strip()
    taken = any(folded(typed) == folded(name) for each in customers for name in each.names)
    wants_new = 2 <= len(typed) <= LONGEST_NAME and not taken
    options = [option(_label(each), each.id) for each in customers[: MAX_OPTIONS - wants_new]]
    if wants_new:
        options.append(option(text("visit.customer_new", name=typed), f"{NEW}{typed}"))
    return options


# Reading a form back


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands: `customer` is the chosen option's value, `shown` as in `Form`."""

    draft: Draft
    on: date
    channel: Channel
    shown: Mapping[str, str]
    customer: str
    done: tuple[str, ...]
    kept: frozenset[str]
    """Personal data that was ticked to stay."""
    new: NewCustomer | None

    @property
    def untouched(self) -> frozenset[str]:
        """Fields that hold what was put there, or nothing."""
        now = {**self.draft.fields(), "customer": self.customer}
        return frozenset(name for name, value in self.shown.items() if now[name] == value)

    @property
    def undecided(self) -> tuple[int, ...]:
        """Places of chosen promises that may be due on either of two days, none of which was picked."""
        chosen = self.draft.chosen(Kind.PROMISE)
        return tuple(
            place
            for place, each in enumerate(chosen)
            if len(each.promise[2]) > 1 and self.draft.dues.get(each.value) is None
        )


def filled(view: Mapping[str, Any]) -> Filled:
    """Of a payload's view. Raises KeyError, TypeError or ValueError where it is none that Slack would send."""
    elements = {block["element"]["action_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    given = {name: leaf for block in view["state"]["values"].values() for name, leaf in block.items()}
    # A window that is closed tells of the fields that were touched, and no more.
    leaves = {name: given.get(name) or _first_leaf(element) for name, element in elements.items()}
    customer = _picked(leaves, CUSTOMER)
    choices = tuple(_read_choices(view, leaves))
    on, channel = date.fromisoformat(leaves["on"]["selected_date"]), Channel(_picked(leaves, "channel"))
    due = leaves.get("next_step_on", {}).get("selected_date")
    draft = Draft(
        customer_name=customer.removeprefix(NEW) if customer.startswith(NEW) else "",
        note=_typed(leaves, NOTE),
        objection_ids=_several(leaves, "objections"),
        pasted="".join(
            block["text"]["text"]
            for block in view["blocks"]
            if block["type"] == "section" and str(block.get("block_id", "")).startswith("pasted")
        ),
        on=on,
        channel=channel,
        next_step=_typed(leaves, "next_step"),
        next_step_on=date.fromisoformat(due) if due else None,
        choices=choices,
        dues=dict(_read_dues(choices, leaves)),
    )
    new = None
    if customer.startswith(NEW):
        tier = Tier(_picked(leaves, "new_tier") or Tier.B)
        name = _typed(leaves, "new_name") if "new_name" in leaves else customer.removeprefix(NEW)
        new = NewCustomer(name.strip(), tier, _typed(leaves, "new_industry").strip())
    return Filled(
        draft=draft,
        on=on,
        channel=channel,
        shown=dict(_read_shown(elements)),
        customer=customer,
        done=_several(leaves, "done"),
        kept=frozenset(_several(leaves, KEEP)),
        new=new,
    )


def block_ids(view: Mapping[str, Any], chosen: Sequence[Heard] = ()) -> dict[str, str]:
    """Of the fields, by their names; `due.0` is that of the first promise that is ticked."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    found = {each.split(":")[0]: each for each in inputs}
    found.setdefault("new_name", found.get("customer", found["note"]))
    for place, each in enumerate(chosen):
        found[f"due.{place}"] = _due_id(each) if _due_id(each) in inputs else found["note"]
    return found


def _first_leaf(element: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": element.get("initial_value"),
        "selected_date": element.get("initial_date"),
        "selected_option": element.get("initial_option"),
        "selected_options": element.get("initial_options"),
    }


def _typed(leaves: Mapping[str, Any], name: str) -> str:
    return str(leaves.get(name, {}).get("value") or "")


def _picked(leaves: Mapping[str, Any], name: str) -> str:
    return str((leaves.get(name, {}).get("selected_option") or {}).get("value") or "")


def _several(leaves: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(each["value"]) for each in leaves.get(name, {}).get("selected_options") or ())


def _read_shown(elements: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The first value of each field that may be guessed."""
    initial = {name: element.get("initial_option") or {} for name, element in elements.items()}
    if CUSTOMER in elements:
        yield "customer", str(initial[CUSTOMER].get("value") or "")
    yield "on", str(elements["on"].get("initial_date") or "")
    yield "channel", str(initial["channel"].get("value") or "")
    yield "objections", ",".join(sorted(each["value"] for each in elements["objections"].get("initial_options") or ()))
    if "next_step" in elements:
        yield "next_step", str(elements["next_step"].get("initial_value") or "")
        yield "next_step_on", str(elements["next_step_on"].get("initial_date") or "")


def _read_choices(view: Mapping[str, Any], leaves: Mapping[str, Any]) -> Iterator[Choice]:
    for block in view["blocks"]:
        element = block.get("element") or {}
        name, _, kind = str(element.get("action_id", "")).partition(".")
        if name != HEARD:
            continue
        shown = frozenset(str(each["value"]) for each in element.get("initial_options") or ())
        offered = tuple(
            Heard(each["value"], _plain(each.get("description")), each["value"] in shown) for each in element["options"]
        )
        known = {each.value for each in offered}
        ticked = frozenset(_several(leaves, element["action_id"])) & known
        turn = str(block["block_id"]).rpartition(":")[2]
        yield Choice(
            Kind(kind), offered, ticked, shown & known, int(turn.removesuffix(_SETTLED)), turn.endswith(_SETTLED)
        )


def _read_dues(choices: Sequence[Choice], leaves: Mapping[str, Any]) -> Iterator[tuple[str, date | None]]:
    for choice in choices:
        for each in choice.offered if choice.kind is Kind.PROMISE else ():
            if (leaf := leaves.get(_due_id(each))) is not None:
                day = leaf.get("selected_date") or (leaf.get("selected_option") or {}).get("value")
                yield each.value, date.fromisoformat(day) if day else None


def _plain(found: Mapping[str, Any] | None) -> str:
    return str((found or {}).get("text") or "").strip("“”")


# The fields


def _named(state: Form, name: str, first: str = "") -> str:
    """Slack keeps what stands in a field of the same id, so one with another first value needs another."""
    digest = hashlib.sha256(first.encode()).hexdigest()[:8] if first else ""
    return ":".join(filter(None, (name, digest, (state.origin or {}).get("w", ""))))


def _label(customer: Customer) -> str:
    return f"{customer.name} · {customer.tier}"


def _quoted_words(state: Form, name: str, text: Text) -> str:
    words = state.words.get(name, "")
    return text("visit.heard_from", words=clip(words, 120)) if words else ""


def _customer(state: Form, text: Text) -> Block:
    first = state.first("customer")
    initial, draft = None, state.draft
    if draft.customer is not None and draft.customer.id == first:
        initial = option(_label(draft.customer), first)
    elif first.startswith(NEW) and len(first) <= _OPTION_VALUE_LIMIT:
        initial = option(text("visit.customer_new", name=first.removeprefix(NEW)), first)
    element = select(
        "external_select", CUSTOMER, text("visit.customer_prompt"), min_query_length=0, initial_option=initial
    )
    block_id = _named(state, "customer", first if initial else "")
    hint = _quoted_words(state, "customer", text)
    return input_block(block_id, text("visit.customer"), element, dispatch=True, hint=hint)


def _new_customer(name: str, text: Text) -> list[Block]:
    tiers = [option(text(f"visit.tier_{tier}"), tier) for tier in Tier]
    full = {"type": "plain_text_input", "action_id": "new_name", "max_length": 60, "initial_value": clip(name, 60)}
    industry = {"type": "plain_text_input", "action_id": "new_industry", "max_length": 60}
    # A new customer starts in tier B until there is volume to judge by (workflows, tiers).
    tier = select("static_select", "new_tier", text("visit.new_tier"), options=tiers, initial_option=tiers[1])
    return [
        context(text("visit.new_intro")),
        # The id carries the name: another name is another field, so that Slack shows the new initial value.
        input_block(f"new_name:{name}"[:_BLOCK_ID_LIMIT], text("visit.new_name"), full),
        input_block("new_tier", text("visit.new_tier"), tier),
        input_block("new_industry", text("visit.new_industry"), industry, optional=True),
    ]


def _changing(draft: Draft, stored: Visit, text: Text) -> list[Block]:
    """Whose note it is, and who wrote it last."""
    name = escape(draft.customer.name) if draft.customer else ""
    line = text("visit.changing", customer=name, number=stored.version, author=stored.written_by)
    if stored.version == 1:
        return [section(line)]
    return [section(line, button(text("visit.history"), HISTORY, stored.id))]


def _pasted(pasted: str, text: Text) -> list[Block]:
    """To be read, not changed: a text field takes 3,000 characters."""
    if not pasted:
        return []
    parts = [pasted[at : at + PASTED_PART] for at in range(0, len(pasted), PASTED_PART)]
    plain = [{"type": "plain_text", "text": part, "emoji": False} for part in parts]
    shown = [{"type": "section", "block_id": f"pasted:{place}", "text": each} for place, each in enumerate(plain)]
    return [context(text("visit.pasted")), *shown, divider()]


def _note(state: Form, text: Text) -> Block:
    note = state.draft.note
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": NOTE,
        "multiline": True,
        "max_length": NOTE_LIMIT,
        "placeholder": {"type": "plain_text", "text": text("visit.note_prompt")},
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    if note:
        element["initial_value"] = note[:NOTE_LIMIT]
    return input_block(_named(state, "note"), text("visit.note"), element, dispatch=True)


def _on(state: Form, text: Text) -> Block:
    first = state.first("on") or str(state.today)
    element = {"type": "datepicker", "action_id": "on", "initial_date": first}
    hint = _quoted_words(state, "on", text)
    if state.other_on is not None:
        hint = text("visit.heard_or", words=clip(state.words["on"], 120), other=state.other_on)
    block_id = _named(state, "on", "" if first == str(state.today) else first)
    return input_block(block_id, text("visit.on"), element, hint=hint)


def _channel(state: Form, text: Text) -> Block:
    ways = {each: option(text(f"visit.channel_{each}"), each) for each in Channel}
    first = Channel(state.first("channel") or Channel.VISIT)
    element = select(
        "static_select", "channel", text("visit.channel"), options=list(ways.values()), initial_option=ways[first]
    )
    block_id = _named(state, "channel", "" if first is Channel.VISIT else first)
    return input_block(block_id, text("visit.channel"), element, hint=_quoted_words(state, "channel", text))


def _choice(choice: Choice, draft: Draft, playbook: Playbook, text: Text) -> Iterator[Block]:
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


def _heard_option(heard: Heard, playbook: Playbook, text: Text) -> Block:
    label = heard_label(heard, playbook, text)
    found = option(label, heard.value)
    if heard.words and heard.words not in label:
        found["description"] = {"type": "plain_text", "text": clip(f"“{heard.words}”", OPTION_LIMIT), "emoji": False}
    return found


def heard_label(heard: Heard, playbook: Playbook, text: Text) -> str:
    """What is confirmed by ticking it."""
    match heard.kind:
        case Kind.PROMISE:
            by, what, days = heard.promise
            due = f" {text('visit.or')} ".join(text.spelled(day) for day in days)
            return (
                text(f"visit.promise_{by}", what=what, due=due) if due else text(f"visit.promise_{by}_open", what=what)
            )
        case Kind.NEED:
            need = heard.need
            more = [text.spelled(date.fromisoformat(need.wanted_by))] if need.wanted_by else []
            return " · ".join([text(f"visit.need_{need.type}"), *filter(None, [need.amount]), *more, need.statement])
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


def _due_id(heard: Heard) -> str:
    return f"due:{hashlib.sha256(heard.value.encode()).hexdigest()[:12]}"


def _due(heard: Heard, draft: Draft, text: Text) -> Block:
    """The day of a promise: the one that was heard, or which of the two."""
    _, what, days = heard.promise
    label = text("visit.due", what=clip(what, 40))
    mine = _due_id(heard)
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


def _objections(state: Form, playbook: Playbook, text: Text) -> Block:
    first = state.first("objections").split(",")
    groups, initial = [], []
    for category, entries in playbook.by_category(EntryKind.OBJECTION).items():
        options = [option(each.title.in_(text.lang), each.id) for each in entries]
        initial += [each for each in options if each["value"] in first]
        groups.append(option_group(text(f"category.{category}"), options))
    element = select(
        "multi_static_select",
        "objections",
        text("visit.objections_prompt"),
        option_groups=groups,
        initial_options=initial or None,
    )
    block_id = _named(state, "objections", state.first("objections"))
    hint = _quoted_words(state, "objections", text)
    return input_block(block_id, text("visit.objections"), element, optional=True, hint=hint)


def _steps(steps: Sequence[FollowUp], ticked: frozenset[str], text: Text) -> Block:
    options = [
        option(text("visit.done_option", title=clip(each.title, 50), due=each.due_on), each.id)
        for each in steps[:MAX_CHECKBOXES]
    ]
    element: dict[str, Any] = {"type": "checkboxes", "action_id": "done", "options": options}
    initial = [each for each in options if each["value"] in ticked]
    if initial:
        element["initial_options"] = initial
    # The id carries the customer: the steps of another customer are another field.
    return input_block(f"done:{steps[0].customer_id}", text("visit.done"), element, optional=True)


def _next_step(state: Form, text: Text) -> list[Block]:
    step: Block = {"type": "plain_text_input", "action_id": "next_step", "max_length": STEP_LIMIT}
    step |= {"placeholder": {"type": "plain_text", "text": text("visit.next_step_prompt")}}
    if first := state.first("next_step"):
        step["initial_value"] = first
    due: Block = {"type": "datepicker", "action_id": "next_step_on"}
    if first_on := state.first("next_step_on"):
        due["initial_date"] = first_on
    hint = _quoted_words(state, "next_step", text)
    return [
        input_block(_named(state, "next_step", first), text("visit.next_step"), step, optional=True, hint=hint),
        input_block(_named(state, "next_step_on", first_on), text("visit.next_step_on"), due, optional=True),
    ]


def notice(words: str, place: str = "") -> Block:
    """Something to know, above the fields; stays there while the form changes."""
    return section(words, block_id=f"{_TOP}:{place or 'told'}")


def advised(found: Sequence[Advice], text: Text) -> list[Block]:
    """What to mend, above the fields; telephone numbers that are needed can be ticked to stay."""
    blocks = [notice(f"*{text('visit.advice')}*", "advice")]
    for place, each in enumerate(found[:ADVICE_SHOWN]):
        words = _partly(each.words) if each.kind.is_personal and each.kind is not AdviceKind.PERSON else each.words
        instead = escape(each.instead.in_(text.lang)) if each.instead else ""
        told = text(each.key, words=escape(clip(words, ADVICE_LIMIT)), instead=instead)
        blocks.append(notice(f":bulb: {told}", f"advice{place}"))
    numbers = [each for each in found if each.kind is AdviceKind.MOBILE][:MAX_CHECKBOXES]
    if numbers:
        options = [option(text("visit.keep_number", number=_partly(each.words)), digest(each)) for each in numbers]
        element = {"type": "checkboxes", "action_id": KEEP, "options": options}
        blocks.append(input_block(KEEP, text("visit.keep"), element, optional=True))
    return blocks


def _partly(number: str) -> str:
    return f"{number[:3]}•••{number[-2:]}"


def notices(view: Mapping[str, Any]) -> list[Block]:
    """What stands above the fields."""
    return [block for block in view["blocks"] if str(block.get("block_id", "")).split(":")[0] in (_TOP, KEEP)]


def _drafts(state: Form, text: Text) -> Iterator[Block]:
    for place, kept in enumerate(state.drafts):
        draft = kept.draft
        name = draft.customer.name if draft.customer else draft.customer_name
        about = name or clip(" ".join(draft.text.split()), 30)
        line = text("visit.draft_offer", about=escape(about), kept=moment(kept.kept_at, state.zone, text))
        yield notice(line, f"draft{place}")
        yield actions(
            [
                button(text("visit.draft_continue"), numbered(CONTINUE, place), kept.id),
                button(text("visit.draft_discard"), numbered(DISCARD, place), kept.id),
            ],
            block_id=f"{_TOP}:choice{place}",
        )


def moment(at: datetime, zone: tzinfo, text: Text) -> str:
    local = at.astimezone(zone)
    return f"{text.spelled(local.date())} {local:%H:%M}"

"""The visit form: what was typed, what was read in it to be corrected, and reading it back as it stands."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Any, Final

from bot.domain.customer import Customer, Tier, folded
from bot.domain.draft import NEW, Draft, KeptDraft
from bot.domain.entry import Kind as EntryKind
from bot.domain.followup import FollowUp
from bot.domain.heard import PROMISES, Kind
from bot.domain.playbook import Playbook
from bot.domain.visit import NOTE_LIMIT, STEP_LIMIT, Channel, Visit
from bot.text import Text
from bot.views.blocks import (
    MAX_CHECKBOXES,
    MAX_OPTIONS,
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
from bot.views.visitheard import again_field, heard_fields
from bot.views.visitnotices import TOP, moment, notice

MODAL: Final = "visit_modal"
CUSTOMER: Final = "visit_customer"
NOTE: Final = "note"
CONTINUE: Final = "visit_draft_continue"
DISCARD: Final = "visit_draft_discard"
HISTORY: Final = "visit_history"

LONGEST_NAME: Final = 60
PASTED_PART: Final = 3000
_OPTION_VALUE_LIMIT: Final = 150
_BLOCK_ID_LIMIT: Final = 255


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
        if choice.kind in (*PROMISES, Kind.NEED):
            blocks += heard_fields(choice, draft, playbook, text)
    blocks += again_field(draft, state.steps, text)
    blocks.append(_objections(state, playbook, text))
    for choice in draft.choices:
        if choice.kind not in (*PROMISES, Kind.NEED):
            blocks += heard_fields(choice, draft, playbook, text)
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
    tiers = [option(text(f"visit.tier_{tier}"), tier) for tier in Tier if tier is not Tier.A]
    full = {"type": "plain_text_input", "action_id": "new_name", "max_length": 60, "initial_value": clip(name, 60)}
    industry = {"type": "plain_text_input", "action_id": "new_industry", "max_length": 60}
    # A new customer starts in tier B until there is volume to judge by; A is the lead's to give (workflows, tiers).
    tier = select("static_select", "new_tier", text("visit.new_tier"), options=tiers, initial_option=tiers[0])
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
            block_id=f"{TOP}:choice{place}",
        )

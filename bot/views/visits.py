"""The visit form and what is said once it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from bot.domain.customer import Customer, Tier, folded
from bot.domain.entry import Kind
from bot.domain.followup import FollowUp
from bot.domain.note import Draft, Recorded
from bot.domain.playbook import Playbook
from bot.domain.visit import NOTE_LIMIT, STEP_LIMIT, Channel
from bot.text import Text
from bot.views.blocks import (
    MAX_CHECKBOXES,
    MAX_OPTIONS,
    Block,
    View,
    clip,
    context,
    escape,
    input_block,
    modal,
    option,
    option_group,
    section,
    select,
)
from bot.views.followups import contact_reason

MODAL: Final = "visit_modal"
CUSTOMER: Final = "visit_customer"
NEW: Final = "new:"
"""Prefix of the option that creates a customer; the typed name follows."""

PART: Final = 2400
MAX_PARTS: Final = 20
LONGEST_NAME: Final = 60
_OPTION_VALUE_LIMIT: Final = 150


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows before anybody types. `origin` names the digest it was opened from."""

    draft: Draft
    today: date
    steps: Sequence[FollowUp] = ()
    ticked: frozenset[str] = frozenset()
    origin: Mapping[str, str] | None = None


def form(state: Form, playbook: Playbook, text: Text) -> View:
    draft = state.draft
    blocks = [_customer(draft, text)]
    if draft.customer is None and draft.customer_name:
        blocks += _new_customer(draft.customer_name, text)
    blocks.append(
        input_block("on", text("visit.on"), {"type": "datepicker", "action_id": "on", "initial_date": str(state.today)})
    )
    ways = [option(text(f"visit.channel_{channel}"), channel) for channel in Channel]
    blocks.append(
        input_block(
            "channel",
            text("visit.channel"),
            select("static_select", "channel", text("visit.channel"), options=ways, initial_option=ways[0]),
        )
    )
    blocks.append(input_block("note", text("visit.note"), _written("note", text("visit.note_prompt"), draft.note)))
    blocks.append(_objections(draft.objection_ids, playbook, text))
    if state.steps:
        blocks.append(_steps(state.steps, state.ticked, text))
    step = {"type": "plain_text_input", "action_id": "next_step", "max_length": STEP_LIMIT}
    step |= {"placeholder": {"type": "plain_text", "text": text("visit.next_step_prompt")}}
    blocks.append(input_block("next_step", text("visit.next_step"), step, optional=True))
    due = {"type": "datepicker", "action_id": "next_step_on"}
    blocks.append(input_block("next_step_on", text("visit.next_step_on"), due, optional=True))
    return modal(
        MODAL,
        text("visit.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("visit.submit"),
        metadata=dict(state.origin or {}),
    )


def with_customer(state: Form, customer: Customer | None, new_name: str, steps: Sequence[FollowUp]) -> Form:
    """The same form after another customer was picked; what was typed elsewhere Slack keeps by block id."""
    return replace(state, draft=replace(state.draft, customer=customer, customer_name=new_name), steps=steps)


def suggestions(customers: Sequence[Customer], typed: str, text: Text) -> list[Block]:
    """Options of the type-ahead: the customers, and creating one unless the typed name is taken."""
    typed = typed.strip()
    taken = any(folded(typed) == folded(name) for each in customers for name in each.names)
    wants_new = 2 <= len(typed) <= LONGEST_NAME and not taken
    options = [option(_label(each), each.id) for each in customers[: MAX_OPTIONS - wants_new]]
    if wants_new:
        options.append(option(text("visit.customer_new", name=typed), f"{NEW}{typed}"))
    return options


def saved(recorded: Recorded, created: bool, playbook: Playbook, text: Text, today: date) -> list[Block]:
    """The confirmation: what was stored, and the next contact with its reason."""
    visit, customer = recorded.visit, recorded.customer
    how = text(f"visit.channel_{visit.channel}")
    lines = [text("visit.saved", customer=escape(customer.name), channel=how, on=visit.on)]
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
    counted = visit.channel if visit.on == today else None  # a note written up later explains itself by its own day
    why = contact_reason(recorded.contact, text, counted, today)
    body.append(text("visit.next_contact", due=recorded.contact.due_on, why=why))
    return [section("\n".join(lines)), *(section(part) for part in body)]


def kept(intro: str, rest: str) -> list[Block]:
    """What did not fit the form."""
    parts = [rest[at : at + PART] for at in range(0, min(len(rest), PART * MAX_PARTS), PART)]
    return [section(intro), *(section(f">{quoted(part)}") for part in parts)]


def quoted(note: str) -> str:
    """A note as one mrkdwn quotation that fits a section."""
    return escape(clip(note, 2500)).replace("\n", "\n>")


def _label(customer: Customer) -> str:
    return f"{customer.name} · {customer.tier}"


def _customer(draft: Draft, text: Text) -> Block:
    initial: Block | None = None
    if draft.customer is not None:
        initial = option(_label(draft.customer), draft.customer.id)
    elif draft.customer_name:
        name = clip(draft.customer_name, 60)
        initial = option(text("visit.customer_new", name=name), f"{NEW}{name}"[:_OPTION_VALUE_LIMIT])
    element = select(
        "external_select", CUSTOMER, text("visit.customer_prompt"), min_query_length=0, initial_option=initial
    )
    return input_block("customer", text("visit.customer"), element, dispatch=True)


def _new_customer(name: str, text: Text) -> list[Block]:
    tiers = [option(text(f"visit.tier_{tier}"), tier) for tier in Tier]
    full = {"type": "plain_text_input", "action_id": "new_name", "max_length": 60, "initial_value": clip(name, 60)}
    industry = {"type": "plain_text_input", "action_id": "new_industry", "max_length": 60}
    # A new customer starts in tier B until there is volume to judge by (workflows, tiers).
    tier = select("static_select", "new_tier", text("visit.new_tier"), options=tiers, initial_option=tiers[1])
    return [
        context(text("visit.new_intro")),
        # The id carries the name: another name is another field, so that Slack shows the new initial value.
        input_block(f"new_name:{name}"[:255], text("visit.new_name"), full),
        input_block("new_tier", text("visit.new_tier"), tier),
        input_block("new_industry", text("visit.new_industry"), industry, optional=True),
    ]


def _written(action_id: str, prompt: str, initial: str) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": NOTE_LIMIT,
        "placeholder": {"type": "plain_text", "text": prompt},
    }
    if initial:
        element["initial_value"] = initial[:NOTE_LIMIT]
    return element


def _objections(chosen: Sequence[str], playbook: Playbook, text: Text) -> Block:
    groups, initial = [], []
    for category, entries in playbook.by_category(Kind.OBJECTION).items():
        options = [option(each.title.in_(text.lang), each.id) for each in entries]
        initial += [each for each in options if each["value"] in chosen]
        groups.append(option_group(text(f"category.{category}"), options))
    element = select(
        "multi_static_select",
        "objections",
        text("visit.objections_prompt"),
        option_groups=groups,
        initial_options=initial or None,
    )
    return input_block("objections", text("visit.objections"), element, optional=True)


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

"""Why a customer is of its tier, with everything it rests on; the forms that change it, and what a lead is asked."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from bot.domain.customer import Customer, Tier
from bot.domain.customerform import Values
from bot.domain.daily import MAX_IDLE, Idle
from bot.domain.erasure import is_erased
from bot.domain.load import Load, LoadRules
from bot.domain.tiering import Goal, Why
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import BY_RULE, LONGEST_REASON, SHORTEST_REASON, TierDecision, TierRecord
from bot.domain.tierrules import Part, TierRules
from bot.domain.tierscore import PartScore, Score
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    divider,
    escape,
    header,
    input_block,
    modal,
    numbered,
    option,
    packed,
    section,
    select,
)

WHY: Final = "tiering_why"
TELL: Final = "tiering_tell"
SET: Final = "tiering_set"
LIFT: Final = "tiering_lift"
APPROVE: Final = "tiering_approve"
DECLINE: Final = "tiering_decline"
SHOWN_MODAL: Final = "tiering_shown"
TELL_MODAL: Final = "tiering_tell_form"
SET_MODAL: Final = "tiering_set_form"
DECLINE_MODAL: Final = "tiering_decline_form"
TIER: Final = "tier"
REASON: Final = "reason"
UNTIL: Final = "until"
HISTORY_SHOWN: Final = 8
MAX_ROWS: Final = 5
_DATES: Final = ("last_drawdown_on", "customer_since")
_DECIMALS: Final = ("volume_12m", "volume_6m", "contribution")
_LIMITS: Final = {
    "volume_12m": (0, 10**8),
    "volume_6m": (0, 10**8),
    "contribution": (-100, 100),
    "buyers": (0, 100),
    "potential": (0, 100),
    "cooperation": (0, 100),
    "drawdowns": (0, 100_000),
}


class Shown(Protocol):
    """What the window explains."""

    @property
    def customer(self) -> Customer: ...
    @property
    def record(self) -> TierRecord: ...
    @property
    def goal(self) -> Goal | None: ...
    @property
    def rules(self) -> TierRules: ...
    @property
    def ours(self) -> int: ...
    @property
    def theirs(self) -> int: ...
    @property
    def may_edit(self) -> bool: ...
    @property
    def may_set(self) -> bool: ...


class Asking(Protocol):
    """What a lead is asked, or told."""

    @property
    def customer(self) -> Customer: ...
    @property
    def record(self) -> TierRecord: ...
    @property
    def now(self) -> Load: ...
    @property
    def then(self) -> Load: ...
    @property
    def rules(self) -> LoadRules: ...
    @property
    def idle_days(self) -> int: ...


def offered(customer: Customer, text: Text) -> Block:
    """The button of a brief."""
    return button(text("tiering.why", tier=customer.tier), WHY, customer.id)


def explained(found: Shown, text: Text) -> View:
    """The tier, the points of each part with what they rest on, and how the tier came to be."""
    customer, record = found.customer, found.record
    blocks: list[Block] = [section(f"*{escape(customer.name)}*\n" + "\n".join(_verdict(found, text)))]
    blocks.append(header(text("tiering.parts")))
    blocks.append(section("\n".join(_part(each, record, found.rules, text) for each in _parts(record, found.rules))))
    blocks.append(context(_facts(found, text)))
    if record.history:
        blocks.append(header(text("tiering.history")))
        lines = [_decision(each, text) for each in reversed(record.history[-HISTORY_SHOWN:])]
        if len(record.history) > HISTORY_SHOWN:
            lines.append(text("customer.more", count=len(record.history) - HISTORY_SHOWN))
        blocks.append(section("\n".join(lines)))
    if buttons := _buttons(found, text):
        blocks.append(actions(buttons))
    title = text("tiering.title", tier=customer.tier)
    return modal(SHOWN_MODAL, title, blocks, close=text("entry.close"), metadata={"c": customer.id})


def _buttons(found: Shown, text: Text) -> list[Block]:
    buttons = []
    if found.may_edit:
        buttons.append(button(text("tiering.tell"), TELL, found.customer.id))
    if found.may_set:
        buttons.append(button(text("tiering.set"), SET, found.customer.id))
        if found.record.override is not None:
            buttons.append(button(text("tiering.lift"), LIFT, found.customer.id))
    return buttons


def _verdict(found: Shown, text: Text) -> list[str]:
    """The tier in force, and what the figures point to where that is not the same."""
    tier, record, rules = found.customer.tier, found.record, found.rules
    lines = [text("tiering.is", tier=tier)]
    if override := record.override:
        reason = escape(override.reason)
        lines.append(text("tiering.by_hand", user=override.by, until=override.until, reason=reason))
        lines.append(text("tiering.underneath", tier=record.standing or tier))
    if (asked := record.asked) is not None and asked.is_by_hand:
        lines.append(text("tiering.waits_by_hand", who=_who(asked.by, text), on=asked.on))
    if found.goal is None or record.score is None:
        lines.append(text("tiering.nothing_known", tier=tier))
        return lines
    lines.append(_reading(found.goal, record.score, record.inputs, rules, text))
    standing = record.standing or tier
    if found.goal.tier is not None and found.goal.tier is not standing:
        lines += _waiting(found, found.goal.tier, standing, text)
    return lines


def _reading(goal: Goal, score: Score, inputs: TierInputs, rules: TierRules, text: Text) -> str:
    match goal.why:
        case Why.DORMANT:
            return text("tiering.dormant", days=rules.dormant_days, last=inputs.last_drawdown_on or "–")
        case Why.NEW:
            return text("tiering.new", days=rules.new_days, count=rules.new_drawdowns)
        case Why.UNKNOWN:
            return text("tiering.unknown", known=score.known, least=rules.known_percent)
    return text(
        "tiering.scored",
        score=score.value,
        tier=goal.tier,
        a=rules.a_from,
        b=rules.b_from,
        c=rules.c_from,
        known=score.known,
    )


def _waiting(found: Shown, aim: Tier, standing: Tier, text: Text) -> list[str]:
    """Why the tier is not yet what the figures point to."""
    record, rules = found.record, found.rules
    if record.asked is not None:
        return [text("tiering.waits_for_lead", on=record.asked.on)]
    if aim is Tier.A and record.is_lonely:
        return [text("tiering.lonely", count=rules.contacts_for_a, ours=found.ours, theirs=found.theirs)]
    if aim is Tier.A:
        return [text("tiering.declined_so_far")]
    if aim.weight < standing.weight:
        left = rules.downgrade_quarters - len(record.below)
        return [text("tiering.below", tier=aim, standing=standing, quarters=rules.downgrade_quarters, count=left)]
    return []


def _parts(record: TierRecord, rules: TierRules) -> Sequence[PartScore]:
    if record.score is not None:
        return record.score.parts
    return [PartScore(part=part, weight=rules.weight(part), share=None) for part in Part]


def _part(each: PartScore, record: TierRecord, rules: TierRules, text: Text) -> str:
    """Points, and the figures behind them."""
    name = text(f"tiering.part_{each.part}")
    if each.points is None:
        return text("tiering.part_unknown", part=name, weight=each.weight)
    inputs, score = record.inputs, record.score
    match each.part:
        case Part.VOLUME:
            rank, of = (score.rank, score.of) if score else (None, 0)
            said = text("tiering.said_volume", amount=_money(inputs.volume_12m, text), rank=rank, of=of)
        case Part.GROWTH:
            before = (inputs.volume_12m or Decimal(0)) - (inputs.volume_6m or Decimal(0))
            said = text(
                "tiering.said_growth",
                last=_money(inputs.volume_6m, text),
                before=_money(before, text),
                cap=rules.growth_cap,
            )
        case Part.CONTRIBUTION:
            said = text("tiering.said_contribution", percent=_amount(inputs.contribution), full=rules.contribution_full)
        case _:
            said = text(f"tiering.said_{each.part}", percent=getattr(inputs, each.part))
    return text("tiering.part", part=name, points=each.points, weight=each.weight, said=said)


def _facts(found: Shown, text: Text) -> str:
    """Drawdowns, people, and where the figures are from."""
    inputs = found.record.inputs
    lines = [text("tiering.people", ours=found.ours, theirs=found.theirs, count=found.rules.contacts_for_a)]
    if inputs.last_drawdown_on is not None:
        lines.append(text("tiering.last_drawdown", on=inputs.last_drawdown_on))
    if inputs.drawdowns is not None:
        lines.append(text("tiering.drawdowns", count=inputs.drawdowns))
    if inputs.source is not None:
        on = inputs.as_of or (found.record.score.on if found.record.score else "–")
        lines.append(text(f"tiering.source_{inputs.source}", who=_who(inputs.by, text), on=on))
    return " · ".join(lines)


def _decision(each: TierDecision, text: Text) -> str:
    change = f"{each.before} → {each.after}" if each.before is not each.after else str(each.after)
    said = text(f"tiering.cause_{each.cause}")
    more = [text("tiering.at_score", score=each.score)] if each.score is not None else []
    more += [text("tiering.until", on=each.until)] if each.until is not None else []
    more += [escape(each.reason)] if each.reason else []
    tail = f" · {' · '.join(more)}" if more else ""
    return f"• {text('tiering.line', on=each.at.date(), change=change, said=said, who=_who(each.by, text))}{tail}"


def tell_form(customer: Customer, typed: Values, opened: Values, text: Text, stored: Values | None = None) -> View:
    """`stored` names the figures that somebody else has changed meanwhile."""
    blocks: list[Block] = [context(text("tiering.tell_intro"))]
    if stored:
        blocks.append(section(f":warning: {text('dossier.conflict')}"))
    for name, value in typed.items():
        label = text(f"tiering.field_{name}")
        if stored and name in stored:
            now = stored[name] or text("need.none")
            blocks.append(context(text("dossier.conflict_field", field=label, now=now)))
        hint = text(f"tiering.hint_{name}")
        blocks.append(input_block(name, label, _element(name, value), optional=True, hint=hint))
    title, submit = text("tiering.tell"), text("visit.submit")
    metadata = {"c": customer.id, "o": dict(opened)}
    return modal(TELL_MODAL, title, blocks, close=text("visit.cancel"), submit=submit, metadata=metadata)


def _element(name: str, value: str) -> Block:
    if name in _DATES:
        return {"type": "datepicker", "action_id": name, **({"initial_date": value} if value else {})}
    least, most = _LIMITS[name]
    element: Block = {"type": "number_input", "action_id": name, "is_decimal_allowed": name in _DECIMALS}
    element |= {"min_value": str(least), "max_value": str(most)}
    return element | ({"initial_value": value} if value else {})


def set_form(found: Shown, last: date, text: Text) -> View:
    """A tier by hand, at the latest until `last`."""
    offers = [option(text(f"visit.tier_{tier}"), tier) for tier in Tier]
    current = next(each for each in offers if each["value"] == found.customer.tier)
    tier = select("static_select", TIER, text("tiering.set_tier"), options=offers, initial_option=current)
    until: Block = {"type": "datepicker", "action_id": UNTIL}
    blocks = [
        section(text("tiering.set_intro", customer=escape(found.customer.name))),
        input_block(TIER, text("tiering.set_tier"), tier),
        input_block(UNTIL, text("tiering.set_until"), until, hint=text("tiering.set_until_hint", last=last)),
        _reason(text("tiering.set_reason"), text),
    ]
    title, submit = text("tiering.set"), text("visit.submit")
    metadata = {"c": found.customer.id}
    return modal(SET_MODAL, title, blocks, close=text("visit.cancel"), submit=submit, metadata=metadata)


def decline_form(found: Asking, asked_id: str, text: Text) -> View:
    blocks = [
        section(text("tiering.decline_intro", customer=escape(found.customer.name))),
        _reason(text("tiering.decline_reason"), text),
    ]
    title, submit = text("tiering.decline_title"), text("tiering.decline")
    metadata = {"c": found.customer.id, "a": asked_id}
    return modal(DECLINE_MODAL, title, blocks, close=text("visit.cancel"), submit=submit, metadata=metadata)


def overview(found: Sequence[Asking], text: Text) -> list[Block]:
    """On a lead's Home: tier A to approve, with what it does to the week, and customers that no longer draw."""
    blocks: list[Block] = [divider(), header(text("tiering.home"))]
    for number, each in enumerate(found[:MAX_ROWS]):
        blocks += _row(each, number, text)
    if len(found) > MAX_ROWS:
        blocks.append(context(text("tiering.home_more", count=len(found) - MAX_ROWS)))
    return blocks


def idle(found: Sequence[Idle], text: Text) -> list[Block]:
    """In a lead's daily message: customers that have not drawn for long."""
    blocks: list[Block] = []
    for number, each in enumerate(found[:MAX_IDLE]):
        why = button(text("tiering.why_short"), numbered(WHY, f"idle-{number}"), each.customer.id)
        blocks.append(section(idle_line(each, text), why))
    if len(found) > MAX_IDLE:
        blocks.append(context(text("tiering.idle_more", count=len(found) - MAX_IDLE)))
    return blocks


def idle_line(found: Idle, text: Text) -> str:
    customer = found.customer
    values = {"customer": escape(customer.name), "owner": customer.owner_id, "tier": customer.tier}
    return text("tiering.idle", count=found.days, **values)


def _row(each: Asking, number: int, text: Text) -> list[Block]:
    customer, asked = each.customer, each.record.asked
    why = button(text("tiering.why_short"), numbered(WHY, number), customer.id)
    values = {"customer": escape(customer.name), "owner": customer.owner_id, "tier": customer.tier}
    if asked is None:
        return [section(idle_line(Idle(customer, each.idle_days), text), why)]
    value = packed({"c": customer.id, "a": asked.id})
    buttons = [
        button(text("tiering.approve"), numbered(APPROVE, number), value, style="primary"),
        button(text("tiering.decline"), numbered(DECLINE, number), value),
        why,
    ]
    if asked.is_by_hand:
        line = text("tiering.asked_by_hand", who=_who(asked.by, text), **values)
    else:
        line = text("tiering.asked", score=asked.score, **values)
    return [section(f"{line}\n{load_line(each, text)}"), actions(buttons)]


def load_line(each: Asking, text: Text) -> str:
    """A week of the account manager, as it is and as it would be."""
    rules = each.rules
    said = text(
        "tiering.load",
        owner=each.customer.owner_id,
        contacts=each.now.contacts,
        contacts_then=each.then.contacts,
        week_contacts=rules.week_contacts,
        visits=each.now.visits,
        visits_then=each.then.visits,
        week_visits=rules.week_visits,
    )
    return said if each.then.fits(rules) else f":warning: {said} · *{text('tiering.too_much')}*"


def _who(by: str, text: Text) -> str:
    """A person, the rules, or whoever runs the program."""
    if by == BY_RULE:
        return text("tiering.by_rule")
    return f"<@{by}>" if by[:1].isupper() or is_erased(by) else escape(by)


def _amount(value: Decimal | None) -> str:
    """Without zeros that say nothing."""
    return "–" if value is None else f"{value.normalize():,f}"


def _money(value: Decimal | None, text: Text) -> str:
    """Kept in units of 10,000 yuan, which only Chinese counts in."""
    return text("tiering.money", amount=_amount(value if value is None or text.lang == "zh" else value * 10_000))


def _reason(label: str, text: Text) -> Block:
    field: Block = {"type": "plain_text_input", "action_id": REASON, "multiline": True}
    field |= {"min_length": SHORTEST_REASON, "max_length": LONGEST_REASON}
    return input_block(REASON, label, field)

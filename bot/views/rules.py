"""The numbers that tiers and follow-ups go by: their list, a form for each subject, and what a change would do."""

from collections.abc import Mapping
from typing import Final, Protocol

from bot.domain.customer import Tier
from bot.domain.customerform import Values
from bot.domain.ruleform import BETWEEN, Kind, Spot, Subject, spots, values
from bot.domain.visit import WAYS, Channel
from bot.domain.workspace import WorkspaceSettings
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    button,
    context,
    input_block,
    modal,
    numbered,
    option,
    section,
)

OPEN: Final = "rules_open"
CHANGE: Final = "rules_change"
LIST_MODAL: Final = "rules_list"
FORM_MODAL: Final = "rules_form"
PREVIEW_MODAL: Final = "rules_preview"
MOVES_SHOWN: Final = 12


class Effect(Protocol):
    """What a change of the numbers would do."""

    @property
    def customers(self) -> int: ...
    @property
    def moved(self) -> Mapping[tuple[Tier, Tier], int]: ...
    @property
    def due_moved(self) -> int: ...
    @property
    def due_now(self) -> int: ...


def list_modal(settings: WorkspaceSettings, text: Text) -> View:
    """Every subject with its numbers, and what they are out of the box where somebody has changed them."""
    blocks: list[Block] = [context(text("rules.intro"))]
    for number, subject in enumerate(Subject):
        change = button(text("rules.change"), numbered(CHANGE, number), subject)
        blocks.append(section(f"*{text(f'rules.subject_{subject}')}*\n{_numbers(settings, subject, text)}", change))
    return modal(LIST_MODAL, text("rules.title"), blocks, close=text("entry.close"))


def _numbers(settings: WorkspaceSettings, subject: Subject, text: Text) -> str:
    now, shipped = values(settings, subject), values(WorkspaceSettings(), subject)
    found = []
    for spot in spots(subject):
        line = text("rules.number", name=text(f"rules.field_{spot.name}"), value=_said(spot, now[spot.name], text))
        if now[spot.name] != shipped[spot.name]:
            line = text("rules.number_changed", line=line, shipped=_said(spot, shipped[spot.name], text))
        found.append(line)
    return "\n".join(found)


def form(subject: Subject, typed: Values, opened: Values, text: Text, stored: Values | None = None) -> View:
    """`stored` names the numbers that another admin has changed meanwhile."""
    blocks: list[Block] = []
    if stored:
        blocks.append(section(f":warning: {text('dossier.conflict')}"))
    for spot in spots(subject):
        label = text(f"rules.field_{spot.name}")
        if stored and spot.name in stored:
            now = _said(spot, stored[spot.name], text)
            blocks.append(context(text("dossier.conflict_field", field=label, now=now)))
        is_optional = spot.kind is Kind.OPTIONAL
        element = _element(spot, typed[spot.name], text)
        blocks.append(input_block(spot.name, label, element, optional=is_optional, hint=_hint(spot, text)))
    return modal(
        FORM_MODAL,
        text("rules.title"),
        [section(f"*{text(f'rules.subject_{subject}')}*"), *blocks],
        close=text("visit.cancel"),
        submit=text("rules.preview"),
        metadata={"s": subject, "o": dict(opened)},
    )


def _element(spot: Spot, value: str, text: Text) -> Block:
    if spot.kind is Kind.CHANNELS:
        offers = {each: option(text(f"visit.channel_{each}"), each) for each in WAYS}
        ticked = [offers[Channel(each)] for each in value.split(BETWEEN) if each in list(WAYS)]
        boxes: Block = {"type": "checkboxes", "action_id": spot.name, "options": list(offers.values())}
        return boxes | ({"initial_options": ticked} if ticked else {})
    initial = {"initial_value": value} if value else {}
    if spot.kind in (Kind.NUMBERS, Kind.COUNTRY):
        return {"type": "plain_text_input", "action_id": spot.name, "max_length": 100, **initial}
    limits = {"is_decimal_allowed": False, "min_value": str(spot.least), "max_value": str(spot.most)}
    return {"type": "number_input", "action_id": spot.name, **limits, **initial}


def _hint(spot: Spot, text: Text) -> str:
    match spot.kind:
        case Kind.CHANNELS:
            return ""
        case Kind.NUMBERS:
            return text("rules.hint_numbers")
        case Kind.COUNTRY:
            return text("rules.hint_country")
        case Kind.OPTIONAL:
            return text("rules.hint_optional", least=spot.least, most=spot.most)
    return text("rules.hint_number", least=spot.least, most=spot.most)


def working(subject: Subject, text: Text) -> View:
    """While the customers are gone through."""
    blocks = [section(text("rules.working"))]
    return modal(PREVIEW_MODAL, text("rules.title"), blocks, close=text("visit.cancel"), metadata={"s": subject})


def preview(
    subject: Subject, typed: Values, opened: Values, changes: Values, effect: Effect, quarters: int, text: Text
) -> View:
    """`changes`: the numbers that would change, with what they are now."""
    shown = {spot.name: spot for spot in spots(subject)}
    lines = [
        text(
            "rules.becomes",
            name=text(f"rules.field_{name}"),
            before=_said(shown[name], before, text),
            after=_said(shown[name], typed[name], text),
        )
        for name, before in changes.items()
    ]
    if not lines:
        nothing = [section(text("rules.nothing"))]
        return modal(PREVIEW_MODAL, text("rules.title"), nothing, close=text("entry.close"), metadata={"s": subject})
    blocks = [section("\n".join(lines)), section("\n".join(_effects(effect, quarters, text)))]
    return modal(
        PREVIEW_MODAL,
        text("rules.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("rules.save"),
        metadata={"s": subject, "o": dict(opened), "t": dict(typed)},
    )


def _effects(effect: Effect, quarters: int, text: Text) -> list[str]:
    lines = [text("rules.customers", count=effect.customers)]
    count = sum(effect.moved.values())
    if count:
        pairs = sorted(effect.moved.items(), key=lambda each: (-each[1], each[0]))[:MOVES_SHOWN]
        moves = " · ".join(
            text("rules.move", count=each, before=before, after=after) for (before, after), each in pairs
        )
        lines += [text("rules.moved", count=count, moves=moves), text("rules.when_moved", quarters=quarters)]
    else:
        lines.append(text("rules.nobody_moves"))
    lines.append(text("rules.due", count=effect.due_moved, now=effect.due_now))
    return lines


def _said(spot: Spot, value: str, text: Text) -> str:
    if spot.kind is Kind.CHANNELS:
        return " · ".join(text(f"visit.channel_{each}") for each in value.split(BETWEEN) if each)
    return value or text("need.none")

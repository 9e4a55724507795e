"""The Home tab: what is due, what the person should know, and where to begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from typing import Final

from bot.domain.case import Case
from bot.domain.customer import Customer
from bot.domain.followup import DueItem
from bot.domain.gap import GapRow
from bot.domain.notice import Notice
from bot.text import Text
from bot.views import cases, gaps, leavers, retention, revisions, rules, settings, staff, tiering, usage, values
from bot.views.blocks import Block, View, actions, button, context, divider, header, section
from bot.views.followups import row
from bot.views.revisions import Proposal

ASK: Final = "home_ask"
LOG: Final = "home_log"
MAX_ROWS: Final = 30
MAX_BLOCKS: Final = 100
"""Slack's limit for a view."""


@dataclass(frozen=True, slots=True)
class HomeState:
    """`calendar_until` is set when the holiday data is about to run out and the person should know.

    `gaps` are None for who does not edit the playbook.
    """

    items: Sequence[DueItem]
    today: date
    writes_notes: bool
    has_role: bool
    user_id: str
    unclear: Sequence[Notice] = ()
    calendar_until: date | None = None
    gaps: Sequence[GapRow] | None = None
    changes: Sequence[Proposal] = ()
    """What waits for the person's decision."""
    to_reassign: Sequence[Customer] = ()
    tiers: Sequence[tiering.Asking] = ()
    """What the lead is to decide or to know about tiers."""
    cases: Sequence[tuple[Customer, Case]] | None = None
    """What risk may read now; None for who is not of risk."""
    sets_roles: bool = False
    passes_on: bool = False
    sets_rules: bool = False
    sets_retention: bool = False
    zone: tzinfo = UTC


def home(state: HomeState, text: Text) -> View:
    blocks: list[Block] = []
    if state.calendar_until is not None:
        blocks.append(section(f":warning: {text('home.calendar', until=state.calendar_until)}"))
    blocks += [section(f":warning: {text('home.unclear', day=digest.day)}") for digest in state.unclear]
    rest = _rest(state, text)
    if state.writes_notes:
        blocks.append(header(text("home.title")))
        blocks += _due(state, MAX_BLOCKS - len(blocks) - len(rest), text)
    elif not state.has_role:
        blocks.append(section(text("home.guest", user=state.user_id)))
    elif rest[0]["type"] == "divider" and not blocks:
        rest = rest[1:]
    return {"type": "home", "blocks": [*blocks, *rest]}


def _due(state: HomeState, room: int, text: Text) -> list[Block]:
    """As many rows as there is room for, with two blocks each and one for how many more there are."""
    if not state.items:
        return [section(text("home.nothing"))]
    most = min(MAX_ROWS, (room - 1) // 2)
    blocks = []
    for number, item in enumerate(state.items[:most]):
        blocks += row(item, number, state.today, text)
    if len(state.items) > most:
        blocks.append(context(text("home.more", count=len(state.items) - most)))
    return blocks


def _rest(state: HomeState, text: Text) -> list[Block]:
    """What stands below the due ones."""
    blocks: list[Block] = []
    if state.to_reassign:
        blocks += leavers.overview(state.to_reassign, text)
    if state.tiers:
        blocks += tiering.overview(state.tiers, text)
    if state.cases is not None:
        blocks += cases.overview(state.cases, text)
    if state.changes:
        blocks += [divider(), *revisions.waiting(state.changes, text, state.zone)]
    buttons = [button(text("home.ask"), ASK, "ask")]
    if state.writes_notes:
        buttons.append(button(text("home.log"), LOG, "log"))
    if state.gaps is not None:
        blocks += [divider(), *gaps.overview(state.gaps, text)]
        buttons.append(button(text("usage.open"), usage.OPEN, "usage"))
    if state.passes_on:
        buttons.append(button(text("value.open"), values.OPEN, "value"))
    if state.sets_roles:
        buttons.append(button(text("staff.open"), staff.OPEN, "roles"))
    if state.sets_rules:
        buttons.append(button(text("rules.open"), rules.OPEN, "rules"))
    if state.sets_retention:
        buttons.append(button(text("retention.open"), retention.OPEN, "retention"))
    if state.writes_notes or state.gaps is not None or state.cases is not None or state.sets_roles:
        buttons.append(settings.open_button(text))
    return [*blocks, divider(), actions(buttons), section(text("help.all"))]

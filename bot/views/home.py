"""The Home tab: what is due, what the person should know, and where to begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Final

from bot.domain.board import Mine, Team
from bot.domain.case import Case
from bot.domain.customer import Customer
from bot.domain.gap import GapRow
from bot.domain.home import Choice, Tab
from bot.domain.notice import Notice
from bot.domain.review import Review
from bot.domain.user import Role
from bot.text import Text
from bot.views import (
    boards,
    cases,
    figures,
    gaps,
    leavers,
    retention,
    reviews,
    revisions,
    rules,
    settings,
    staff,
    tiering,
    usage,
    values,
)
from bot.views.blocks import Block, View, actions, button, divider, header, section
from bot.views.revisions import Proposal

ASK: Final = "home_ask"
LOG: Final = "home_log"
MAX_BLOCKS: Final = 100
"""Slack's limit for a view."""


@dataclass(frozen=True, slots=True)
class HomeState:
    """`tabs` are those the person has something in, `tab` the one that is open; of the others nothing is known.

    `calendar_until` is set when the holiday data is about to run out and the person should know.
    """

    today: date
    user_id: str
    tabs: Sequence[Tab] = ()
    tab: Tab | None = None
    choice: Choice = field(default_factory=Choice)
    mine: Mine = field(default_factory=Mine)
    team: Team = field(default_factory=Team)
    unclear: Sequence[Notice] = ()
    calendar_until: date | None = None
    gaps: Sequence[GapRow] = ()
    reviews: Sequence[Review] = ()
    changes: Sequence[Proposal] = ()
    """What waits for the person's decision."""
    to_reassign: Sequence[Customer] = ()
    """On top whatever tab is open, since it cannot wait."""
    tiers: Sequence[tiering.Asking] = ()
    """What the lead is to decide or to know about tiers."""
    cases: Sequence[tuple[Customer, Case]] = ()
    """What risk may read now."""
    staff: Mapping[Role, int] | None = None
    """How many people have which role."""
    passes_on: bool = False
    sets_roles: bool = False
    sets_rules: bool = False
    sees_figures: bool = False
    sets_retention: bool = False
    zone: tzinfo = UTC


def home(state: HomeState, text: Text) -> View:
    blocks: list[Block] = []
    if state.calendar_until is not None:
        blocks.append(section(f":warning: {text('home.calendar', until=state.calendar_until)}"))
    blocks += [section(f":warning: {text('home.unclear', day=digest.day)}") for digest in state.unclear]
    if state.tab is None:
        blocks.append(section(text("home.guest", user=state.user_id)))
    else:
        blocks += boards.tabs(state.tabs, state.tab, text)
        if state.to_reassign:
            blocks += leavers.overview(state.to_reassign, text)
        blocks += _TABS[state.tab](state, text)
    return {"type": "home", "blocks": [*blocks, divider(), actions(_buttons(state, text)), section(text("help.all"))]}


def _mine(state: HomeState, text: Text) -> list[Block]:
    board, choice, today = state.mine, state.choice, state.today
    return [
        *boards.due(board, choice, state.user_id, today, text),
        *boards.week(board, choice, text),
        *boards.customers(board, choice, today, text),
        *boards.needs(board, choice, today, text),
    ]


def _team(state: HomeState, text: Text) -> list[Block]:
    blocks = boards.exceptions(state.team, state.choice, text)
    if state.tiers:
        blocks += tiering.overview(state.tiers, text)
    return [*blocks, *boards.people(state.team, state.choice, text)]


def _cases(state: HomeState, text: Text) -> list[Block]:
    return cases.overview(state.cases, text)


def _playbook(state: HomeState, text: Text) -> list[Block]:
    blocks = revisions.waiting(state.changes, text, state.zone) if state.changes else []
    return [*blocks, *reviews.overview(state.reviews, text), *gaps.overview(state.gaps, text)]


def _workspace(state: HomeState, text: Text) -> list[Block]:
    """Running the workspace opens no customer's file: what stands here are people."""
    blocks = [header(text("board.workspace"))]
    if state.staff is not None:
        counts = [text("board.role_count", role=text(f"role.{role}"), count=state.staff.get(role, 0)) for role in Role]
        blocks.append(section(" · ".join(counts)))
    return [*blocks, section(text("board.workspace_intro"))]


_TABS: Final = {
    Tab.MINE: _mine,
    Tab.TEAM: _team,
    Tab.CASES: _cases,
    Tab.PLAYBOOK: _playbook,
    Tab.WORKSPACE: _workspace,
}


def _buttons(state: HomeState, text: Text) -> list[Block]:
    """Where to begin, on every tab alike."""
    buttons = [button(text("home.ask"), ASK, "ask")]
    if Tab.MINE in state.tabs:
        buttons.append(button(text("home.log"), LOG, "log"))
        buttons.append(button(text("board.prepare"), boards.PREPARE, "prepare"))
    if Tab.PLAYBOOK in state.tabs:
        buttons.append(button(text("usage.open"), usage.OPEN, "usage"))
    if state.passes_on:
        buttons.append(button(text("value.open"), values.OPEN, "value"))
    if state.sets_roles:
        buttons.append(button(text("staff.open"), staff.OPEN, "roles"))
    if state.sees_figures:
        buttons.append(button(text("kpi.open"), figures.OPEN, "kpi"))
    if state.sets_rules:
        buttons.append(button(text("rules.open"), rules.OPEN, "rules"))
    if state.sets_retention:
        buttons.append(button(text("retention.open"), retention.OPEN, "retention"))
    if state.tabs:
        buttons.append(settings.open_button(text))
    return buttons

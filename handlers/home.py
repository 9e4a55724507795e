"""The Home tab."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain import policy
from bot.domain.board import tabs
from bot.domain.home import Section, Tab
from bot.domain.notice import NoticeState
from bot.domain.user import Role, User
from bot.services import Services
from bot.text import Text
from bot.views import boards
from bot.views import home as views
from bot.views import library as library_views
from bot.views.revisions import Proposal


async def opened(event: dict[str, Any], client: AsyncWebClient, actor: User | None, services: Services) -> None:
    if event.get("tab", "home") == "home" and actor is not None:
        await publish_home(client, services, actor)
        await services.firstruns.met(actor)


async def publish_home(client: AsyncWebClient, services: Services, actor: User) -> None:
    state = await home_state(services, actor)
    await client.views_publish(user_id=actor.user_id, view=views.home(state, texts.load(actor.lang)))


async def home_state(services: Services, actor: User) -> views.HomeState:
    """Of the tab that is open; what stands on the others is not read."""
    today = actor.today(services.followups.now())
    offered = tabs(actor)
    tab = actor.home.tab if actor.home.tab in offered else next(iter(offered), None)
    calendar_until = None
    if actor.is_(Role.ADMIN) or actor.is_(Role.TEAM_LEAD):
        calendar_until = await services.workspaces.calendar_ends_soon(actor.team_id, today)
    digest, to_reassign, on_tab = await asyncio.gather(
        services.nudges.find(actor.team_id, actor.user_id, today),
        services.leavers.to_reassign(actor),
        _on_tab(services, actor, tab, today),
    )
    return views.HomeState(
        today=today,
        user_id=actor.user_id,
        tabs=offered,
        tab=tab,
        choice=actor.home,
        unclear=[digest] if digest and digest.state is NoticeState.UNCLEAR else [],
        calendar_until=calendar_until,
        to_reassign=to_reassign,
        passes_on=policy.may_pass_on(actor),
        sets_roles=policy.may_set_roles(actor),
        sets_rules=policy.may_set_rules(actor),
        sees_figures=policy.may_see_figures(actor),
        sets_retention=policy.may_set_retention(actor),
        zone=ZoneInfo(actor.tz),
        **on_tab,
    )


async def _on_tab(services: Services, actor: User, tab: Tab | None, today: date) -> dict[str, Any]:
    match tab:
        case Tab.MINE:
            return {"mine": await services.boards.mine(actor)}
        case Tab.TEAM:
            return await _team(services, actor)
        case Tab.CASES:
            return {"cases": [(item.customer, item.case) for item in await services.cases.open_to(actor)]}
        case Tab.PLAYBOOK:
            return await _playbook(services, actor, today)
        case Tab.WORKSPACE:
            staff = await services.members.all(actor.team_id)
            return {"staff": Counter(role for each in staff for role in each.roles)}
    return {}


async def _team(services: Services, actor: User) -> dict[str, Any]:
    board, tiers = await asyncio.gather(services.boards.team(actor), services.tiering.questions(actor))
    _, shown = boards.on_page(boards.narrowed(board, actor.home), actor.home.page(Section.EXCEPTIONS), boards.ROWS)
    await services.boards.shown(actor, shown)
    return {"team": board, "tiers": tiers}


async def _playbook(services: Services, actor: User, today: date) -> dict[str, Any]:
    library, gaps, changes, reviews = await asyncio.gather(
        services.playbook.library(actor.team_id),
        services.gaps.open(actor),
        services.revisions.to_decide(actor),
        services.reviews.due(actor, today),
    )
    return {
        "gaps": gaps,
        "changes": [Proposal(each, library.playbook.find(each.entry_id)) for each in changes],
        "reviews": reviews,
    }


async def ask(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    """Home has no room for an answer, so the playbook opens in a window."""
    library = await services.playbook.library(actor.team_id)
    view = library_views.browse_modal(library.playbook, text)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


def register(app: AsyncApp) -> None:
    app.event("app_home_opened")(opened)
    app.action(views.ASK)(ask)

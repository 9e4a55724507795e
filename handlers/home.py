"""The Home tab."""

from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain import policy
from bot.domain.case import Case
from bot.domain.customer import Customer
from bot.domain.notice import NoticeState
from bot.domain.user import Role, User
from bot.services import Services
from bot.text import Text
from bot.views import home as views
from bot.views import library as library_views
from bot.views.revisions import Proposal


async def opened(event: dict[str, Any], client: AsyncWebClient, actor: User | None, services: Services) -> None:
    if event.get("tab", "home") == "home" and actor is not None:
        await publish_home(client, services, actor)


async def publish_home(client: AsyncWebClient, services: Services, actor: User) -> None:
    state = await home_state(services, actor)
    await client.views_publish(user_id=actor.user_id, view=views.home(state, texts.load(actor.lang)))


async def home_state(services: Services, actor: User) -> views.HomeState:
    today = actor.today(services.followups.now())
    digest = await services.nudges.find(actor.team_id, actor.user_id, today)
    calendar_until = None
    if actor.is_(Role.ADMIN) or actor.is_(Role.TEAM_LEAD):
        calendar_until = services.workspaces.calendar_ends_soon(today)
    playbook = (await services.playbook.library(actor.team_id)).playbook
    return views.HomeState(
        items=await services.followups.due(actor),
        today=today,
        writes_notes=policy.may_write_notes(actor),
        has_role=bool(actor.roles),
        user_id=actor.user_id,
        unclear=[digest] if digest and digest.state is NoticeState.UNCLEAR else [],
        calendar_until=calendar_until,
        gaps=await services.gaps.open(actor) if policy.may_edit_playbook(actor) else None,
        changes=[Proposal(each, playbook.find(each.entry_id)) for each in await services.revisions.to_decide(actor)],
        to_reassign=await services.leavers.to_reassign(actor),
        tiers=await services.tiering.questions(actor),
        cases=await _cases(services, actor),
        sets_roles=policy.may_set_roles(actor),
        passes_on=policy.may_pass_on(actor),
        sets_rules=policy.may_set_rules(actor),
        sets_retention=policy.may_set_retention(actor),
        zone=ZoneInfo(actor.tz),
    )


async def _cases(services: Services, actor: User) -> list[tuple[Customer, Case]] | None:
    if not policy.may_work(actor, policy.Work.BREAK_GLASS):
        return None
    return [(item.customer, item.case) for item in await services.cases.open_to(actor)]


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

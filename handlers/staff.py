"""Roles: who has which, and giving them, from Home."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import firstruns, slack
from bot.domain.user import Role, User
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import staff as views
from bot.views.blocks import View, leaves_of, unpacked
from handlers import incoming
from handlers.background import Background
from handlers.forms import refuse, understood

Leaves = dict[str, dict[str, Any]]


async def show(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    view = await _listed(services, actor, 0, text)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def page(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    view = await _listed(services, actor, _number(action["value"]), text)
    await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
    await ack()


async def give_form(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    await services.staff.with_roles(actor)
    groups = await slack.user_groups(client)
    await client.views_push(trigger_id=body["trigger_id"], view=views.give_modal(groups, text))
    await ack()


async def change_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    member = await services.staff.find(actor, action["value"])
    await client.views_push(trigger_id=body["trigger_id"], view=views.change_modal(member, text))
    await ack()


async def give(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Sent twice it gives the same roles again."""
    leaves = leaves_of(view)
    one = str(unpacked(view["private_metadata"]).get("user", ""))
    team = incoming.words(leaves[views.TEAM].get("value") or "")
    with understood():
        roles = frozenset(Role(each["value"]) for each in leaves[views.ROLES].get("selected_options") or ())
    try:
        if one:
            await services.staff.give(actor, [one], roles, team)
        else:
            people = await _people(client, leaves)
            await services.staff.give(actor, people, roles, team or None)
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    later(firstruns.tick(client, services, actor.team_id))
    if below := view.get("previous_view_id"):
        later(_show(client, services, actor, below, text))


async def _people(client: AsyncWebClient, leaves: Leaves) -> list[str]:
    """Those picked and those of the group. Raises FieldError where that is nobody."""
    picked = list(leaves[views.PEOPLE].get("selected_users") or ())
    group = (leaves.get(views.GROUP) or {}).get("selected_option")
    if group:
        try:
            picked += await slack.group_members(client, group["value"])
        except SlackApiError:
            raise FieldError(views.GROUP, "staff.error_group") from None
    if not picked:
        raise FieldError(views.PEOPLE, "staff.error_people")
    return picked


async def _show(client: AsyncWebClient, services: Services, actor: User, view_id: str, text: Text) -> None:
    """The list below the form, as it is now."""
    await client.views_update(view_id=view_id, view=await _listed(services, actor, 0, text))


async def _listed(services: Services, actor: User, first: int, text: Text) -> View:
    return views.list_modal(await services.staff.with_roles(actor), first, text)


def _number(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def register(app: AsyncApp) -> None:
    app.action(views.OPEN)(show)
    app.action(re.compile(rf"^{views.PAGE}\b"))(page)
    app.action(views.GIVE)(give_form)
    app.action(re.compile(rf"^{views.CHANGE}\b"))(change_form)
    app.view(views.GIVE_MODAL)(give)

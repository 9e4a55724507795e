"""Sending a customer to risk, and what risk reads."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import policy
from bot.domain.brief import Brief
from bot.domain.case import Case
from bot.domain.customer import Customer
from bot.domain.entry import OwnerRole
from bot.domain.links import Target
from bot.domain.user import User
from bot.errors import CustomerNotFoundError, FieldError
from bot.services import Services
from bot.services.cases import CaseItem
from bot.text import Text
from bot.views import cases as views
from bot.views import customers as customer_views
from bot.views.blocks import Block, escape, leaves_of, unpacked
from bot.views.unfurls import permalink
from handlers import incoming
from handlers.askers import text_of
from handlers.background import Background
from handlers.forms import refuse
from handlers.home import publish_home
from handlers.replies import open_view


async def brief_blocks(services: Services, actor: User, customer_id: str, text: Text) -> tuple[str, list[Block]]:
    """The name and the brief, by right or by a case. Raises CustomerNotFoundError."""
    found, case = await services.cases.brief(actor, customer_id)
    if case is not None:
        return found.customer.name, views.brief(found, case, text, ZoneInfo(actor.tz))
    return found.customer.name, await with_cases(services, actor, found, text)


async def with_cases(services: Services, actor: User, found: Brief, text: Text) -> list[Block]:
    """The brief, and below it what there is to do about risk, and sharing it."""
    about = await services.cases.about(actor, found)
    url = services.links.to(Target.CUSTOMER, found.customer.id)
    linked = [permalink(url, text)] if url else []
    return customer_views.brief(found, text) + views.offered(found, about, text) + linked


async def send_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    customer, readers = await services.cases.to_send(actor, action["value"])
    named = [(each, (await services.members.actor(actor.team_id, each.user_id)).name) for each in readers]
    await open_view(client, body, views.send_modal(customer, named, text))
    await ack()


async def send(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    leaves = leaves_of(view)
    readers = [each["value"] for each in leaves[views.READERS].get("selected_options") or ()]
    customer_id = str(unpacked(view["private_metadata"]).get("c", ""))
    try:
        reason = _reason(leaves)
        is_suspicion, is_leak = (
            bool(leaves.get(each, {}).get("selected_options")) for each in (views.SUSPICION, views.LEAK)
        )
        case, is_new = await services.cases.send(
            actor, view["id"], customer_id, readers, reason, is_suspicion=is_suspicion, is_leak=is_leak
        )
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()
    if is_new:
        customer = await services.customers.get(actor, customer_id)
        later(_tell_readers(client, services, actor, case, customer))
        if case.is_leak:
            later(_tell_legal(client, services, actor, case))
        key = "case.sent_quietly" if case.is_suspicion else "case.sent_done"
        later(_post(client, actor.user_id, text(key, customer=escape(customer.name))))


async def glass_form(
    ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, actor: User, text: Text
) -> None:
    policy.ensure_breaks_glass(actor)
    await open_view(client, body, views.glass_modal(action["value"], text))
    await ack()


async def break_glass(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Only after the reason is kept it is told whether there is such a customer."""
    leaves = leaves_of(view)
    typed = incoming.words(leaves[views.NAME].get("value") or "")
    try:
        opened, is_new = await services.cases.break_glass(actor, view["id"], typed, _reason(leaves))
    except FieldError as error:
        await refuse(ack, text, error)
        return
    except CustomerNotFoundError:
        await ack(response_action="update", view=views.not_found(text))
        return
    await ack(response_action="update", view=views.glass_broken([each.customer for each in opened], text))
    if is_new:
        for each in opened:
            later(_tell_owner(client, services, actor, each))


async def show(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    found, case = await services.cases.brief(actor, action["value"])
    blocks = views.brief(found, case, text, ZoneInfo(actor.tz)) if case else customer_views.summary(found, text)
    await open_view(client, body, views.brief_modal(found, blocks, text))
    await ack()


async def close(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """From then on its readers find the customer no more."""
    case = await services.cases.close(actor, action["value"])
    if view := body.get("view"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=views.closed_modal(text))
    await ack()
    if not body.get("view"):
        later(_post(client, actor.user_id, text("case.closed")))
    if case.opened_by != actor.user_id:
        later(_tell_opener(client, services, actor, case))
    later(publish_home(client, services, actor))


async def _tell_readers(
    client: AsyncWebClient, services: Services, actor: User, case: Case, customer: Customer
) -> None:
    for user_id in case.reader_ids:
        text = await text_of(services, actor.team_id, user_id)
        told = text("case.sent_fallback", user=case.opened_by)
        await _post(client, user_id, told, views.sent(customer, case, text))


async def _tell_legal(client: AsyncWebClient, services: Services, actor: User, case: Case) -> None:
    """That there is a leak and who contains it; not whose data it was, which they may not be cleared to see."""
    readers = " ".join(f"<@{each}>" for each in case.reader_ids)
    asked = set(await services.cases.standing_for(actor, OwnerRole.LEGAL)) - set(case.reader_ids)
    for user_id in sorted(asked):
        text = await text_of(services, actor.team_id, user_id)
        await _post(client, user_id, text("case.leak_legal", user=case.opened_by, readers=readers))


async def _tell_owner(client: AsyncWebClient, services: Services, actor: User, item: CaseItem) -> None:
    for user_id in await services.cases.told_ids(actor.team_id, item.customer) - {actor.user_id}:
        text = await text_of(services, actor.team_id, user_id)
        reason = escape(item.case.reason)
        await _post(
            client, user_id, text("case.owner", user=actor.user_id, customer=escape(item.customer.name), reason=reason)
        )


async def _tell_opener(client: AsyncWebClient, services: Services, actor: User, case: Case) -> None:
    customer = await services.customers.customers.find(actor.team_id, case.customer_id)
    text = await text_of(services, actor.team_id, case.opened_by)
    name = escape(customer.name) if customer else ""
    await _post(client, case.opened_by, text("case.closed_by", user=actor.user_id, customer=name))


async def _post(client: AsyncWebClient, user_id: str, told: str, blocks: list[Block] | None = None) -> None:
    await client.chat_postMessage(channel=user_id, text=told, blocks=blocks, unfurl_links=False, unfurl_media=False)


def _reason(leaves: dict[str, dict[str, Any]]) -> str:
    """Raises FieldError where only spaces were typed."""
    typed = incoming.words(leaves[views.REASON].get("value") or "")
    if len(typed) < views.SHORTEST_REASON:
        raise FieldError(views.REASON, "case.error_reason")
    return typed


def register(app: AsyncApp) -> None:
    app.action(views.SEND)(send_form)
    app.view(views.SEND_MODAL)(send)
    app.action(views.GLASS)(glass_form)
    app.view(views.GLASS_MODAL)(break_glass)
    app.action(re.compile(rf"^{views.SHOW}\b"))(show)
    app.action(re.compile(rf"^{views.CLOSE}\b"))(close)

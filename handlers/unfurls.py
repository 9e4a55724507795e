"""Permanent links: what Slack shows of them in a conversation, the button of a customer's, and the page behind them."""

from typing import Any, Final

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack
from bot import text as texts
from bot.domain.links import Target
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import install as pages
from bot.views import unfurls as views
from bot.views.blocks import Block
from handlers import cases
from handlers.background import Background
from handlers.oauth import HEADERS
from handlers.replies import channel_of, tell

SLACK: Final = "slack://open"


async def shared(
    event: dict[str, Any],
    client: AsyncWebClient,
    actor: User | None,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """A link of ours was posted. While it is still being typed nobody can know who will read it: nothing is shown."""
    if actor is not None and event.get("source") != "composer":
        later(_unfurl(event, client, actor, services, text))


async def _unfurl(event: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text) -> None:
    shown: dict[str, dict[str, list[Block]]] = {}
    is_inside: bool | None = None
    for url in [str(each.get("url", "")) for each in event.get("links") or ()]:
        target = services.links.read(url)
        if target is None:
            continue
        what, target_id = target
        if what is Target.CUSTOMER:
            shown[url] = {"blocks": views.customer(target_id, text)}
            continue
        if is_inside is None:
            is_inside = await _is_inside(event, client, actor)
        entry = (await services.playbook.library(actor.team_id)).playbook.find(target_id) if is_inside else None
        if entry is not None:
            shown[url] = {"blocks": views.play(entry, text)}
    if shown:
        await client.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls=dict(shown))


async def _is_inside(event: dict[str, Any], client: AsyncWebClient, actor: User) -> bool:
    """Plays are internal, as for sharing one; in the app's own conversation nobody else reads."""
    channel_id = str(event["channel"])
    if channel_id.startswith("D"):
        return bool(event.get("is_bot_user_member"))
    return (await slack.audience(client, actor.team_id, channel_id)).is_inside


async def open_customer(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """For whoever clicks, by that one's rights, and seen by nobody else."""
    name, blocks = await cases.brief_blocks(services, actor, str(action.get("value", "")), text)
    await ack()
    later(tell(client, actor, channel_of(body), customer_views.fallback(name, text), blocks))


async def page(_: web.Request) -> web.Response:
    """The same for every link: what it leads to is in Slack only."""
    told = [(text("unfurls.page_title"), text("unfurls.page"), SLACK, text("install.open")) for text in _BOTH]
    return web.Response(text=pages.page(told), content_type="text/html", headers=HEADERS)


_BOTH: Final = (texts.load("zh"), texts.load("en"))


def mount(site: web.Application) -> None:
    for what in Target:
        site.router.add_get(f"/{what}/{{id:.+}}", page)


def register(app: AsyncApp) -> None:
    app.event("link_shared")(shared)
    app.action(views.OPEN)(open_customer)

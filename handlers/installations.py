"""Slack's news of the app being taken away, or given to one more workspace of an organisation."""

import logging
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.installation import Reason
from bot.services import Services

logger = logging.getLogger(__name__)


async def uninstalled(body: dict[str, Any], context: AsyncBoltContext, services: Services) -> None:
    await _remove(body, context, services, Reason.UNINSTALLED)


async def revoked(body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext, services: Services) -> None:
    """Only the bot's own token counts; the app has none of people."""
    if (event.get("tokens") or {}).get("bot"):
        await _remove(body, context, services, Reason.REVOKED)


async def withdrawn(body: dict[str, Any], event: dict[str, Any], services: Services) -> None:
    for team_id in event.get("team_ids") or ():
        await services.installations.remove(str(team_id), Reason.WITHDRAWN, _told_of(body))


async def granted(event: dict[str, Any], context: AsyncBoltContext, services: Services) -> None:
    for team_id in event.get("team_ids") or ():
        await services.installations.find(str(team_id), context.enterprise_id)


async def _remove(body: dict[str, Any], context: AsyncBoltContext, services: Services, reason: Reason) -> None:
    home_id = context.enterprise_id if context.is_enterprise_install else context.team_id
    if home_id:
        gone = await services.installations.remove(home_id, reason, _told_of(body))
        logger.info("%s in %s: %s workspaces stopped", reason, home_id, len(gone))


def _told_of(body: dict[str, Any]) -> datetime:
    """When it happened, by Slack's clock; the news may come hours late."""
    return datetime.fromtimestamp(int(body.get("event_time") or 0), UTC)


def register(app: AsyncApp) -> None:
    app.event("app_uninstalled")(uninstalled)
    app.event("tokens_revoked")(revoked)


def register_organisations(app: AsyncApp) -> None:
    """Slack tells these only of apps that organisations can install."""
    app.event("team_access_revoked")(withdrawn)
    app.event("team_access_granted")(granted)

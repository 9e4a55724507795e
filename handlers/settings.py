"""One's own settings: the window behind the button on Home and below the daily message."""

from datetime import date, time
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import firstruns
from bot import text as texts
from bot.domain.absence import AwayKind
from bot.domain.entry import Lang
from bot.domain.user import User
from bot.errors import FieldError, FormError
from bot.services import Services
from bot.services.absences import PersonalSettings
from bot.text import Text
from bot.views import settings as views
from bot.views.blocks import leaves_of
from handlers.background import Background
from handlers.forms import refuse
from handlers.home import publish_home
from handlers.replies import open_view


async def open_settings(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    now = services.absences.now()
    member = await services.members.find(actor.team_id, actor.user_id)
    usual_at = (await services.workspaces.settings(actor.team_id)).digest_at
    await open_view(client, body, views.form(member, usual_at, actor.absence(now), actor.today(now), text))
    await ack()


async def save(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Sent twice it saves the same again."""
    try:
        await services.absences.choose(actor, _typed(view))
    except FormError as error:
        await refuse(ack, text, *error.faults)
        return
    await services.firstruns.chosen_hour(actor)
    await ack()
    later(firstruns.tick(client, services, actor.team_id))
    later(_show(client, services, actor))


async def _show(client: AsyncWebClient, services: Services, actor: User) -> None:
    """In the language and at the hour just chosen; one that is past already brings today's message, if it is still
    to come."""
    changed = await services.members.actor(actor.team_id, actor.user_id)
    await services.nudges.plan(actor.team_id, actor.user_id)
    text = texts.load(changed.lang)
    told = text("settings.saved")
    if changed.away is not None:
        told += "\n" + text(
            "settings.saved_away",
            first=changed.away.first_on,
            last=changed.away.last_on,
            stand_in=changed.stand_in_id,
        )
    await client.chat_postMessage(channel=actor.user_id, text=told)
    await publish_home(client, services, changed)


def _typed(view: dict[str, Any]) -> PersonalSettings:
    """Raises FormError for what no menu of ours has."""
    leaves = leaves_of(view)
    chosen = {name: _picked(leaves, name) for name in (views.DIGEST_AT, views.LANGUAGE, views.AWAY)}
    languages: dict[str, Lang | None] = {"zh": "zh", "en": "en", "auto": None}
    try:
        return PersonalSettings(
            language=languages[chosen[views.LANGUAGE]],
            digest_at=None if chosen[views.DIGEST_AT] == views.NONE else time.fromisoformat(chosen[views.DIGEST_AT]),
            stand_in_id=leaves[views.STAND_IN].get("selected_user") or None,
            kind=None if chosen[views.AWAY] == views.NONE else AwayKind(chosen[views.AWAY]),
            first_on=_day(leaves, views.FIRST_ON),
            last_on=_day(leaves, views.LAST_ON),
        )
    except (KeyError, ValueError):
        raise FormError([FieldError(views.DIGEST_AT, "settings.error_time")]) from None


def _picked(leaves: dict[str, dict[str, Any]], name: str) -> str:
    return str((leaves[name].get("selected_option") or {}).get("value", ""))


def _day(leaves: dict[str, dict[str, Any]], name: str) -> date | None:
    picked = leaves[name].get("selected_date")
    return date.fromisoformat(picked) if picked else None


def register(app: AsyncApp) -> None:
    app.action(views.OPEN)(open_settings)
    app.view(views.MODAL)(save)

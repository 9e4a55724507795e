"""Keeping the daily message true after a click."""

from datetime import date

from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.notice import NoticeState
from bot.domain.review import retirements_in_view
from bot.domain.user import User
from bot.services import Services
from bot.views import escalations as escalation_views
from bot.views import nudges as views


async def refresh_digest(client: AsyncWebClient, services: Services, actor: User, day: str | None) -> None:
    """Changes the message of that day in place, or today's when none is named; nothing if there is none."""
    today = actor.today(services.nudges.now())
    on = _date(day) or today
    digest = await services.nudges.find(actor.team_id, actor.user_id, on)
    if digest is None or digest.state is not NoticeState.SENT or not digest.channel_id or not digest.message_ts:
        return
    answers = await services.escalations.answered(actor, digest.answered_ids)
    daily, text = await services.daily.again(actor, digest), texts.load(actor.lang)
    await client.chat_update(
        channel=digest.channel_id,
        ts=digest.message_ts,
        text=views.fallback(daily, on, today, text),
        blocks=views.blocks(daily, on, today, text, escalation_views.answers(answers, text)),
    )
    await services.retirements.name(actor.team_id, retirements_in_view(daily.reviews))


def _date(day: str | None) -> date | None:
    """None too for what no row of ours says."""
    try:
        return date.fromisoformat(day or "")
    except ValueError:
        return None

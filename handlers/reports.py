"""The weekly report on demand, in the conversation with the app."""

from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import charted, reports
from bot.domain import policy
from bot.domain.user import User
from bot.letters import Letter
from bot.services import Services
from bot.text import Text
from handlers.background import Background
from handlers.replies import told_work


async def report(
    ack: AsyncAck, client: AsyncWebClient, actor: User, services: Services, text: Text, later: Background
) -> None:
    """Reading a whole team's week takes longer than Slack waits."""
    policy.ensure_sees_figures(actor)
    await ack(text=text("report.begun"))
    later(told_work(_send(client, services, actor), actor.user_id, client, text))


async def _send(client: AsyncWebClient, services: Services, actor: User) -> None:
    found = await services.reports.asked(actor)
    letter = await reports.letter(services, actor, found)
    opened: dict[str, Any] = (await client.conversations_open(users=actor.user_id))["channel"]
    await post(client, str(opened["id"]), letter)
    await services.reports.told(actor.team_id, actor.user_id, found.last)


async def post(client: AsyncWebClient, channel_id: str, letter: Letter) -> None:
    refused: SlackApiError | None = None
    async for blocks in charted.variants(letter.blocks, letter.charts, client):
        try:
            await client.chat_postMessage(channel=channel_id, text=letter.text, blocks=blocks)
        except SlackApiError as error:
            if not charted.is_refused(error):
                raise
            refused = error
        else:
            return
    assert refused is not None  # noqa: S101 - there is always a variant # nosec B101
    raise refused

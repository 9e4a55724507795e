"""How the app is doing: /factormate status."""

from slack_bolt.async_app import AsyncAck

from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views import status as views
from handlers.middleware import Workers


async def status(ack: AsyncAck, actor: User, services: Services, text: Text, workers: Workers) -> None:
    found = await services.status.of(actor, await workers())
    await ack(text=views.lines(found, text))

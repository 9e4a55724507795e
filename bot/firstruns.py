"""What the first message of the app says, and bringing it up to date where it stands."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.notice import Moment, Notice
from bot.domain.user import User
from bot.letters import Letter
from bot.services import Services
from bot.views import firstruns as views


@dataclass(frozen=True, slots=True)
class WelcomeComposer:
    services: Services

    async def moment(self, actor: User, notice: Notice) -> Moment:
        """At once, at any hour: whoever has just installed the app waits for it."""
        return Moment.NOW

    async def letter(self, actor: User, notice: Notice) -> Letter:
        done = await self.services.firstruns.done(actor.team_id)
        await self.services.firstruns.shown(actor.team_id, done)
        text = texts.load(actor.lang)
        return Letter(views.fallback(text), views.message(done, text))

    async def told(self, team_id: str, notice: Notice) -> None:
        """Nothing follows."""


async def tick(client: AsyncWebClient, services: Services, team_id: str) -> None:
    """Ticks off what has been done since, in whosever language the message is; harmless to repeat."""
    found = await services.firstruns.to_tick(team_id)
    if found is None:
        return
    notice, done = found
    reader = await services.members.actor(team_id, notice.user_id)
    text = texts.load(reader.lang)
    await client.chat_update(
        channel=notice.channel_id or "",
        ts=notice.message_ts or "",
        text=views.fallback(text),
        blocks=views.message(done, text),
    )
    await services.firstruns.shown(team_id, done)

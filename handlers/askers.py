"""Those who asked what the playbook could not answer, and are told once it can."""

from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.erasure import is_erased
from bot.services import Services
from bot.services.gaps import Closed
from bot.services.playbook import language_of
from bot.text import Text
from bot.views import gaps as views


async def tell_those_who_asked(client: AsyncWebClient, services: Services, team_id: str, closed: Closed) -> None:
    """Each once, in their own language."""
    for question in closed.asked:
        delivery = f"gap-told:{closed.gap.id}:{question.asked_by}"
        if is_erased(question.asked_by) or not await services.workspaces.claim(team_id, delivery):
            continue
        text = await text_of(services, team_id, question.asked_by)
        blocks = views.told(question, closed.entry, language_of(question.text, text.lang), text)
        title = closed.entry.title.in_(text.lang)
        await client.chat_postMessage(channel=question.asked_by, text=title, blocks=blocks, unfurl_links=False)
        await services.workspaces.settle(team_id, delivery, handled=True)


async def text_of(services: Services, team_id: str, user_id: str) -> Text:
    return texts.load((await services.members.actor(team_id, user_id)).lang)

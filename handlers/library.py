"""The whole playbook: /playbook to search or browse all kinds, and a reply for a message somebody pasted."""

import re
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.entry import Kind
from bot.domain.usage import Use
from bot.domain.user import User
from bot.matching import Decision
from bot.services import Services
from bot.services.playbook import MAX_QUESTION, language_of
from bot.text import Text
from bot.views import library as views
from bot.views.shown import Shown
from handlers import incoming
from handlers.background import Background
from handlers.feedback import fitting
from handlers.playbook import answer, whole
from handlers.replies import replace as in_place

COMMAND = "/playbook"


async def playbook(
    ack: AsyncAck, command: dict[str, Any], actor: User, services: Services, text: Text, later: Background
) -> None:
    """With words it searches all kinds; alone it opens the shelf."""
    if incoming.words(command["text"]):
        invoked = command.get("invoked_as", COMMAND)
        message = await answer(services, actor, text, command["text"], invoked, later, frozenset(Kind))
        blocks = await fitting(services, actor, message.blocks)
        await ack(text=message.text, blocks=blocks, response_type="ephemeral", unfurl_links=False)
        return
    library = await services.playbook.library(actor.team_id)
    await ack(text=text("answer.library"), blocks=views.library(library.playbook, Kind.OBJECTION, text))


async def choose_kind(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Another kind's titles, in the same message or window."""
    kind = Kind(action["value"]) if action["value"] in list(Kind) else Kind.OBJECTION
    library = await services.playbook.library(actor.team_id)
    blocks = views.library(library.playbook, kind, text)
    if view := body.get("view"):
        window = {**views.browse_modal(library.playbook, text), "blocks": blocks}
        await client.views_update(view_id=view["id"], hash=view["hash"], view=window)
        await ack()
        return
    await ack()
    later(in_place(body, client, respond, actor, text("answer.library"), blocks))


async def find_reply(
    ack: AsyncAck,
    body: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """The message shortcut: a customer's sentence, and what to answer, in a window nobody else sees."""
    question = incoming.words(body["message"].get("text") or "")[:MAX_QUESTION]
    library = await services.playbook.library(actor.team_id)
    view = views.reply_modal([], text("answer.no_message_text"), library.playbook, text)
    if incoming.has_words(question):
        customer, question = await services.customers.addressed(actor, question)
        found = await services.playbook.answer(actor, question)
        answer_id = await services.gaps.asked(actor, found)
        later(services.gaps.followed(actor, answer_id, found))
        customer_id = customer.id if customer else ""
        lang = language_of(question, text.lang)
        shown = Shown("", lang, answer_id=answer_id, asked=question, customer_id=customer_id)
        hits = [(library.entry(hit.id), replace(shown, entry_id=hit.id, matched=hit.matched)) for hit in found.hits[:2]]
        if found.decision is Decision.ONE:
            later(services.feedback.count(actor, Use.ASKED, found.played))
            view = await whole(hits[0][1], library, services, actor, text, is_answer=True)
        else:
            asked_in_vain = answer_id if found.decision is Decision.NONE else ""
            intro = _intro(found.decision, text)
            view = views.reply_modal(hits, intro, library.playbook, text, asked_in_vain, customer_id)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


def _intro(decision: Decision, text: Text) -> str:
    match decision:
        case Decision.SEVERAL:
            return text("answer.several")
        case Decision.CHOOSE:
            return text("answer.choose")
        case _:
            return f"{text('answer.none')}\n{text('answer.nearest')}"


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(playbook)
    app.action(re.compile(rf"^{views.KIND}\b"))(choose_kind)
    app.shortcut(views.FIND_REPLY)(find_reply)

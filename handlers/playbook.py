"""Answers to objections: the command, a mention, and the buttons of a card. Direct messages are in `assistant`."""

import asyncio
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.assistant import Talk
from bot.domain.customer import Customer
from bot.domain.entry import Entry, Kind
from bot.domain.links import Target
from bot.domain.usage import Use
from bot.domain.user import User
from bot.matching import OBJECTIONS, Answer, Decision
from bot.services import Services
from bot.services.assistant import NO_THREAD
from bot.services.playbook import MAX_QUESTION, Library, language_of
from bot.text import Text
from bot.views import entrywindow
from bot.views import feedback as feedback_views
from bot.views import gaps as gap_views
from bot.views import library as library_views
from bot.views import objections as objection_views
from bot.views import playbook as views
from bot.views import rephrasing as rephrasing_views
from bot.views.blocks import Block, View, clip, escape, section, unpacked
from bot.views.shown import Shown
from handlers import feedback, incoming
from handlers.background import Background
from handlers.replies import channel_of, tell
from handlers.replies import replace as in_place

COMMAND = "/objection"
HELP_WORDS = frozenset(
    {"help", "帮助", "?", "？", "你好", "您好", "在吗", "谢谢", "hi", "hello", "hey", "thanks", "thank you"}
)
"""Nobody greets with an objection: who does so wants to know what this is for."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the blocks, and the same in words for notifications and screen readers."""

    text: str
    blocks: list[Block]
    shown: Shown | None = None
    """The play it shows, where it shows one, or the first of two."""


async def objection(
    ack: AsyncAck, command: dict[str, Any], actor: User, services: Services, text: Text, later: Background
) -> None:
    message, is_plain = await asyncio.gather(  # both ask the store at once
        answer(services, actor, text, command["text"], command.get("invoked_as", COMMAND), later),
        services.feedback.is_plain(actor.team_id),
    )
    blocks = feedback_views.made_plain(message.blocks) if is_plain else message.blocks
    await ack(text=message.text, blocks=blocks, response_type="ephemeral", unfurl_links=False)
    later(_goes_on(services, actor, message.shown))


async def _goes_on(services: Services, actor: User, shown: Shown | None, threads: Sequence[str] = (NO_THREAD,)) -> None:
    """Whoever asks on in the conversation with the app means the play that was shown last, by a command, too."""
    if shown is None:
        await services.assistant.lose(actor, NO_THREAD)
        return
    talk = Talk(entry_id=shown.entry_id, lang=shown.lang, customer_id=shown.customer_id)
    await services.assistant.turn_to(actor, threads, talk)


async def mention(
    event: dict[str, Any],
    client: AsyncWebClient,
    actor: User | None,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    if event.get("bot_id") or actor is None:
        return
    message = await answer(services, actor, text, event.get("text") or "", COMMAND, later)

    async def post(blocks: list[Block]) -> None:
        await tell(client, actor, event["channel"], message.text, blocks, event.get("thread_ts"))

    await feedback.delivered(services, actor, message.blocks, post)


async def answer(
    services: Services,
    actor: User,
    text: Text,
    typed: str,
    command: str,
    later: Background,
    kinds: frozenset[Kind] = OBJECTIONS,
    *,
    customer_id: str = "",
) -> Message:
    """One play, a choice, two plays, or an honest no; and kind words for what is not a question.

    `customer_id` is whom the conversation is about where the question names nobody.
    """
    question = incoming.words(typed)
    if not typed.strip() or (not question and "<@" in typed):
        intro = text("answer.browse_intro")
        library = await services.playbook.library(actor.team_id)
        return Message(intro, library_views.browse(library.playbook, text, intro))
    if question.lower().rstrip("!！.。~ ") in HELP_WORDS:
        told = text("answer.help", command=command)
        return Message(told, [section(told)])
    if len(question) > MAX_QUESTION:
        start = escape(clip(question, 200))
        told = text("answer.too_long", length=len(question), limit=MAX_QUESTION, start=start)
        return Message(told, [section(told)])
    if not incoming.has_words(question):
        told = text("answer.no_words", command=command)
        return Message(told, [section(told)])
    customer, question = await services.customers.addressed(actor, question)
    customer = customer or await services.customers.known(actor, customer_id)
    found = await services.playbook.answer(actor, question, kinds)
    library = await services.playbook.library(actor.team_id)
    answer_id = await services.gaps.asked(actor, found)
    later(_noted(services, actor, found, answer_id))
    message = _message(found, answer_id, library, text, actor.today(services.playbook.now()), customer)
    if services.rephrasing.is_on and message.shown is not None and found.decision is Decision.ONE:
        message = replace(message, blocks=[*message.blocks, *rephrasing_views.offer(message.shown, text)])
    if customer is None:
        return message
    entries = [library.entry(each) for each in found.played]
    return replace(message, blocks=[*await _remembered(services, actor, customer, entries, text), *message.blocks])


async def _remembered(
    services: Services, actor: User, customer: Customer | None, entries: Sequence[Entry], text: Text
) -> list[Block]:
    """What the customer said of it before, where one is meant that the actor may see."""
    if customer is None:
        return []
    past = {each.entry_id: each for each in await services.objections.histories(actor, customer.id)}
    found = [(entry, past[entry.id]) for entry in entries if entry.id in past]
    return objection_views.remembered(customer, found, text)


async def _noted(services: Services, actor: User, found: Answer, answer_id: str) -> None:
    """What is learnt from a question once it is answered."""
    await services.feedback.count(actor, Use.ASKED, found.played)
    await services.gaps.followed(actor, answer_id, found)


def _message(
    found: Answer, answer_id: str, library: Library, text: Text, today: date, customer: Customer | None
) -> Message:
    lang = language_of(found.query, text.lang)
    customer_id = customer.id if customer else ""
    about = Shown("", lang, answer_id=answer_id, asked=found.query, customer_id=customer_id)
    plays = 1 if found.decision is Decision.ONE else 2
    hits = [(library.entry(hit.id), replace(about, entry_id=hit.id, matched=hit.matched)) for hit in found.hits[:plays]]
    if found.decision is Decision.ONE:
        entry, shown = hits[0]
        blocks = views.card(entry, shown, library.playbook, text, today, customer)
        return Message(views.fallback(entry, lang, customer), blocks, shown)
    titles = " / ".join(entry.title.in_(lang) for entry, _ in hits)
    if found.decision is Decision.SEVERAL:
        return Message(text("answer.several_fallback", titles=titles), views.pair(hits, text, customer), hits[0][1])
    if found.decision is Decision.CHOOSE:
        told = text("answer.choose_fallback", titles=titles)
        blocks = library_views.choice(hits, text("answer.choose"), library.playbook, text, customer_id=customer_id)
        return Message(told, blocks)
    nearest = [(entry, replace(shown, matched="")) for entry, shown in hits]
    intro = f"{text('answer.none')}\n{text('answer.nearest')}"
    blocks = library_views.choice(nearest, intro, library.playbook, text, answer_id, customer_id)
    return Message(text("answer.none"), [*blocks, gap_views.ask_owner(answer_id, text)])


async def show(
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
    """A title was picked, or the card's language switched: the card takes the message's place.

    In a window the whole entry takes the window's place. Of two plays shown together, both stay.
    """
    chosen = (action.get("selected_option") or {}).get("value")
    if chosen:
        answer_id, customer_id = library_views.picked_from(action["action_id"])
        shown = Shown(chosen, text.lang, answer_id=answer_id, customer_id=customer_id)
    else:
        shown = Shown.of(unpacked(action.get("value", "")))
    shown = replace(shown, answer_id=shown.answer_id or uuid.uuid4().hex)
    library = await services.playbook.library(actor.team_id)
    entry = library.entry(shown.entry_id)
    if not action["action_id"].startswith(views.SWITCH):
        later(_picked(services, actor, shown))
    if view := body.get("view"):
        window = await whole(shown, library, services, actor, text, is_answer=True)
        await client.views_update(view_id=view["id"], hash=view["hash"], view=window)
        await ack()
        return
    await ack()
    customer = await services.customers.known(actor, shown.customer_id)
    if shown.row is not None and (other := library.playbook.find(shown.beside)) is not None:
        hits = [(entry, shown), (other, shown.other())]
        blocks = views.pair(sorted(hits, key=lambda hit: hit[1].row or 0), text, customer)
        entries = [each for each, _ in hits]
    else:
        today = actor.today(services.playbook.now())
        blocks = views.card(entry, shown, library.playbook, text, today, customer)
        if services.rephrasing.is_on:
            blocks += rephrasing_views.offer(shown, text)
        entries = [entry]
    blocks = [*await _remembered(services, actor, customer, entries, text), *blocks]

    async def put(blocks: list[Block]) -> None:
        await in_place(body, client, respond, actor, views.fallback(entry, shown.lang, customer), blocks)

    later(feedback.delivered(services, actor, blocks, put))
    later(_talked_of(services, actor, body, shown))


async def _talked_of(services: Services, actor: User, body: dict[str, Any], shown: Shown) -> None:
    """Whoever picks a play in the app's own conversation goes on about that one."""
    where = body.get("container") or {}
    if str(channel_of(body)).startswith("D") and "message_ts" in where:
        threads = [str(where["message_ts"]), str(where.get("thread_ts") or NO_THREAD)]
        await _goes_on(services, actor, shown, threads)


async def _picked(services: Services, actor: User, shown: Shown) -> None:
    await services.feedback.count(actor, Use.ASKED, [shown.entry_id])
    await services.gaps.opened(actor, shown.answer_id, shown.entry_id)


async def more(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    shown = Shown.of(unpacked(action["value"]))
    library = await services.playbook.library(actor.team_id)
    view = await whole(shown, library, services, actor, text)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def related(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """From one whole entry to a related one, in the same window."""
    shown = Shown.of(unpacked(action["value"]))
    library = await services.playbook.library(actor.team_id)
    view = await whole(shown, library, services, actor, text)
    await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
    await ack()


async def whole(
    shown: Shown, library: Library, services: Services, actor: User, text: Text, *, is_answer: bool = False
) -> View:
    """The whole entry, with what the actor may do about it; as an answer it may be voted on."""
    entry = library.entry(shown.entry_id)
    rights = await services.revisions.rights(actor, entry)
    return entrywindow.more_modal(
        entry,
        shown.lang,
        library.playbook,
        text,
        rights=rights,
        today=actor.today(services.playbook.now()),
        answered=shown if is_answer else None,
        customer=await services.customers.known(actor, shown.customer_id),
        url=services.links.to(Target.PLAY, entry.id),
    )


async def closed(ack: AsyncAck) -> None:
    """Windows that only show something, and boxes ticked in them, need no further word."""
    await ack()


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(objection)
    app.event("app_mention")(mention)
    app.action(re.compile(rf"^({views.PICK}|{views.SWITCH}|{library_views.BROWSE})\b"))(show)
    app.action(re.compile(rf"^{views.MORE}\b"))(more)
    app.action(re.compile(rf"^{entrywindow.RELATED}\b"))(related)
    app.view(entrywindow.MORE_MODAL)(closed)
    app.action(re.compile(rf"^{entrywindow.CHECK}\b"))(closed)

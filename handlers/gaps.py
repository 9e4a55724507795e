"""Gaps of the playbook: closed, assigned or dismissed on Home; asking a colleague and the way back."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import policy
from bot.domain.erasure import is_erased
from bot.domain.gap import Dismissal
from bot.domain.question import Question
from bot.domain.user import User
from bot.errors import GapNotFoundError
from bot.services import Services
from bot.text import Text
from bot.views import gaps as views
from bot.views.blocks import escape, unpacked
from bot.views.entryform import Form
from handlers.askers import tell_those_who_asked, text_of
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.entryform import filled_form
from handlers.forms import understood
from handlers.home import publish_home
from handlers.replies import tell
from handlers.revisions import ask_approvers

DUE_IN: Final = timedelta(days=7)
"""What the form offers."""


async def answer_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    row = await services.gaps.get(actor, _gap_id(action["value"]))
    library = await services.playbook.library(actor.team_id)
    view = views.answer_modal(row, _day(action["value"]), library.playbook, text)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def answer(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """A form sent twice finds the gap closed by its first time."""
    chosen = view["state"]["values"][views.ENTRY][views.ENTRY]["selected_option"]["value"]
    if not await services.workspaces.claim(actor.team_id, f"gap:{view['id']}"):
        await ack()
        return
    async with _settled(services, actor, f"gap:{view['id']}"):
        closed = await services.gaps.answer(actor, _gap_id(view["private_metadata"]), chosen)
    await ack()
    key = "gap.answered" if closed.is_live else "gap.answer_waits"
    done = text(key, title=escape(closed.entry.title.in_(text.lang)))
    later(_post(client, actor.user_id, done))
    if closed.is_live:
        later(tell_those_who_asked(client, services, actor.team_id, closed))
    else:
        await ask_approvers(closed.revision, client, actor, services, later)
    later(_show(client, services, actor, _day(view["private_metadata"])))


async def new_entry(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """The form of a new play takes the window's place, with the questions as its examples."""
    gap_id, opened = _gap_id(action["value"]), body["view"]
    lines = await services.gaps.new_examples(actor, gap_id)
    typed = {f"examples.{lang}": each for lang, each in lines.items()}
    form = Form(typed=typed, day=_day(action["value"]), gap_id=gap_id)
    view = await filled_form(form, actor, services, text)
    await client.views_update(view_id=opened["id"], hash=opened["hash"], view=view)
    await ack()


async def assign_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    row = await services.gaps.get(actor, _gap_id(action["value"]))
    due = actor.today(services.gaps.now()) + DUE_IN
    view = views.assign_modal(row, _day(action["value"]), actor.user_id, due, text)
    await client.views_open(trigger_id=body["trigger_id"], view=view)
    await ack()


async def assign(
    ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    values = view["state"]["values"]
    with understood():
        owner_id = values[views.OWNER][views.OWNER]["selected_user"]
        due = date.fromisoformat(values[views.DUE][views.DUE]["selected_date"])
    await services.gaps.assign(actor, _gap_id(view["private_metadata"]), owner_id, due)
    await ack()
    later(_show(client, services, actor, _day(view["private_metadata"])))


async def dismiss(
    ack: AsyncAck,
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    later: Background,
) -> None:
    await ack()
    gap_id, why, day = [*action["selected_option"]["value"].split("|"), "", ""][:3]
    if why not in list(Dismissal):
        raise GapNotFoundError
    await services.gaps.dismiss(actor, gap_id, Dismissal(why))
    later(_show(client, services, actor, day))


async def ask_owner(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """One message for a question, however often the button is pressed."""
    question = await services.gaps.ask_owner(actor, action["value"])
    await ack()
    delivery = f"gap-asked:{question.id}"
    if await services.workspaces.claim(actor.team_id, delivery):
        theirs = await text_of(services, actor.team_id, str(question.asked_of))
        async with _settled(services, actor, delivery):
            await _post(client, str(question.asked_of), theirs("gap.asked_fallback"), views.asked(question, theirs))
    sent = text("gap.ask_sent", owner=question.asked_of)
    answer = await respond(text=sent, response_type="ephemeral", replace_original=False)
    if answer.status_code != 200:
        await tell(client, actor, None, sent)


async def reply_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    question = await services.gaps.question_for(actor, action["value"])
    await client.views_open(trigger_id=body["trigger_id"], view=views.reply_modal(question, text))
    await ack()


async def reply(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Kept before it is acknowledged, so that nothing of it is lost on its way."""
    typed = (view["state"]["values"][views.TEXT][views.TEXT]["value"] or "").strip()
    if not typed:
        await ack(response_action="errors", errors={views.TEXT: text("visit.error_note")})
        return
    question = await services.gaps.reply(actor, str(unpacked(view["private_metadata"]).get("q", "")), typed)
    await ack()
    if await services.workspaces.claim(actor.team_id, f"gap-reply:{view['id']}"):
        later(_bring_back(client, services, actor, question, text, f"gap-reply:{view['id']}"))


async def _bring_back(
    client: AsyncWebClient, services: Services, actor: User, question: Question, text: Text, delivery: str
) -> None:
    theirs = await text_of(services, actor.team_id, question.asked_by)
    if not is_erased(question.asked_by):
        await _post(client, question.asked_by, theirs("gap.replied_fallback"), views.replied(question, theirs))
    blocks = views.reply_sent(question, text, edits=policy.may_edit_playbook(actor))
    await _post(client, actor.user_id, text("gap.reply_sent", user=question.asked_by), blocks)
    await services.workspaces.settle(actor.team_id, delivery, handled=True)


async def _post(client: AsyncWebClient, user_id: str, told: str, blocks: list[dict[str, Any]] | None = None) -> None:
    await client.chat_postMessage(channel=user_id, text=told, blocks=blocks, unfurl_links=False, unfurl_media=False)


async def _show(client: AsyncWebClient, services: Services, actor: User, day: str) -> None:
    """On Home, and in the daily message that was clicked."""
    if day:
        await refresh_digest(client, services, actor, day)
    await publish_home(client, services, actor)


@asynccontextmanager
async def _settled(services: Services, actor: User, delivery: str) -> AsyncIterator[None]:
    """What was claimed counts as done when this ends well; else it may be tried again."""
    is_done = False
    try:
        yield
        is_done = True
    finally:
        await services.workspaces.settle(actor.team_id, delivery, handled=is_done)


def _gap_id(packed: str) -> str:
    return str(unpacked(packed).get("g", ""))


def _day(packed: str) -> str:
    """Of the daily message it stands in; empty elsewhere."""
    return str(unpacked(packed).get("d", ""))


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{views.ANSWER}\b"))(answer_form)
    app.view(views.ANSWER_MODAL)(answer)
    app.action(views.NEW_ENTRY)(new_entry)
    app.action(re.compile(rf"^{views.ASSIGN}\b"))(assign_form)
    app.view(views.ASSIGN_MODAL)(assign)
    app.action(re.compile(rf"^{views.DISMISS}\b"))(dismiss)
    app.action(views.ASK)(ask_owner)
    app.action(views.REPLY)(reply_form)
    app.view(views.REPLY_MODAL)(reply)

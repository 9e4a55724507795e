"""Tables in and out in the app's own conversation: a file sent to it is looked at, imported at a click, and answered
with a report; /factormate export sends back what one may see."""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import firstruns, slack, tables
from bot.domain import policy
from bot.domain.export import Form
from bot.domain.user import User
from bot.errors import TableFileError
from bot.services import Services
from bot.services.imports import Plan
from bot.text import Text
from bot.turns import aside, drawn
from bot.views import imports as views
from bot.views.blocks import Block, unpacked
from handlers.background import Background
from handlers.replies import replace, told_work

EVERY_SECONDS: Final = 3.0
"""Between two looks at how far an import is: Slack takes about one edit a second."""


async def has_file(event: dict[str, Any]) -> bool:
    return event.get("subtype") == "file_share" and event.get("channel_type") == "im" and not event.get("bot_id")


async def file_sent(
    event: dict[str, Any],
    client: AsyncWebClient,
    actor: User | None,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Slack waits three seconds for an answer to an event; a large table takes longer to look at."""
    if actor is not None:
        for file in event.get("files") or ():
            work = _look(str(file["id"]), event["channel"], client, actor, services, text)
            later(told_work(work, event["channel"], client, text))


async def _look(
    file_id: str, channel_id: str, client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    policy.ensure_imports(actor)
    name, plan = await _planned(file_id, client, actor, services)
    found = views.Preview(file_id, name, plan.rows, plan.faults)
    told = views.summary(plan.rows, plan.faults, text)
    await client.chat_postMessage(channel=channel_id, text=told, blocks=views.preview(found, text))
    if plan.faults:
        await _send_report(name, plan, channel_id, client, text)


async def bring_in(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """The rows that are in order. A second click finds them there already."""
    policy.ensure_imports(actor)
    await ack()
    work = _bring_in(str(unpacked(action["value"]).get("f", "")), body, client, actor, services, text)
    later(told_work(work, body["channel"]["id"], client, text))


async def _bring_in(
    file_id: str, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    channel_id, ts = body["channel"]["id"], body["message"]["ts"]

    async def show(blocks: list[Block]) -> None:
        await client.chat_update(channel=channel_id, ts=ts, text=text("table.file"), blocks=blocks)

    async def tick(done: int, total: int) -> None:
        with suppress(SlackApiError, aiohttp.ClientError, TimeoutError):  # the import goes on without its clock
            await show(views.under_way(name, done, total, text))

    name, plan = await _planned(file_id, client, actor, services)
    shown_at, showing = time.monotonic(), asyncio.ensure_future(tick(0, len(plan.rows)))

    def progress(done: int, total: int) -> None:
        nonlocal shown_at, showing
        if showing.done() and time.monotonic() - shown_at > EVERY_SECONDS:
            shown_at, showing = time.monotonic(), asyncio.ensure_future(tick(done, total))

    done = await services.imports.apply(actor.team_id, plan, actor.user_id, progress, file_id)
    await showing
    await show(views.finished(name, done.rows, done.faults, text))
    await firstruns.tick(client, services, actor.team_id)
    await _send_report(name, done, channel_id, client, text)


async def leave(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    text: Text,
) -> None:
    await ack()
    name = str(unpacked(action["value"]).get("n") or text("table.file"))
    await replace(body, client, respond, actor, text("table.left"), views.left(name, text))


async def export(
    ack: AsyncAck, wanted: str, client: AsyncWebClient, actor: User, services: Services, text: Text, later: Background
) -> None:
    """`wanted` is what follows the word: xlsx (the default), csv or json."""
    form = wanted.strip().lower() or Form.XLSX
    if form not in list(Form):
        await ack(text=text("export.forms"))
        return
    await ack(text=text("export.begun"))
    later(told_work(_export(Form(form), client, actor, services, text), actor.user_id, client, text))


async def _export(form: Form, client: AsyncWebClient, actor: User, services: Services, text: Text) -> None:
    kept = await services.exports.seen_by(actor)
    content = await aside(tables.exported, kept, form)
    opened = await client.conversations_open(users=actor.user_id)
    today = actor.today(services.customers.now())
    told = text("export.done", count=len(kept.customers))
    await _upload(f"factormate-{today}.{form}", content, opened["channel"]["id"], client, told)


async def _planned(file_id: str, client: AsyncWebClient, actor: User, services: Services) -> tuple[str, Plan]:
    """Raises TableFileError. The file is read anew from Slack each time, so nothing of it is kept here."""
    try:
        file = (await client.files_info(file=file_id))["file"]
        if file.get("size", 0) > tables.MAX_BYTES:
            raise TableFileError("table.file_too_large", limit=tables.MAX_BYTES // 1024 // 1024)
        # One that was deleted, or lies with somebody else, has no address of its own.
        content = await slack.download(client, str(file.get("url_private", "")))
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        raise TableFileError("table.file_gone") from error
    lines = await drawn(tables.read(content))
    return str(file.get("name") or file.get("title") or file_id), await services.imports.plan(
        actor.team_id, lines, actor
    )


async def _send_report(name: str, plan: Plan, channel_id: str, client: AsyncWebClient, text: Text) -> None:
    content = await aside(lambda: tables.csv_bytes(views.report(plan.rows, plan.faults, text)))
    file_name = f"{name.rpartition('.')[0] or name}-{text('table.report')}.csv"
    await _upload(file_name, content, channel_id, client, "")


async def _upload(name: str, content: bytes, channel_id: str, client: AsyncWebClient, comment: str) -> None:
    await client.files_upload_v2(
        filename=name, title=name, content=content, channel=channel_id, initial_comment=comment or None
    )


def register(app: AsyncApp) -> None:
    app.event("message", matchers=[has_file])(file_sent)
    app.action(views.IMPORT)(bring_in)
    app.action(views.LEAVE)(leave)

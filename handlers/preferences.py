"""/factormate: every command under one name that no other app can take; settings, status, privacy and language."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain.entry import Lang
from bot.domain.user import User
from bot.services import Services
from bot.text import Text
from bot.views.blocks import escape
from handlers import (
    customers,
    exchange,
    figures,
    followups,
    incoming,
    library,
    playbook,
    preparation,
    privacy,
    reports,
    search,
    settings,
    status,
    visits,
)
from handlers.background import Background
from handlers.middleware import Workers

COMMAND = "/factormate"


async def factormate(
    ack: AsyncAck,
    command: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
    workers: Workers,
) -> None:
    word, rest = incoming.first_word(command["text"])
    inner = {**command, "text": rest, "invoked_as": f"{COMMAND} {word}"}
    match word:
        case "objection":
            await playbook.objection(ack, inner, actor, services, text, later)
        case "visit":
            await visits.visit(ack, inner, client, actor, services, text, later)
        case "customer":
            await customers.customer(ack, inner, actor, services, text)
        case "playbook":
            await library.playbook(ack, inner, actor, services, text, later)
        case "prep":
            await preparation.prep(ack, inner, actor, services, text)
        case "find":
            await search.find(ack, inner, client, respond, actor, services, text, later)
        case "followups" | "跟进":
            await followups.followups(ack, inner, actor, services, text)
        case "export" | "导出":
            await exchange.export(ack, rest, client, actor, services, text, later)
        case "report" | "周报":
            await reports.report(ack, client, actor, services, text, later)
        case "kpi" | "指标":
            await figures.kpi(ack, client, actor, services, text, later)
        case "settings" | "设置":
            await settings.open_settings(ack, inner, client, actor, services, text)
        case "status" | "状态":
            await status.status(ack, actor, services, text, workers)
        case "privacy" | "隐私":
            await privacy.privacy(ack, services, text)
        case "language" | "语言":
            await _language(ack, rest, actor, services, text)
        case "" | "help" | "帮助":
            await ack(text=text("help.all"))
        case _:
            await ack(text=f"{text('help.unknown', word=escape(word))}\n{text('help.all')}")


async def _language(ack: AsyncAck, wanted: str, actor: User, services: Services, text: Text) -> None:
    choices: dict[str, Lang | None] = {"zh": "zh", "中文": "zh", "en": "en", "english": "en", "auto": None}
    wanted = wanted.lower()
    if wanted not in choices:
        await ack(text=text("help.all"))
        return
    language = choices[wanted]
    await services.members.set_language(actor, language)
    changed = await services.members.actor(actor.team_id, actor.user_id)
    await ack(text=texts.load(changed.lang)(f"language.set_{language or 'auto'}"))


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(factormate)

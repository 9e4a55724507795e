"""/factormate: every command under one name that no other app can take; settings, status, privacy and language."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

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
WORDS: Final[Mapping[str, Sequence[str]]] = {
    "objection": ("objections", "异议", "怎么回"),
    "visit": ("visits", "note", "log", "拜访", "记拜访", "记录"),
    "customer": ("customers", "brief", "客户", "简报"),
    "playbook": ("plays", "话术", "话术库"),
    "prep": ("prepare", "会前", "准备"),
    "find": ("search", "找", "查找", "搜索"),
    "followups": ("followup", "follow-ups", "due", "跟进", "待办"),
    "export": ("导出",),
    "report": ("周报",),
    "kpi": ("kpis", "指标"),
    "settings": ("setting", "preferences", "设置"),
    "status": ("状态", "运行情况"),
    "privacy": ("data", "隐私"),
    "language": ("lang", "语言"),
    "help": ("", "?", "？", "帮助", "怎么用"),
}
"""What each is called, and what else people type for it."""
_MEANT: Final = {each: word for word, others in WORDS.items() for each in (word, *others)}
_LANGUAGES: Final[Mapping[str, Lang | None]] = {
    "zh": "zh",
    "中文": "zh",
    "chinese": "zh",
    "en": "en",
    "english": "en",
    "英文": "en",
    "英语": "en",
    "auto": None,
    "自动": None,
}


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
    typed, rest = incoming.first_word(command["text"])
    word = _MEANT.get(typed.removeprefix("/"), "")
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
        case "followups":
            await followups.followups(ack, inner, actor, services, text)
        case "export":
            await exchange.export(ack, rest, client, actor, services, text, later)
        case "report":
            await reports.report(ack, client, actor, services, text, later)
        case "kpi":
            await figures.kpi(ack, client, actor, services, text, later)
        case "settings":
            await settings.open_settings(ack, inner, client, actor, services, text)
        case "status":
            await status.status(ack, actor, services, text, workers)
        case "privacy":
            await privacy.privacy(ack, services, text)
        case "language":
            await _language(ack, rest, actor, services, text)
        case "help":
            await ack(text=text("help.all"))
        case _:
            await ack(text=_unknown(typed, text))


def _unknown(typed: str, text: Text) -> str:
    """What was not understood, what may have been meant, and all there is."""
    told = [text("help.unknown", word=escape(typed))]
    if near := get_close_matches(typed, WORDS, n=1, cutoff=0.7):
        told.append(text("help.near", word=near[0]))
    return "\n".join([*told, text("help.all")])


async def _language(ack: AsyncAck, wanted: str, actor: User, services: Services, text: Text) -> None:
    wanted = wanted.lower()
    if wanted not in _LANGUAGES:
        await ack(text=text("language.which"))
        return
    language = _LANGUAGES[wanted]
    await services.members.set_language(actor, language)
    changed = await services.members.actor(actor.team_id, actor.user_id)
    await ack(text=texts.load(changed.lang)(f"language.set_{language or 'auto'}"))


def register(app: AsyncApp) -> None:
    app.command(COMMAND)(factormate)

"""The emulator's suggested prompts: who may set them, where, and how they are clicked."""

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator
from tests.sandbox.builders import Json, manifest
from tests.sandbox.conftest import Start, client_for
from tests.sandbox.test_local_api import Page
from tests.sandbox.tiny_bot import TinyBot

PROMPTS = [{"title": "Fee", "message": "the fee is too high"}]


async def test_prompts_are_shown_and_said(start: Start, bot: TinyBot, session: ClientSession) -> None:
    """Opening the Messages tab tells the app; a click on a prompt says it as the person."""
    emulator, slack = await with_agent(start, session)
    lin = emulator.person("U01LIN")
    await lin.open_messages()
    await emulator.settled()
    assert bot.got("app_home_opened")[0].body["event"]["tab"] == "messages"
    await slack.assistant_threads_setSuggestedPrompts(channel_id="D01LIN", prompts=PROMPTS)
    assert lin.prompts() == {"Fee": "the fee is too high"}
    assert (await lin.pick_prompt("Fee")).text == "the fee is too high"
    with pytest.raises(LookupError):
        await lin.pick_prompt("Bank")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel_id": "C01EAST", "prompts": PROMPTS}, "channel_not_found"),
        ({"channel_id": "D01LIN", "prompts": PROMPTS, "thread_ts": "1.1"}, "thread_not_found"),
        ({"channel_id": "D01LIN", "prompts": PROMPTS * 5}, "invalid_arguments"),
        ({"channel_id": "D01LIN", "prompts": [{"title": "x"}]}, "invalid_arguments"),
    ],
)
async def test_what_slack_refuses(start: Start, session: ClientSession, arguments: Json, error: str) -> None:
    _, slack = await with_agent(start, session)
    with pytest.raises(SlackApiError, match=error):
        await slack.assistant_threads_setSuggestedPrompts(**arguments)


async def test_an_app_without_an_agent_view_has_none(start: Start, session: ClientSession) -> None:
    emulator: Emulator = await start(manifest=with_scope())
    with pytest.raises(SlackApiError, match="not_enabled"):
        await client_for(emulator, session).assistant_threads_setSuggestedPrompts(channel_id="D01LIN", prompts=PROMPTS)


def with_scope() -> Json:
    changed = manifest()
    changed["oauth_config"]["scopes"]["bot"].append("assistant:write")
    return changed


async def with_agent(start: Start, session: ClientSession) -> tuple[Emulator, AsyncWebClient]:
    changed = with_scope()
    changed["features"]["agent_view"] = {"agent_description": "Answers"}
    emulator: Emulator = await start(manifest=changed)
    return emulator, client_for(emulator, session)


async def test_the_page_shows_them(start: Start, session: ClientSession) -> None:
    """To the person whose conversation it is, at once and after coming back; opening the tab tells the app."""
    emulator, slack = await with_agent(start, session)
    page = Page(emulator, session)
    assert await page.post("messages-tab") == {"ok": True}
    async with page.events() as events:
        await slack.assistant_threads_setSuggestedPrompts(channel_id="D01LIN", prompts=PROMPTS, title="Ask")
        shown = {"channel": "D01LIN", "thread_ts": "", "title": "Ask", "prompts": PROMPTS}
        assert await events.next() == ("prompts", shown)
    assert (await page.get("state"))["prompts"] == [shown]
    assert (await Page(emulator, session, "U02CHEN").get("state"))["prompts"] == []

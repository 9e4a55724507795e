"""The emulator's link previews: of which links the app hears, and what it may show below them."""

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError

from bot.sandbox import Emulator
from tests.sandbox.builders import Json, actions, button, manifest, section
from tests.sandbox.conftest import Start, client_for
from tests.sandbox.tiny_bot import TinyBot

URL = "https://bot.example.com/p/x"


def with_domain() -> Json:
    changed = manifest()
    changed["features"]["unfurl_domains"] = ["bot.example.com"]
    changed["oauth_config"]["scopes"]["bot"] += ["links:read", "links:write"]
    changed["settings"]["event_subscriptions"]["bot_events"].append("link_shared")
    return changed


async def test_a_link_is_told_of_shown_and_clicked(start: Start, bot: TinyBot, session: ClientSession) -> None:
    """Only of the app's own domains; buttons in it say which link they belong to."""
    emulator: Emulator = await start(manifest=with_domain())
    lin = emulator.person("U01LIN")
    await lin.say("C01EAST", "https://bot.example.com.evil.com/p/x")
    message = await lin.say("C03RANDOM", f"see {URL}")
    await emulator.settled()
    (received,) = bot.got("link_shared")
    event = received.body["event"]
    assert event["links"] == [{"domain": "bot.example.com", "url": URL}]
    assert (event["is_bot_user_member"], event["source"]) == (False, "conversations_history")
    slack = client_for(emulator, session)
    where = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    with pytest.raises(SlackApiError, match="cannot_unfurl_url"):
        await slack.chat_unfurl(**where, unfurls={"https://bot.example.com/other": {"blocks": [section()]}})
    with pytest.raises(SlackApiError, match="cannot_find_message"):
        await slack.chat_unfurl(unfurl_id="U1", source="composer", unfurls={})
    await slack.chat_unfurl(**where, unfurls={URL: {"blocks": [section("hello"), actions(button("go"))]}})
    assert message.attachments[0]["blocks"][0]["text"]["text"] == "hello"
    assert await emulator.person("U02CHEN").press(message, "go") == 200
    clicked = bot.got("block_actions")[0].body
    assert clicked["container"]["type"] == "message_attachment"
    assert clicked["app_unfurl"]["app_unfurl_url"] == URL

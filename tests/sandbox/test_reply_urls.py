"""response_url: five uses, thirty minutes, and what may be replaced (reference, 1.5)."""

from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Emulator
from tests.sandbox.builders import actions, button, input_block, modal, section
from tests.sandbox.conftest import FakeTimer
from tests.sandbox.test_web_api import refused
from tests.sandbox.tiny_bot import TinyBot


async def command_reply(emulator: Emulator, bot: TinyBot, channel: str = "C01EAST") -> AsyncWebhookClient:
    """Slack's client for the response_url of a command."""
    await emulator.person("U01LIN").command("/visit", channel=channel)
    return AsyncWebhookClient(bot.got("/visit")[-1].body["response_url"])


async def click_reply(
    emulator: Emulator, bot: TinyBot, slack: AsyncWebClient, *, ephemeral: bool
) -> AsyncWebhookClient:
    """The same for a click on a button in a message."""
    message = {"channel": "C01EAST", "text": "original", "blocks": [actions(button())]}
    if ephemeral:
        await slack.api_call("chat.postEphemeral", json=message | {"user": "U01LIN"})
    else:
        await slack.api_call("chat.postMessage", json=message)
    lin = emulator.person("U01LIN")
    await lin.press(lin.messages("C01EAST")[-1], "go")
    return AsyncWebhookClient(bot.got("block_actions")[-1].body["response_url"])


def shown(emulator: Emulator, user_id: str) -> list[tuple[str, bool]]:
    return [(each.text, each.is_ephemeral) for each in emulator.person(user_id).messages("C01EAST")]


async def test_five_uses(emulator: Emulator, bot: TinyBot) -> None:
    reply = await command_reply(emulator, bot)
    assert [(await reply.send(text="x")).status_code for _ in range(6)] == [200] * 5 + [404]
    assert emulator.calls[-1].result == {"ok": False, "error": "used_url"}


async def test_thirty_minutes(emulator: Emulator, bot: TinyBot, timer: FakeTimer) -> None:
    reply = await command_reply(emulator, bot)
    timer.advance(30 * 60)
    assert (await reply.send(text="x")).status_code == 200
    timer.advance(1)
    assert "expired_url" in (await reply.send(text="x")).body


async def test_unknown_address(emulator: Emulator, session: ClientSession) -> None:
    async with session.post(f"{emulator.base_url}/response/none", json={"text": "x"}) as response:
        assert response.status == 404


async def test_ephemeral_by_default_and_everywhere(emulator: Emulator, bot: TinyBot) -> None:
    """Also where the app is no member."""
    reply = await command_reply(emulator, bot, "C03RANDOM")
    await reply.send(text="private")
    await reply.send(text="shared", response_type="in_channel")
    assert [each.text for each in emulator.person("U02CHEN").messages("C03RANDOM")] == ["shared"]
    assert [each.text for each in emulator.person("U01LIN").messages("C03RANDOM")] == ["private", "shared"]


async def test_replace_for_everyone(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    reply = await click_reply(emulator, bot, slack, ephemeral=False)
    await reply.send(text="replaced", replace_original=True)
    assert shown(emulator, "U02CHEN") == [("replaced", False)]


async def test_ephemeral_stays_ephemeral(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    """Replaced with in_channel it is still shown to one; as a new message it can be shared."""
    reply = await click_reply(emulator, bot, slack, ephemeral=True)
    assert "message" not in bot.got("block_actions")[0].body
    assert bot.got("block_actions")[0].body["container"]["is_ephemeral"] is True
    await reply.send(text="replaced", replace_original=True, response_type="in_channel")
    assert shown(emulator, "U01LIN") == [("replaced", True)]
    await reply.send(text="shared", replace_original=False, response_type="in_channel")
    assert shown(emulator, "U02CHEN") == [("shared", False)]


async def test_without_replace_a_new_message(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    reply = await click_reply(emulator, bot, slack, ephemeral=False)
    await reply.send(text="only you")
    assert shown(emulator, "U01LIN") == [("original", False), ("only you", True)]


async def test_delete_original(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    """It must be the only attribute; Bolt's empty text does no harm."""
    reply = await click_reply(emulator, bot, slack, ephemeral=True)
    assert (await reply.send_dict({"delete_original": True, "text": "bye"})).status_code == 400
    assert (await reply.send_dict({"delete_original": True, "text": ""})).status_code == 200
    assert shown(emulator, "U01LIN") == []


async def test_command_line_cannot_be_replaced(emulator: Emulator, bot: TinyBot) -> None:
    reply = await command_reply(emulator, bot)
    await reply.send(text="1", replace_original=True)
    await reply.send(text="2", replace_original=True)
    assert shown(emulator, "U01LIN") == [("1", True), ("2", True)]
    assert (await reply.send_dict({"delete_original": True})).status_code == 400


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("no_text", {}),
    ("invalid_blocks", {"blocks": [section("")]}),
    ("invalid_response_type", {"text": "x", "response_type": "loud"}),
    ("invalid_arguments", {"text": "x", "thread_ts": "1.2"}),
]


@pytest.mark.parametrize(("error", "body"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_refused_posts(emulator: Emulator, bot: TinyBot, error: str, body: dict[str, Any]) -> None:
    reply = await command_reply(emulator, bot)
    answer = await reply.send_dict(body or {"unfurl_links": False})
    assert answer.status_code == 400
    assert error in answer.body


async def chosen_reply(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient, conversation: str) -> Any:
    """What the app gets for a select with response_url_enabled in which 林悦 chose this conversation."""
    element = {"type": "conversations_select", "action_id": "a", "response_url_enabled": True}
    lin = emulator.person("U01LIN")
    await slack.views_open(trigger_id=emulator.state.triggers.issue(lin.id), view=modal(input_block(element)))
    await lin.submit(lin.views()[-1], {"b": {"a": {"selected_conversation": conversation}}})
    (reply,) = bot.got("view_submission")[0].body["response_urls"]
    return reply


async def test_reply_address_of_a_chosen_channel(
    emulator: Emulator, slack: AsyncWebClient, bot: TinyBot, session: ClientSession
) -> None:
    """A select with response_url_enabled gives a response_url for the channel that was chosen."""
    reply = await chosen_reply(emulator, bot, slack, "C03RANDOM")
    assert (reply["block_id"], reply["action_id"], reply["channel_id"]) == ("b", "a", "C03RANDOM")
    await session.post(reply["response_url"], json={"text": "shared", "response_type": "in_channel"})
    assert [each.text for each in emulator.person("U05REED").messages("C03RANDOM")] == ["shared"]


async def test_reply_address_of_a_dm_between_people(
    emulator: Emulator, slack: AsyncWebClient, bot: TinyBot, session: ClientSession
) -> None:
    """It reaches both of them and nobody else; by its token the app does not get there."""
    direct = emulator.state.direct_id("U03GRACE", "U01LIN")
    reply = await chosen_reply(emulator, bot, slack, direct)
    await session.post(reply["response_url"], json={"text": "shared", "response_type": "in_channel"})
    for user_id in ("U01LIN", "U03GRACE"):
        assert [each.text for each in emulator.person(user_id).messages(direct)] == ["shared"]
    assert emulator.person("U02CHEN").messages(direct) == []
    assert (await refused(slack, "chat.postMessage", channel=direct, text="x"))["error"] == "channel_not_found"

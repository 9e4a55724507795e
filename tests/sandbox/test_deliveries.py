"""What the app receives: signatures, time limits, retries, duplicates, escaping (reference, 1.1 to 1.6)."""

import asyncio

import pytest
from aiohttp import ClientSession, web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator
from bot.sandbox.signing import signature
from bot.sandbox.wire_text import as_sent
from bot.sandbox.workspace import Channel, Person
from tests.sandbox.builders import Json, actions, button, manifest
from tests.sandbox.conftest import Start
from tests.sandbox.tiny_bot import TinyBot

RETRIES = {"X-Slack-Retry-Num", "X-Slack-Retry-Reason"}


def test_signature_is_slacks() -> None:
    body = "command=%2Fvisit&text=远大".encode()
    expected = SignatureVerifier("secret").generate_signature(timestamp="1700000000", body=body)
    assert signature("secret", "1700000000", body) == expected


async def test_every_kind_is_signed(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    lin = emulator.person("U01LIN")
    await slack.chat_postMessage(channel="C01EAST", text="x", blocks=[actions(button())])
    await lin.press(lin.messages("C01EAST")[0], "go")
    await lin.command("/visit")
    await lin.dm("你好")
    await emulator.settled()
    assert {each.type for each in bot.received} == {"block_actions", "/visit", "message"}
    assert all(each.signed for each in bot.received)


async def test_only_commands_of_the_manifest(emulator: Emulator, bot: TinyBot) -> None:
    with pytest.raises(LookupError):
        await emulator.person("U01LIN").command("/other")
    assert bot.received == []


SENT = [
    ("mention", "@陈浩 来看", "<@U02> 来看"),
    ("handle", "ask @chen", "ask <@U02>"),
    ("everybody", "@channel", "<!channel>"),
    ("typed token", "<!channel>", "&lt;!channel&gt;"),
    ("chosen person", "<@U02> hi", "<@U02> hi"),
    ("typed link token", "<https://evil.example|bank.example>", "&lt;<https://evil.example>|bank.example&gt;"),
    ("link", "见 https://example.com/a?b=1&c=2", "见 <https://example.com/a?b=1&amp;c=2>"),
    ("channel", "#east 很忙", "<#C01|east> 很忙"),
    ("private channel", "#boss", "<#C02|>"),
    ("entities", "A & B < C", "A &amp; B &lt; C"),
]


@pytest.mark.parametrize(("typed", "sent"), [row[1:] for row in SENT], ids=[row[0] for row in SENT])
def test_what_slacks_client_sends(typed: str, sent: str) -> None:
    channels = [Channel("C01", "east", ()), Channel("C02", "boss", (), is_private=True)]
    assert as_sent(typed, [Person("U02", "chen", "陈浩")], channels) == sent


async def test_escaping_is_the_commands_choice(emulator: Emulator, bot: TinyBot) -> None:
    lin = emulator.person("U01LIN")
    for command in ("/visit", "/plain"):
        await lin.command(command, "@陈浩 <b>")
    assert bot.got("/visit")[0].body["text"] == "<@U02CHEN> &lt;b&gt;"
    assert bot.got("/plain")[0].body["text"] == "@陈浩 <b>"


@pytest.mark.parametrize(
    ("channel", "name"), [("C01EAST", "华东团队-east-team"), (None, "directmessage")], ids=["channel", "DM"]
)
async def test_channel_names(emulator: Emulator, bot: TinyBot, channel: str | None, name: str) -> None:
    await emulator.person("U01LIN").command("/visit", channel=channel)
    assert bot.got("/visit")[0].body["channel_name"] == name


FAILURES = [("http_service_error", 500), ("http_client_error", 404)]


@pytest.mark.parametrize(("error", "status"), FAILURES)
async def test_failed_command_is_told_to_the_person(emulator: Emulator, bot: TinyBot, error: str, status: int) -> None:
    bot.on("/visit", lambda body: web.Response(status=status))
    grace = emulator.person("U03GRACE")
    assert await grace.command("/visit", channel="C01EAST") == status
    (note,) = grace.messages("C01EAST")
    assert (note.user, note.is_ephemeral) == ("USLACKBOT", True)
    assert note.text == f"/visit failed with the error “{error}”"


async def test_three_seconds_for_an_answer(emulator: Emulator, bot: TinyBot) -> None:
    """Later ones are too late; the person is told."""
    never = asyncio.Event()

    async def hang(body: Json) -> None:
        await never.wait()

    bot.on("/visit", hang)
    lin = emulator.person("U01LIN")
    assert await lin.command("/visit") == 0
    never.set()
    assert "operation_timeout" in lin.dm_messages()[0].text
    assert emulator.deliveries[0].failure == "http_timeout"


async def test_unsound_command_reply(emulator: Emulator, bot: TinyBot) -> None:
    bot.on("/visit", {"blocks": [{"type": "nothing"}]})
    lin = emulator.person("U01LIN")
    await lin.command("/visit")
    assert "invalid_command_response" in lin.dm_messages()[0].text
    assert emulator.deliveries[0].refused


async def test_events_are_retried_with_the_same_id(start: Start, bot: TinyBot) -> None:
    """Three times, with number and reason; a success in between ends it."""
    emulator = await start(retry_delays=(0, 0, 0))
    bot.on("message", lambda body: web.Response(status=500))
    await emulator.person("U01LIN").dm("你好")
    await emulator.wait_for(lambda: len(bot.got("message")) == 4)
    tries = bot.got("message")
    assert len({each.body["event_id"] for each in tries}) == 1
    assert [each.headers.get("X-Slack-Retry-Num") for each in tries] == [None, "1", "2", "3"]
    assert tries[1].headers["X-Slack-Retry-Reason"] == "http_error"
    bot.on("message", lambda body: web.Response(status=500 if len(bot.got("message")) == 5 else 200))
    await emulator.person("U01LIN").dm("again")
    await emulator.wait_for(lambda: len(bot.got("message")) == 6)
    await emulator.wait_for(lambda: emulator.deliveries[-1].ok)


async def test_no_retry_header_stops_retries(start: Start, bot: TinyBot) -> None:
    emulator = await start(retry_delays=(0, 0, 0))
    bot.on("message", lambda body: web.Response(status=500, headers={"X-Slack-No-Retry": "1"}))
    await emulator.person("U01LIN").dm("你好")
    await emulator.person("U01LIN").command("/visit")
    await emulator.settled()
    assert len(bot.got("message")) == 1


async def test_unreachable_app(start: Start, bot: TinyBot) -> None:
    emulator = await start()
    emulator.bot_url = "http://127.0.0.1:9/slack/events"
    lin = emulator.person("U01LIN")
    assert await lin.command("/visit") == 0
    assert "dispatch_failed" in lin.dm_messages()[0].text
    assert emulator.deliveries[0].failure == "connection_failed"


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at once"])
async def test_interaction_delivered_twice(
    emulator: Emulator, bot: TinyBot, slack: AsyncWebClient, together: bool
) -> None:
    """The same payload to the letter."""
    await slack.chat_postMessage(channel="C01EAST", text="x", blocks=[actions(button())])
    lin = emulator.person("U01LIN")
    emulator.deliver_twice("interaction", together=together)
    await lin.press(lin.messages("C01EAST")[0], "go")
    await emulator.wait_for(lambda: len(bot.got("block_actions")) == 2)
    first, second = bot.got("block_actions")
    assert first.body == second.body


async def test_event_delivered_twice(emulator: Emulator, bot: TinyBot) -> None:
    """The second looks like a retry after a timeout; the one after it comes once."""
    emulator.deliver_twice("app_mention")
    lin = emulator.person("U01LIN")
    await lin.mention("C01EAST", "1")
    await lin.mention("C01EAST", "2")
    await emulator.wait_for(lambda: len(bot.got("app_mention")) == 3)
    twice = [each for each in bot.got("app_mention") if each.body["event"]["text"].endswith("1")]
    assert twice[0].body["event_id"] == twice[1].body["event_id"]
    assert [set(each.headers) >= RETRIES for each in twice] == [False, True]


async def test_own_posts_come_back_as_events(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    """With the app's bot_id, as in Slack: an app that answers them would talk to itself."""
    ts = (await slack.chat_postMessage(channel="D01LIN", text="1"))["ts"]
    await slack.chat_update(channel="D01LIN", ts=ts, text="2")
    await emulator.settled()
    posted, changed = (each.body["event"] for each in bot.got("message"))
    assert posted["bot_id"] == "B0BOT"
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "2")


async def test_events_only_where_subscribed_and_present(start: Start, bot: TinyBot) -> None:
    """Nothing from channels without message.channels, nothing from where the app is not; there a hint to invite."""
    emulator = await start(manifest=manifest("app_mentions:read"))
    lin = emulator.person("U01LIN")
    await lin.say("C01EAST", "没提到")
    await lin.mention("C01EAST", "没订阅")
    await lin.mention("C03RANDOM", "不在")
    await emulator.settled()
    assert bot.received == []
    assert "/invite @factormate" in lin.messages("C03RANDOM")[-1].text


async def test_forged_body(emulator: Emulator, bot: TinyBot) -> None:
    """Tests can send anything, signed."""
    delivery = await emulator.deliver("interactive", {"type": "block_actions", "actions": []})
    assert delivery.ok
    assert bot.got("block_actions")[0].signed


async def test_page_and_api_answer_only_on_their_own(emulator: Emulator, session: ClientSession) -> None:
    async with session.get(f"{emulator.base_url}/") as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")
    async with session.get(f"{emulator.base_url}/static/index.html") as response:
        assert response.status == 200
    async with session.get(f"{emulator.base_url}/static/../emulator.py") as response:
        assert response.status == 404

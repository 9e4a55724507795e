"""Messages: where the app may post, what it may post, and what it may change afterwards (reference, 2.3, 3.1)."""

from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator
from tests.sandbox.builders import actions, button, manifest, mrkdwn, plain, section
from tests.sandbox.conftest import Start, client_for
from tests.sandbox.test_web_api import refused

METADATA = {"event_type": "digest", "event_payload": {"key": "1"}}
REFUSED = [
    ("no_text", {}),
    ("no_text", {"text": "", "blocks": []}),
    ("invalid_blocks", {"text": "x", "blocks": [{"type": "nothing"}]}),
    ("invalid_blocks", {"text": "x", "blocks": [section("x" * 3001)]}),
    ("invalid_blocks_format", {"text": "x", "blocks": "[{"}),
    ("invalid_blocks_format", {"text": "x", "blocks": {"type": "section"}}),
    ("invalid_metadata_format", {"text": "x", "metadata": "{"}),
    ("invalid_metadata_schema", {"text": "x", "metadata": {"event_type": "digest"}}),
    ("metadata_too_large", {"text": "x", "metadata": {"event_type": "d", "event_payload": {"k": "x" * 9_000}}}),
    ("markdown_text_conflict", {"markdown_text": "x", "text": "x"}),
    ("msg_too_long", {"markdown_text": "x" * 12_001}),
    ("too_many_attachments", {"attachments": [{"text": "x"}] * 101}),
]


@pytest.mark.parametrize(("error", "arguments"), REFUSED)
async def test_refused_content(slack: AsyncWebClient, error: str, arguments: dict[str, Any]) -> None:
    assert (await refused(slack, "chat.postMessage", channel="C01EAST", **arguments))["error"] == error


async def test_refused_blocks_say_where(slack: AsyncWebClient) -> None:
    answer = await refused(slack, "chat.postMessage", channel="C01EAST", text="x", blocks=[section("")])
    expected = ["[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"] == expected


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C03RANDOM", "not_in_channel"),
        ("#random", "not_in_channel"),
        ("C0NONE", "channel_not_found"),
        ("", "channel_not_found"),
    ],
)
async def test_where_the_app_may_not_post(slack: AsyncWebClient, channel: str, error: str) -> None:
    assert (await refused(slack, "chat.postMessage", channel=channel, text="x"))["error"] == error


async def test_public_scope_posts_without_membership(start: Start, session: ClientSession) -> None:
    granted = manifest()
    granted["oauth_config"]["scopes"]["bot"].append("chat:write.public")
    slack = client_for(await start(manifest=granted), session)
    assert (await slack.chat_postMessage(channel="C03RANDOM", text="x"))["ok"]


async def test_invited_by_a_person(emulator: Emulator, slack: AsyncWebClient) -> None:
    """The channel sees it once; a second invitation is answered by Slackbot."""
    reed = emulator.person("U05REED")
    await reed.command("/invite", "@factormate", channel="C03RANDOM")
    assert (await slack.chat_postMessage(channel="C03RANDOM", text="x"))["ok"]
    await reed.command("/invite", "@factormate", channel="C03RANDOM")
    joined, posted, told = reed.messages("C03RANDOM")
    assert (joined.user, joined.subtype, joined.inviter) == ("U0BOT", "channel_join", "U05REED")
    assert (posted.text, told.user, told.ephemeral_to) == ("x", "USLACKBOT", "U05REED")


async def test_user_id_opens_the_dm(emulator: Emulator, slack: AsyncWebClient) -> None:
    answer = await slack.chat_postMessage(channel="U01LIN", text="早上好", metadata=METADATA)
    assert answer["channel"] == "D01LIN"
    (message,) = emulator.person("U01LIN").dm_messages()
    assert (message.text, message.metadata, message.is_bot, message.user) == ("早上好", METADATA, True, "U0BOT")
    assert emulator.person("U02CHEN").messages("D01LIN") == []


async def test_messages_tab_switched_off(start: Start, session: ClientSession) -> None:
    features = manifest()["features"] | {"app_home": {"messages_tab_enabled": False}}
    slack = client_for(await start(manifest=manifest(features=features)), session)
    assert (await refused(slack, "chat.postMessage", channel="U01LIN", text="x"))["error"] == "messages_tab_disabled"


@pytest.mark.parametrize(
    ("channel", "user", "error"),
    [
        ("C03RANDOM", "U01LIN", "not_in_channel"),
        ("C01EAST", "U05REED", "user_not_in_channel"),
        ("C01EAST", "U0NOBODY", "user_not_found"),
        ("D01LIN", "U02CHEN", "user_not_in_channel"),
    ],
)
async def test_ephemeral_only_among_members(slack: AsyncWebClient, channel: str, user: str, error: str) -> None:
    assert (await refused(slack, "chat.postEphemeral", channel=channel, user=user, text="x"))["error"] == error


async def test_ephemeral_is_seen_by_one(emulator: Emulator, slack: AsyncWebClient) -> None:
    await slack.chat_postEphemeral(channel="C01EAST", user="U01LIN", text="only you")
    assert [each.is_ephemeral for each in emulator.person("U01LIN").messages("C01EAST")] == [True]
    assert emulator.person("U02CHEN").messages("C01EAST") == []


async def test_update_keeps_what_it_does_not_mention(emulator: Emulator, slack: AsyncWebClient) -> None:
    """Blocks stay unless given (an empty list removes them), metadata stays unless given."""
    ts = (await slack.chat_postMessage(channel="D01LIN", text="1", blocks=[section("one")], metadata=METADATA))["ts"]
    (message,) = emulator.person("U01LIN").dm_messages()
    await slack.chat_update(channel="D01LIN", ts=ts, text="2")
    assert (message.text, message.blocks[0]["text"]["text"], message.metadata) == ("2", "one", METADATA)
    await slack.chat_update(channel="D01LIN", ts=ts, text="3", blocks=[])
    assert (message.text, message.blocks, message.edited) == ("3", [], True)


async def test_edit_with_too_long_a_text(slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel="C01EAST", text="x" * 5_000))["ts"]
    answer = await refused(slack, "chat.update", channel="C01EAST", ts=ts, text="x" * 4_001)
    assert answer["error"] == "msg_too_long"


async def test_only_own_messages_can_be_changed(emulator: Emulator, slack: AsyncWebClient) -> None:
    theirs = await emulator.person("U01LIN").say("C01EAST", "mine")
    shown = (await slack.chat_postEphemeral(channel="C01EAST", user="U01LIN", text="x"))["message_ts"]
    for method, word in (("chat.update", "update"), ("chat.delete", "delete")):
        arguments = {"channel": "C01EAST", "text": "x"}
        assert (await refused(slack, method, ts=theirs.ts, **arguments))["error"] == f"cant_{word}_message"
        assert (await refused(slack, method, ts=shown, **arguments))["error"] == "message_not_found"
        assert (await refused(slack, method, ts="1.2", **arguments))["error"] == "message_not_found"
    assert (await refused(slack, "chat.update", channel="U01LIN", ts="1.2", text="x"))["error"] == "channel_not_found"


async def test_delete_and_permalink(emulator: Emulator, slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel="C01EAST", text="x"))["ts"]
    link = (await slack.chat_getPermalink(channel="C01EAST", message_ts=ts))["permalink"]
    assert link == f"{emulator.base_url}/archives/C01EAST/p{ts.replace('.', '')}"
    await slack.chat_delete(channel="C01EAST", ts=ts)
    assert emulator.person("U01LIN").messages("C01EAST") == []


RINGS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("text", {"text": "<!channel> hi <@U01LIN>"}, ("channel", "U01LIN")),
    ("escaped text", {"text": "&lt;!channel&gt; @channel"}, ()),
    ("user group", {"text": "<!subteam^S123|@sales>"}, ("S123",)),
    ("mrkdwn block", {"text": "x", "blocks": [section("<!here>")]}, ("here",)),
    ("plain_text block", {"text": "x", "blocks": [{"type": "header", "text": plain("<!here>")}]}, ()),
    ("button", {"text": "x", "blocks": [actions(button(text=plain("<!here>"), value="<!here>"))]}, ()),
    ("context", {"text": "x", "blocks": [{"type": "context", "elements": [mrkdwn("<!everyone>")]}]}, ("everyone",)),
    ("parse full", {"text": "@channel look", "parse": "full"}, ("channel",)),
    (
        "rich text",
        {
            "text": "x",
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "channel"}]}
                    ],
                }
            ],
        },
        ("channel",),
    ),
]


@pytest.mark.parametrize(("arguments", "pings"), [row[1:] for row in RINGS], ids=[row[0] for row in RINGS])
async def test_whom_a_message_rings(
    emulator: Emulator, slack: AsyncWebClient, arguments: dict[str, Any], pings: tuple[str, ...]
) -> None:
    await slack.api_call("chat.postMessage", json={"channel": "C01EAST", **arguments})
    (message,) = emulator.person("U01LIN").messages("C01EAST")
    assert message.pings == pings


async def test_unnamed_blocks_are_named(emulator: Emulator, slack: AsyncWebClient) -> None:
    """As Slack does, so that a click says where it happened."""
    await slack.chat_postMessage(channel="C01EAST", text="x", blocks=[section(), section()])
    (message,) = emulator.person("U01LIN").messages("C01EAST")
    assert len({block["block_id"] for block in message.blocks}) == 2


async def test_very_long_text_is_cut(emulator: Emulator, slack: AsyncWebClient) -> None:
    await slack.chat_postMessage(channel="C01EAST", text="x" * 40_001)
    (message,) = emulator.person("U01LIN").messages("C01EAST")
    assert len(message.text) == 40_000


async def test_ts_is_unique_and_growing(emulator: Emulator, slack: AsyncWebClient) -> None:
    """Even while the clock stands still."""
    stamps = [(await slack.chat_postMessage(channel="C01EAST", text=str(number)))["ts"] for number in range(3)]
    assert stamps == sorted(set(stamps))

"""Tokens, scopes, encodings and pace of the Web API, asked by Slack's own client (reference, 2)."""

import json
from dataclasses import replace
from typing import Any, Literal

import pytest
from aiohttp import ClientSession, FormData
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Channel, Emulator, Person, demo_workspace
from tests.sandbox.builders import manifest, section
from tests.sandbox.conftest import APP_TOKEN, BOT_TOKEN, FakeTimer, Start, client_for


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    """What the method answered instead of ok."""
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-other", "auth.test", "invalid_auth"),
        (APP_TOKEN, "auth.test", "not_allowed_token_type"),
        (BOT_TOKEN, "apps.connections.open", "not_allowed_token_type"),
        (BOT_TOKEN, "no.such.method", "unknown_method"),
    ],
)
async def test_tokens(emulator: Emulator, session: ClientSession, token: str, method: str, error: str) -> None:
    assert (await refused(client_for(emulator, session, token), method))["error"] == error


NEEDS = [
    ("chat.postMessage", "chat:write", {"channel": "C01EAST", "text": "x"}),
    ("chat.postEphemeral", "chat:write", {"channel": "C01EAST", "user": "U01LIN", "text": "x"}),
    ("chat.update", "chat:write", {"channel": "C01EAST", "ts": "1.0", "text": "x"}),
    ("chat.delete", "chat:write", {"channel": "C01EAST", "ts": "1.0"}),
    ("users.info", "users:read", {"user": "U01LIN"}),
    ("users.list", "users:read", {}),
    ("usergroups.list", "usergroups:read", {}),
    ("usergroups.users.list", "usergroups:read", {"usergroup": "S01EAST"}),
    ("bots.info", "users:read", {}),
    ("team.info", "team:read", {}),
    ("conversations.open", "im:write", {"users": "U01LIN"}),
    ("conversations.history", "im:history", {"channel": "D01LIN"}),
    ("conversations.history", "channels:history", {"channel": "C01EAST"}),
    ("conversations.replies", "channels:history", {"channel": "C01EAST", "ts": "1.0"}),
    ("conversations.info", "channels:read", {"channel": "C01EAST"}),
    ("conversations.info", "im:read", {"channel": "D01LIN"}),
    ("conversations.members", "channels:read", {"channel": "C01EAST"}),
    ("conversations.list", "channels:read", {}),
    ("chat.postMessage", "chat:write.customize", {"channel": "C01EAST", "text": "x", "username": "Boss"}),
    ("conversations.join", "channels:join", {"channel": "C03RANDOM"}),
]


@pytest.mark.parametrize(("method", "scope", "arguments"), NEEDS, ids=[f"{row[0]} {row[1]}" for row in NEEDS])
async def test_scopes(start: Start, session: ClientSession, method: str, scope: str, arguments: dict[str, Any]) -> None:
    """Without the scope in the manifest the method names it, and the header says what there is."""
    emulator = await start(manifest=manifest(scope))
    answer = await refused(client_for(emulator, session), method, **arguments)
    assert answer["error"] == "missing_scope"
    assert scope in answer["needed"].split(",")
    assert scope not in answer["provided"].split(",")


async def test_granted_scopes_stand_in_the_header(slack: AsyncWebClient) -> None:
    answer = await slack.auth_test()
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0LOCAL", "U0BOT", "B0BOT")


def test_manifest_with_an_event_but_not_its_scope() -> None:
    """Slack would not install it either."""
    broken = manifest()
    broken["oauth_config"]["scopes"]["bot"].remove("im:history")
    with pytest.raises(ValueError, match=r"message\.im"):
        Emulator(demo_workspace(), broken, bot_url=None, signing_secret="s", bot_token="b", app_token="a")


@pytest.mark.parametrize("encoding", ["json", "form", "multipart", "query"])
async def test_encodings(emulator: Emulator, session: ClientSession, encoding: str) -> None:
    """The same call in all the ways that Slack accepts; structures inside forms are JSON in a string."""
    url, blocks = f"{emulator.base_url}/api/chat.postMessage", [section("hello")]
    flat = {"channel": "C01EAST", "text": "x", "blocks": json.dumps(blocks)}
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    if encoding == "json":
        request = session.post(url, json=flat | {"blocks": blocks}, headers=headers)
    elif encoding == "form":
        request = session.post(url, data=flat | {"token": BOT_TOKEN})
    elif encoding == "multipart":
        request = session.post(url, data=FormData(flat, default_to_multipart=True), headers=headers)
    else:
        request = session.get(url, params=flat | {"token": BOT_TOKEN})
    async with request as response:
        assert (await response.json())["ok"] is True
    (message,) = emulator.person("U01LIN").messages("C01EAST")
    assert message.blocks[0]["text"]["text"] == "hello"
    assert "token" not in emulator.calls[0].args


async def test_broken_json(emulator: Emulator, session: ClientSession) -> None:
    url, headers = f"{emulator.base_url}/api/auth.test", {"Content-Type": "application/json"}
    async with session.post(url, data="{", headers=headers) as response:
        assert await response.json() == {"ok": False, "error": "invalid_json"}


async def test_each_call_is_recorded(emulator: Emulator, slack: AsyncWebClient) -> None:
    await slack.chat_postMessage(channel="C01EAST", text="x")
    (call,) = emulator.calls
    assert (call.method, call.token, call.args["text"], call.status) == ("chat.postMessage", BOT_TOKEN, "x", 200)
    assert call.result is not None
    assert call.result["ok"] is True


async def test_users_info(slack: AsyncWebClient) -> None:
    """The locale comes only when asked for; the offset is in seconds."""
    user = (await slack.users_info(user="U03GRACE", include_locale=True))["user"]
    assert (user["locale"], user["tz"], user["tz_offset"]) == ("en-US", "Asia/Shanghai", 8 * 3600)
    assert "locale" not in (await slack.users_info(user="U03GRACE"))["user"]
    assert (await slack.users_info(user="U04ZHOU"))["user"]["is_owner"] is True
    assert (await slack.users_info(user="USLACKBOT"))["user"]["is_bot"] is False
    assert (await refused(slack, "users.info", user="U0NOBODY"))["error"] == "user_not_found"


async def test_users_list_in_pages(slack: AsyncWebClient) -> None:
    """The last cursor is the empty string."""
    seen: list[str] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        answer = await slack.users_list(limit=4, cursor=cursor)
        seen += [user["id"] for user in answer["members"]]
        cursor, pages = answer["response_metadata"]["next_cursor"], pages + 1
    assert pages == 3
    own = {each.id for each in demo_workspace().people if not each.home_team_id}
    assert set(seen) == own | {"U0BOT", "USLACKBOT"}


async def test_conversations(slack: AsyncWebClient) -> None:
    opened = await slack.conversations_open(users="U01LIN")
    assert opened["channel"]["id"] == "D01LIN"
    channel = (await slack.conversations_info(channel="C03RANDOM"))["channel"]
    assert (channel["name"], channel["is_member"]) == ("random", False)
    assert (await slack.conversations_members(channel="C01EAST"))["members"] == [
        "U01LIN",
        "U02CHEN",
        "U03GRACE",
        "U04ZHOU",
        "U0BOT",
    ]
    assert [each["id"] for each in (await slack.conversations_list())["channels"]] == [
        "C01EAST",
        "C02GENERAL",
        "C03RANDOM",
        "C04SALON",
        "C05FUNDER",
    ]
    assert (await refused(slack, "conversations.open", users="U0NOBODY"))["error"] == "user_not_found"
    assert (await refused(slack, "conversations.info", channel="C0NONE"))["error"] == "channel_not_found"


async def test_private_channels_do_not_exist_for_an_app_outside(start: Start, session: ClientSession) -> None:
    demo = demo_workspace()
    secret = Channel("C09BOSS", "boss", ("U04ZHOU",), is_private=True)
    workspace = type(demo)(**{name: getattr(demo, name) for name in demo.__slots__} | {"channels": (secret,)})
    slack = client_for(await start(workspace=workspace), session)
    for method in ("conversations.info", "chat.postMessage", "conversations.members"):
        assert (await refused(slack, method, channel="C09BOSS", text="x"))["error"] == "channel_not_found"


async def test_shared_channels_say_so(start: Start, session: ClientSession) -> None:
    """With another company, about to be, or with another workspace of the organisation."""
    kinds: tuple[Literal["", "connect", "connect_pending", "org"], ...] = ("", "connect", "connect_pending", "org")
    channels = tuple(Channel(f"C{number}", kind or "own", ("U0BOT",), shared=kind) for number, kind in enumerate(kinds))
    slack = client_for(await start(workspace=replace(demo_workspace(), channels=channels)), session)
    flags = ("is_shared", "is_ext_shared", "is_pending_ext_shared", "is_org_shared")
    told = []
    for channel in channels:
        found = (await slack.conversations_info(channel=channel.id))["channel"]
        told.append([flag for flag in flags if found[flag]])
    assert told == [[], ["is_shared", "is_ext_shared"], ["is_pending_ext_shared"], ["is_shared", "is_org_shared"]]


async def test_guests_partners_and_closed_accounts(start: Start, session: ClientSession) -> None:
    """Of the partner's people only one whom the app meets nowhere is a stranger; users.list knows none of them."""
    demo = demo_workspace()
    people = (
        *demo.people,
        Person("U1", "guest", "Guest", guest="single_channel"),
        Person("U2", "met", "Met", home_team_id="T0PARTNER"),
        Person("U3", "unmet", "Unmet", home_team_id="T0PARTNER"),
    )
    channel = Channel("C1", "with-partner", ("U2", "U0BOT"), shared="connect")
    emulator = await start(workspace=replace(demo, people=people, channels=(channel,)))
    slack = client_for(emulator, session)
    emulator.deactivate("U01LIN")
    found = {each: (await slack.users_info(user=each))["user"] for each in ("U01LIN", "U02CHEN", "U1", "U2", "U3")}
    assert {each for each, user in found.items() if user["deleted"]} == {"U01LIN"}
    assert {each for each, user in found.items() if user["is_restricted"] and user["is_ultra_restricted"]} == {"U1"}
    assert {each for each, user in found.items() if user["team_id"] == "T0PARTNER"} == {"U2", "U3"}
    assert {each for each, user in found.items() if user.get("is_stranger")} == {"U3"}
    listed = {user["id"]: user["deleted"] for user in (await slack.users_list())["members"]}
    assert listed["U01LIN"] is True
    assert listed.keys().isdisjoint({"U2", "U3"})


async def test_user_groups(start: Start, session: ClientSession, slack: AsyncWebClient, emulator: Emulator) -> None:
    """Without those who have left; a free plan has none."""
    (group,) = (await slack.usergroups_list())["usergroups"]
    assert (group["id"], group["handle"]) == ("S01EAST", "east")
    emulator.deactivate("U01LIN")
    assert (await slack.usergroups_users_list(usergroup="S01EAST"))["users"] == ["U02CHEN", "U03GRACE", "U04ZHOU"]
    assert (await refused(slack, "usergroups.users.list", usergroup="S0NONE"))["error"] == "no_such_subteam"
    free = client_for(await start(workspace=replace(demo_workspace(), groups=None)), session)
    assert (await refused(free, "usergroups.list"))["error"] == "plan_upgrade_required"


async def test_history(emulator: Emulator, slack: AsyncWebClient, timer: FakeTimer) -> None:
    """Newest first, in pages, without ephemerals and thread replies; metadata only when asked for."""
    metadata = {"event_type": "digest", "event_payload": {"key": "2026-03-02"}}
    first = await slack.chat_postMessage(channel="D01LIN", text="1", metadata=metadata)
    await slack.chat_postMessage(channel="D01LIN", text="reply", thread_ts=first["ts"])
    await slack.chat_postEphemeral(channel="D01LIN", user="U01LIN", text="ephemeral")
    timer.advance(60)
    second = await slack.chat_postMessage(channel="D01LIN", text="2")
    everything = await slack.conversations_history(channel="D01LIN", include_all_metadata=True, limit=15)
    assert [each["text"] for each in everything["messages"]] == ["2", "1"]
    assert everything["messages"][1]["metadata"] == metadata
    newer = await slack.conversations_history(channel="D01LIN", oldest=first["ts"])
    assert [each["ts"] for each in newer["messages"]] == [second["ts"]]
    both = await slack.conversations_history(channel="D01LIN", oldest=first["ts"], inclusive=True)
    assert len(both["messages"]) == 2
    assert "metadata" not in both["messages"][1]
    page = await slack.conversations_history(channel="D01LIN", limit=1)
    assert page["has_more"] is True
    rest = await slack.conversations_history(channel="D01LIN", cursor=page["response_metadata"]["next_cursor"])
    assert [each["text"] for each in rest["messages"]] == ["1"]
    thread = await slack.conversations_replies(channel="D01LIN", ts=first["ts"])
    assert [each["text"] for each in thread["messages"]] == ["1", "reply"]
    assert [each.get("reply_count") for each in thread["messages"]] == [1, None]
    assert {each["thread_ts"] for each in thread["messages"]} == {first["ts"]}
    assert (await refused(slack, "conversations.history", channel="C03RANDOM"))["error"] == "not_in_channel"


async def test_posting_pace(emulator: Emulator, slack: AsyncWebClient, timer: FakeTimer) -> None:
    """A burst of five into one channel, then one a second; other channels are not held up."""
    for number in range(5):
        await slack.chat_postMessage(channel="C01EAST", text=str(number))
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel="C01EAST", text="6")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"
    await slack.chat_postMessage(channel="C02GENERAL", text="elsewhere")
    for number in range(5):
        await slack.chat_postMessage(channel="U01LIN" if number % 2 else "D01LIN", text=str(number))
    assert (await refused(slack, "chat.postMessage", channel="U01LIN", text="6"))["error"] == "ratelimited"
    timer.advance(1)
    await slack.chat_postMessage(channel="C01EAST", text="6")


async def test_method_pace(slack: AsyncWebClient, timer: FakeTimer) -> None:
    """Tier 2: twenty in a minute; the wait tells when there is one again."""
    for _ in range(20):
        await slack.users_list()
    with pytest.raises(SlackApiError) as caught:
        await slack.users_list()
    assert caught.value.response.headers["Retry-After"] == "3"
    await slack.team_info()
    timer.advance(3)
    await slack.users_list()


async def test_pace_switched_off(start: Start, session: ClientSession) -> None:
    slack = client_for(await start(rate_limits=False), session)
    for number in range(8):
        await slack.chat_postMessage(channel="C01EAST", text=str(number))

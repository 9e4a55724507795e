"""The page's API: what it shows, what it does, what it refuses, and what it keeps (brief of the local workspace)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import BusinessClock, Emulator
from tests.sandbox.builders import Json, actions, button, home, input_block, modal, option, section, text_input
from tests.sandbox.conftest import Start, client_for
from tests.sandbox.tiny_bot import TinyBot

HEADERS = {"X-Local-Workspace": "1"}


class Page:
    """Calls the API as the page does, for one person."""

    def __init__(self, emulator: Emulator, session: ClientSession, user_id: str = "U01LIN") -> None:
        self._base, self._session, self._user = f"{emulator.base_url}/local", session, user_id

    async def get(self, name: str, **parameters: str) -> Any:
        query = {"as": self._user, **parameters}
        async with self._session.get(f"{self._base}/{name}", params=query) as response:
            return await response.json()

    async def post(self, name: str, **body: Any) -> Any:
        sent = {"as": self._user, **body}
        async with self._session.post(f"{self._base}/{name}", json=sent, headers=HEADERS) as response:
            return await response.json()

    @asynccontextmanager
    async def events(self) -> AsyncIterator["Events"]:
        async with self._session.get(f"{self._base}/events", params={"as": self._user}) as response:
            assert await response.content.readline() == b": hello\n"
            yield Events(response)


class Events:
    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def next(self) -> tuple[str, Json]:
        name = ""
        while True:
            line = (await asyncio.wait_for(self._response.content.readline(), 5)).decode().strip()
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))


@pytest.fixture
def page(emulator: Emulator, session: ClientSession) -> Page:
    return Page(emulator, session)


async def test_state(page: Page) -> None:
    state = await page.get("state")
    assert state["team"] == {"id": "T0LOCAL", "name": "演示保理"}
    assert [each["name"] for each in state["people"]] == [
        "林悦",
        "陈浩",
        "Grace Porter",
        "周敏",
        "Tom Reed",
        "何静",
        "方蕾",
        "Mia Novak",
        "邓凯",
    ]
    assert state["app"] == {"name": "factormate", "bot_user_id": "U0BOT", "dm_id": "D01LIN", "home": True}
    assert [(each["id"], each["kind"], each["bot_is_member"]) for each in state["channels"]] == [
        ("C01EAST", "channel", True),
        ("C02GENERAL", "channel", True),
        ("C03RANDOM", "channel", False),
        ("C04SALON", "channel", True),
        ("C05FUNDER", "channel", True),
        ("D01LIN", "dm", True),
    ]
    assert [(each["command"], each["source"]) for each in state["commands"]] == [
        ("/visit", "factormate"),
        ("/plain", "factormate"),
        ("/invite", "Slack"),
    ]
    assert [each["user"] for each in state["dms"]] == [each["id"] for each in state["people"][1:]]
    assert {each["callback_id"] for each in state["shortcuts"]} == {"log_visit", "ask_about"}
    assert state["clock"] is None


async def test_outsiders_are_marked_and_see_only_their_channels(emulator: Emulator, page: Page) -> None:
    """A guest and somebody of another company; a message in another channel is none for them either."""
    state = await page.get("state", **{"as": "U08MIA"})
    assert {each["id"] for each in state["people"] if each["is_guest"]} == {"U08MIA"}
    assert {each["id"] for each in state["people"] if each["is_external"]} == {"U09DENG"}
    assert [each["id"] for each in state["channels"] if each["kind"] == "channel"] == ["C04SALON"]
    (shared,) = [each for each in (await page.get("state", **{"as": "U09DENG"}))["channels"] if each["is_shared"]]
    assert (shared["id"], "U09DENG" in shared["members"]) == ("C05FUNDER", True)
    await emulator.person("U01LIN").say("C02GENERAL", "hello")
    assert (await page.get("messages", channel="C02GENERAL", **{"as": "U08MIA"}))["messages"] == []


async def test_an_account_is_closed_and_opened_again_by_an_admin(
    emulator: Emulator, page: Page, session: ClientSession
) -> None:
    """Whose account is closed can neither look nor click; nobody but Slack's admins can close one."""
    assert (await page.post("account", user="U02CHEN", active=False))["error"] == "not_found"
    assert await page.post("account", user="U02CHEN", active=False, **{"as": "U04ZHOU"}) == {"ok": True}
    people = {each["id"]: each for each in (await page.get("state"))["people"]}
    assert [people[each]["is_active"] for each in ("U01LIN", "U02CHEN")] == [True, False]
    async with session.get(f"{emulator.base_url}/local/state?as=U02CHEN") as response:
        assert response.status == 404
    sent = {"channel": "C01EAST", "text": "hello", "as": "U02CHEN"}
    assert (await page.post("send", **sent))["error"] == "account_inactive"
    assert await page.post("account", user="U02CHEN", active=True, **{"as": "U04ZHOU"}) == {"ok": True}
    assert await page.post("send", **sent) == {"ok": True}


async def test_messages_and_unread(emulator: Emulator, page: Page, slack: AsyncWebClient) -> None:
    await slack.chat_postMessage(channel="D01LIN", text="digest")

    async def unread() -> int:
        channels = {each["id"]: each for each in (await page.get("state"))["channels"]}
        return int(channels["D01LIN"]["unread"])

    assert await unread() == 1
    (message,) = (await page.get("messages", channel="D01LIN"))["messages"]
    assert (message["text"], message["is_bot"], message["ephemeral"]) == ("digest", True, False)
    assert await unread() == 0


async def test_sending(emulator: Emulator, page: Page, bot: TinyBot) -> None:
    """Words are a message, a slash is a command."""
    assert await page.post("send", channel="C01EAST", text="大家好") == {"ok": True}
    assert await page.post("send", channel="C01EAST", text="/visit 远大 昨天") == {"ok": True}
    assert bot.got("/visit")[0].body["text"] == "远大 昨天"
    assert await page.post("send", channel="C01EAST", text="/nothing") == {"ok": False, "error": "unknown_command"}
    assert (await page.post("send", channel="C01EAST", text="/visit", thread_ts="1.2"))["ok"] is False
    assert (await page.post("send", channel="C0NONE", text="x"))["error"] == "not_found"


async def test_click_choose_submit_close(emulator: Emulator, page: Page, bot: TinyBot, slack: AsyncWebClient) -> None:
    async def open_it(body: Json) -> None:
        pick = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
        view = modal(input_block(pick, "p"), input_block(text_input()))
        await slack.views_open(trigger_id=body["trigger_id"], view=view)

    bot.on("block_actions", open_it)
    bot.on("block_suggestion", {"options": [option("c1", "远大")]})
    bot.on("view_submission", {"response_action": "errors", "errors": {"b": "再写一点"}})
    ts = (await slack.chat_postMessage(channel="D01LIN", text="x", blocks=[actions(button(), block_id="row")]))["ts"]
    container = {"type": "message", "channel": "D01LIN", "message_ts": ts}
    assert await page.post("action", container=container, block_id="row", action_id="go", element={}) == {"ok": True}
    (view,) = (await page.get("views"))["views"]
    inside = {"type": "view", "view_id": view["id"]}
    found = await page.post("options", container=inside, block_id="p", action_id="pick", value="")
    chosen = found["options"][0]
    assert chosen["value"] == "c1"
    values = {"p": {"pick": {"selected_option": chosen}}, "b": {"a": {"type": "plain_text_input", "value": "x"}}}
    answer = await page.post("submit", view_id=view["id"], state={"values": values})
    assert answer == {"ok": False, "errors": {"b": "再写一点"}}
    assert await page.post("close", view_id=view["id"]) == {"ok": True}
    assert (await page.get("views"))["views"] == []
    assert (await page.post("close", view_id=view["id"]))["error"] == "not_found"


async def test_a_click_on_what_was_shown_until_now(page: Page, bot: TinyBot, slack: AsyncWebClient) -> None:
    """Home was published anew and names its blocks otherwise: the same button counts, one that is gone does not."""
    shown = home(actions(button("go", value="mine")))
    before = (await slack.views_publish(user_id="U01LIN", view=shown))["view"]
    after = (await slack.views_publish(user_id="U01LIN", view=shown))["view"]
    named = before["blocks"][0]["block_id"]
    assert named != after["blocks"][0]["block_id"]
    click = {"container": {"type": "view", "view_id": before["id"]}, "block_id": named, "action_id": "go"}
    assert await page.post("action", **click, element={"type": "button", "value": "mine"}) == {"ok": True}
    assert (await page.post("action", **click, element={"type": "button", "value": "gone"}))["error"] == "not_found"
    assert [each.body["actions"][0]["block_id"] for each in bot.got("block_actions")] == [
        after["blocks"][0]["block_id"]
    ]


async def test_home_and_shortcuts(emulator: Emulator, page: Page, bot: TinyBot, slack: AsyncWebClient) -> None:
    assert await page.get("home") == {"view": None}
    await slack.views_publish(user_id="U01LIN", view=home(section("你好")))
    assert (await page.get("home"))["view"]["blocks"][0]["text"]["text"] == "你好"
    assert (await page.post("home"))["ok"] is True
    assert await page.post("shortcut", callback_id="log_visit") == {"ok": True}
    message = await emulator.person("U02CHEN").say("C01EAST", "嫌贵")
    assert await page.post("shortcut", callback_id="ask_about", channel="C01EAST", message_ts=message.ts) == {
        "ok": True
    }
    await emulator.settled()
    assert {each.type for each in bot.received} == {"app_home_opened", "shortcut", "message_action"}


async def test_events_of_one_person(emulator: Emulator, session: ClientSession, slack: AsyncWebClient) -> None:
    """He hears of what he sees, and of nothing else."""
    page = Page(emulator, session)
    async with page.events() as events:
        await slack.chat_postEphemeral(channel="C01EAST", user="U02CHEN", text="not for him")
        await slack.chat_postMessage(channel="D02CHEN", text="not for him")
        posted = await slack.chat_postMessage(channel="D01LIN", text="1")
        await slack.chat_update(channel="D01LIN", ts=posted["ts"], text="2")
        await slack.chat_delete(channel="D01LIN", ts=posted["ts"])
        await slack.views_open(trigger_id=emulator.state.triggers.issue("U01LIN"), view=modal())
        await slack.views_publish(user_id="U01LIN", view=home())
        received = [await events.next() for _ in range(5)]
    assert [name for name, _ in received] == ["message", "message_changed", "message_deleted", "views", "home"]
    assert [data.get("text") for _, data in received[:3]] == ["1", "2", "2"]
    assert received[3][1]["views"][0]["title"]["text"] == "Title"


class HandClock:
    """Stands at a moment until asked for the next working day."""

    def __init__(self) -> None:
        self.at = datetime.fromisoformat("2026-03-06T17:00:00+08:00")

    def now(self) -> datetime:
        return self.at

    async def next_working_day(self) -> datetime:
        self.at = datetime.fromisoformat("2026-03-09T09:00:00+08:00")
        return self.at

    async def next_hour(self) -> datetime:
        self.at += timedelta(hours=1)
        return self.at


async def test_clock(start: Start, session: ClientSession) -> None:
    """It moves for everybody, and later messages carry the new time."""
    clock = HandClock()
    emulator = await start(clock=BusinessClock(clock.now, clock.next_working_day, clock.next_hour))
    page = Page(emulator, session)
    assert (await page.get("state"))["clock"] == {"now": "2026-03-06T17:00:00+08:00", "tz": "Asia/Shanghai"}
    async with Page(emulator, session, "U02CHEN").events() as events:
        answer = await page.post("clock", to="next-working-day")
        assert answer == {"ok": True, "now": "2026-03-09T09:00:00+08:00"}
        assert (await events.next())[0] == "clock"
    message = await emulator.person("U01LIN").dm("早")
    assert message.shown_at == "2026-03-09T09:00:00+08:00"
    assert await page.post("clock", to="next-hour") == {"ok": True, "now": "2026-03-09T10:00:00+08:00"}


async def test_without_a_clock(page: Page) -> None:
    assert await page.post("clock", to="next-working-day") == {"ok": False, "error": "no_clock"}


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("no header", {}, "missing_header"),
    ("other host", HEADERS | {"Host": "evil.example"}, "not_local"),
    ("host that starts alike", HEADERS | {"Host": "localhost.evil.example"}, "not_local"),
    ("host that is none", HEADERS | {"Host": "[::1"}, "not_local"),
    ("origin that is none", HEADERS | {"Origin": "http://[::1"}, "wrong_origin"),
    ("other origin", HEADERS | {"Origin": "https://evil.example"}, "wrong_origin"),
    ("origin null", HEADERS | {"Origin": "null"}, "wrong_origin"),
    ("origin of another port", HEADERS | {"Origin": "http://127.0.0.1:1"}, "wrong_origin"),
]


@pytest.mark.parametrize(("headers", "error"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_other_sites_cannot_act(
    emulator: Emulator, session: ClientSession, headers: dict[str, str], error: str
) -> None:
    url, body = f"{emulator.base_url}/local/send", {"as": "U01LIN", "channel": "C01EAST", "text": "x"}
    async with session.post(url, json=body, headers=headers) as response:
        assert (response.status, (await response.json())["error"]) == (403, error)
    assert emulator.person("U01LIN").messages("C01EAST") == []


async def test_other_sites_cannot_read(emulator: Emulator, session: ClientSession) -> None:
    for path in ("/", "/local/state", "/local/events"):
        async with session.get(f"{emulator.base_url}{path}", headers={"Host": "evil.example"}) as response:
            assert response.status == 403


async def test_other_sites_cannot_show_it_in_a_frame_of_theirs(emulator: Emulator, session: ClientSession) -> None:
    """Where it would be clicked in unseen (clickjacking)."""
    async with session.get(emulator.base_url) as response:
        assert response.headers["Content-Security-Policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[]", b"{}", b"{", b'{"as": ["x"]}', b'{"as": "U0NOBODY"}'])
async def test_broken_requests(emulator: Emulator, session: ClientSession, body: bytes) -> None:
    headers = HEADERS | {"Content-Type": "application/json"}
    async with session.post(f"{emulator.base_url}/local/send", data=body, headers=headers) as response:
        assert response.status == 400


async def test_snapshot_outlives_a_restart(start: Start, session: ClientSession, tmp_path: Path) -> None:
    """Messages, home tabs, membership and unread marks; not ephemerals and open modals."""
    path = tmp_path / "var" / "workspace.json"
    first = await start(snapshot=path)
    slack = client_for(first, session)
    metadata = {"event_type": "digest", "event_payload": {"key": "1"}}
    kept = await slack.chat_postMessage(channel="D01LIN", text="kept", blocks=[section()], metadata=metadata)
    await slack.chat_postEphemeral(channel="D01LIN", user="U01LIN", text="gone")
    await slack.views_publish(user_id="U01LIN", view=home(section("你好")))
    await first.person("U01LIN").command("/invite", channel="C03RANDOM")
    await first.wait_for(lambda: path.exists() and "C03RANDOM" in path.read_text(encoding="utf-8"))
    await first.close()
    assert path.stat().st_mode & 0o077 == 0, "people's notes are in it"
    second = await start(snapshot=path)
    (message,) = second.person("U01LIN").dm_messages()
    assert (message.text, message.ts, message.metadata) == ("kept", kept["ts"], metadata)
    view = second.person("U01LIN").home()
    assert view is not None
    assert view.blocks[0]["text"]["text"] == "你好"
    later = await client_for(second, session).chat_postMessage(channel="C03RANDOM", text="still in")
    assert later["ts"] > kept["ts"]


async def test_broken_snapshot_is_left_behind(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "workspace.json"
    path.write_text("{half", encoding="utf-8")
    emulator = await start(snapshot=path)
    assert emulator.person("U01LIN").dm_messages() == []

"""Files: uploaded by people, read by the app with its token and scope, and sent by the app in three steps."""

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator
from tests.sandbox.builders import manifest
from tests.sandbox.conftest import BOT_TOKEN, Start

LIN = "U01LIN"


async def read(session: ClientSession, url: str, token: str) -> tuple[str, bytes]:
    async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.content_type, await answer.read()


async def test_a_person_s_file_arrives_as_a_message_and_is_read_with_the_token(
    emulator: Emulator, session: ClientSession
) -> None:
    message = await emulator.person(LIN).upload("客户.csv", b"name\n")
    [file] = message.payload("T", "A")["files"]
    assert (message.subtype, file["name"], file["size"], file["filetype"]) == ("file_share", "客户.csv", 5, "csv")
    assert await read(session, file["url_private"], BOT_TOKEN) == ("text/csv", b"name\n")
    shown, _ = await read(session, file["url_private"], "xoxb-other")
    assert shown == "text/html"


async def test_the_page_gives_a_file_to_those_who_see_its_message(emulator: Emulator, session: ClientSession) -> None:
    message = await emulator.person(LIN).upload("a.csv", b"name\n")
    where = {"channel": message.channel, "id": message.files[0]["id"]}
    for who, status in ((LIN, 200), ("U03GRACE", 404)):
        async with session.get(f"{emulator.base_url}/local/file", params={"as": who, **where}) as answer:
            assert answer.status == status


async def test_nobody_uploads_where_one_does_not_write(emulator: Emulator, session: ClientSession) -> None:
    """Into the app's conversation with somebody else, say."""
    there = emulator.state.dm_id("U03GRACE")
    url, asked = f"{emulator.base_url}/local/upload", {"as": LIN, "name": "a.csv", "channel": there}
    async with session.post(url, params=asked, data=b"x", headers={"X-Local-Workspace": "1"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (400, "not_found")


async def test_without_the_scope_slack_shows_its_login_page(start: Start, session: ClientSession) -> None:
    emulator = await start(manifest=manifest("files:read"))
    message = await emulator.person(LIN).upload("a.csv", b"name\n")
    shown, _ = await read(session, message.files[0]["url_private"], BOT_TOKEN)
    assert shown == "text/html"


async def test_the_app_uploads_into_a_conversation(emulator: Emulator, slack: AsyncWebClient) -> None:
    opened = await slack.conversations_open(users=LIN)
    answer = await slack.files_upload_v2(
        filename="rows.csv", content=b"line\n", channel=opened["channel"]["id"], initial_comment="here"
    )
    message = emulator.person(LIN).dm_messages()[-1]
    assert (message.text, message.files[0]["name"], message.is_bot) == ("here", "rows.csv", True)
    assert (await slack.files_info(file=answer["files"][0]["id"]))["file"]["size"] == 5


async def test_what_was_not_uploaded_whole_is_not_posted(
    emulator: Emulator, slack: AsyncWebClient, session: ClientSession
) -> None:
    promised = await slack.files_getUploadURLExternal(filename="rows.csv", length=9)
    async with session.post(promised["upload_url"], data=b"short") as answer:
        assert answer.status == 500
    with pytest.raises(SlackApiError, match="file_not_found"):
        await slack.files_completeUploadExternal(files=[{"id": promised["file_id"], "title": "rows"}])

"""What Bolt does at every request, done for less: the same listener is found, and the same is answered."""

import json
import re
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from handlers.answering import Ack, BodyMatcher, read_bodies_only

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*远大纺织* · ¥1,200 < 10%"}}]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"text": "跟进", "blocks": BLOCKS}, id="blocks"),
        pytest.param({"text": "half \ud83d", "blocks": BLOCKS}, id="half a character"),
        pytest.param({"text": "only words"}, id="words"),
        pytest.param({"text": "", "blocks": []}, id="nothing"),
        pytest.param(
            {"text": "x", "blocks": BLOCKS, "response_type": "in_channel", "unfurl_links": False}, id="to all"
        ),
        pytest.param({"text": "x", "blocks": BLOCKS, "attachments": BLOCKS}, id="attachments"),
        pytest.param({"response_action": "errors", "errors": {"note": "太长了"}}, id="errors in a form"),
        pytest.param({"options": [{"text": {"type": "plain_text", "text": "远大"}, "value": "c1"}]}, id="options"),
        pytest.param({"text": {"response_action": "clear"}}, id="a whole answer"),
    ],
)
async def test_an_answer_says_what_bolts_own_would(answer: dict[str, Any]) -> None:
    ours, bolts = Ack(), AsyncAck()  # type: ignore[no-untyped-call]
    mine, theirs = await ours(**answer), await bolts(**answer)
    assert (mine.status, mine.headers) == (theirs.status, theirs.headers)
    if theirs.body.startswith("{"):
        assert json.loads(mine.body) == json.loads(theirs.body)
    else:
        assert mine.body == theirs.body
    assert ours.response is mine


async def test_every_kind_of_listener_is_found_as_before() -> None:
    app, heard = _app()
    before = [await _heard(app, heard, body) for body in BODIES]
    read_bodies_only(app)
    assert all(isinstance(each, BodyMatcher) for listener in app._async_listeners for each in listener.matchers)
    assert [await _heard(app, heard, body) for body in BODIES] == before
    assert before == ["command", "action", "view", "closed", "options", "shortcut", "event", None]


_WHO = {"team": {"id": "T1"}, "user": {"id": "U1"}}
BODIES: list[dict[str, Any]] = [
    {"command": "/x", "team_id": "T1", "user_id": "U1"},
    {"type": "block_actions", "actions": [{"type": "button", "action_id": "a.1", "block_id": "b"}], **_WHO},
    {"type": "view_submission", "view": {"type": "modal", "callback_id": "v"}, **_WHO},
    {"type": "view_closed", "view": {"type": "modal", "callback_id": "v"}, **_WHO},
    {"type": "block_suggestion", "action_id": "o", "block_id": "b", "value": "", **_WHO},
    {"type": "message_action", "callback_id": "s", **_WHO},
    {"type": "event_callback", "team_id": "T1", "event": {"type": "app_home_opened", "user": "U1"}},
    {"command": "/y", "team_id": "T1", "user_id": "U1"},
]


def _app() -> tuple[AsyncApp, list[str]]:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UB", bot_id="BB")

    app = AsyncApp(authorize=authorize, request_verification_enabled=False, process_before_response=True)
    heard: list[str] = []

    def hears(kind: str) -> Any:
        async def listener(ack: AsyncAck) -> None:
            heard.append(kind)
            await ack()

        return listener

    app.command("/x")(hears("command"))
    app.action(re.compile(r"^a\b"))(hears("action"))
    app.view("v")(hears("view"))
    app.view_closed("v")(hears("closed"))
    app.options("o")(hears("options"))
    app.shortcut("s")(hears("shortcut"))
    app.event("app_home_opened")(hears("event"))
    return app, heard


async def _heard(app: AsyncApp, heard: list[str], body: dict[str, Any]) -> str | None:
    heard.clear()
    await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    return heard[0] if heard else None

"""The door to the network: who is let in, and garbage, which is never a 500 and never in the log."""

import asyncio
import gzip
import json
import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import ClientSession
from hypothesis import assume, given
from hypothesis import strategies as st
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.sandbox.signing import signed_headers
from bot.telemetry import metrics
from handlers.http import MAX_BODY, PATH, REQUEST_ID, SafeRequest, watched
from tests.handlers.cast import Cast
from tests.handlers.reading import entered
from tests.world import SECRET, TEAM, World

MARK = "mark-9f3a-绝密"
FORM = "application/x-www-form-urlencoded"
WHERE = {"channel_id": "D000LIN", "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/commands/x"}
COMMAND = urlencode({"command": "/objection", "text": MARK, "team_id": TEAM, "user_id": "U000LIN", **WHERE}).encode()


async def post(world: World, body: bytes, headers: dict[str, str], content_type: str = FORM) -> tuple[int, str]:
    async with (
        ClientSession() as http,
        http.post(world.bot_url, data=BytesIO(body), headers={"Content-Type": content_type, **headers}) as response,
    ):
        return response.status, await response.text()


async def signed(world: World, body: bytes, content_type: str = FORM, now: float | None = None) -> tuple[int, str]:
    return await post(world, body, signed_headers(SECRET, body, now or time.time()), content_type)


def turned_away(status: str) -> float:
    return metrics.REGISTRY.get_sample_value("factormate_turned_away_total", {"status": status}) or 0


def interaction(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


GARBAGE: dict[str, dict[str, str]] = {
    "unsigned": {},
    "no signature": {"X-Slack-Request-Timestamp": "1700000000"},
    "no timestamp": {"X-Slack-Signature": "v0=abc"},
    "empty": {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": ""},
    "timestamp of letters": {"X-Slack-Request-Timestamp": "yesterday", "X-Slack-Signature": "v0=abc"},
    "timestamp with a fraction": {"X-Slack-Request-Timestamp": "1.5", "X-Slack-Signature": "v0=abc"},
    "negative timestamp": {"X-Slack-Request-Timestamp": "-1", "X-Slack-Signature": "v0=abc"},
    "endless timestamp": {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=abc"},
    "timestamp of other digits": {"X-Slack-Request-Timestamp": "١٧٠٠", "X-Slack-Signature": "v0=abc"},
    "signature not ASCII": {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": "v0=签名"},
    "signature without version": {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": "abc"},
}


@pytest.mark.parametrize("headers", GARBAGE.values(), ids=GARBAGE.keys())
async def test_not_signed_by_slack(
    world: World, production_log: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    """401, with nothing of the body or the headers in the log."""
    status, answer = await post(world, COMMAND, headers)
    assert status == 401
    assert MARK not in answer + production_log.text
    assert not any(value and value in production_log.text for value in headers.values())


async def test_signed_with_another_secret(world: World, production_log: pytest.LogCaptureFixture) -> None:
    """A wrong signature over a sound body: 401, and neither of them in the log."""
    headers = signed_headers("not-the-secret", COMMAND, time.time())
    assert (await post(world, COMMAND, headers))[0] == 401
    assert "mark-9f3a" not in production_log.text
    assert headers["X-Slack-Signature"] not in production_log.text


async def test_signature_of_another_body(world: World) -> None:
    """What was changed on the way is not let in."""
    assert (await post(world, COMMAND + b"x", signed_headers(SECRET, COMMAND, time.time())))[0] == 401


@pytest.mark.parametrize("age", [600, -600], ids=["old", "ahead"])
async def test_request_from_another_time(world: World, production_log: pytest.LogCaptureFixture, age: int) -> None:
    """Rightly signed ten minutes ago: a replay, so 401."""
    assert (await signed(world, COMMAND, now=time.time() - age))[0] == 401
    assert "mark-9f3a" not in production_log.text


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "unknown charset": (COMMAND, f"{FORM}; charset=klingon"),
    "not UTF-8": (b"text=\xff\xfe", FORM),
    "not JSON": (b"{", "application/json"),
    "payload not JSON": (b"payload=nonsense", FORM),
    "empty payload": (b"payload=", FORM),
}


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_signed_but_unreadable(world: World, body: bytes, content_type: str) -> None:
    """400: it can only be a mistake, and none of ours."""
    assert (await signed(world, body, content_type))[0] == 400


ODD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", FORM),
    "empty object": (b"{}", "application/json"),
    "list": (b"[]", "application/json"),
    "null": (b"null", "application/json"),
    "number": (b"1", "application/json"),
    "payload list": (interaction([1]), FORM),
    "payload null": (interaction(None), FORM),
    "payload text": (interaction("x"), FORM),
    "payload of odd parts": (interaction({"type": 1, "team": "x", "user": [], "view": "x", "actions": {}}), FORM),
    "event of odd parts": (b'{"type":"event_callback","event":"x","authorizations":5}', "application/json"),
    "no actions": (interaction({"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1"}}), FORM),
    "no view": (interaction({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U1"}}), FORM),
    "event without kind": (b'{"type":"event_callback","team_id":"T0LOCAL","event":{}}', "application/json"),
    "null bytes": (b"\x00" * 100, FORM),
    "deep": (b"[" * 5000, "application/json"),
    "no fields": (urlencode({"command": "/objection"}).encode(), FORM),
}


@pytest.mark.parametrize(("body", "content_type"), ODD.values(), ids=ODD.keys())
async def test_signed_but_odd(
    world: World, production_log: pytest.LogCaptureFixture, body: bytes, content_type: str
) -> None:
    """Nothing that Slack's shape lacks is a failure of the server."""
    assert (await signed(world, body, content_type))[0] < 500


@pytest.mark.parametrize(("body", "content_type"), {**UNREADABLE, **ODD}.values(), ids=[*UNREADABLE, *ODD])
async def test_odd_body_from_somebody_else(
    world: World, production_log: pytest.LogCaptureFixture, body: bytes, content_type: str
) -> None:
    """With headers that look like Slack's but are not: refused, without a failure or a line that quotes them."""
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=0123"}
    assert (await post(world, body, headers, content_type))[0] in (400, 401)
    assert "Traceback" not in production_log.text


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5), st.sampled_from(["", "&", "=", "%", "%e4", "+"]))
def test_a_form_is_read_as_the_standard_library_reads_it(fields: list[tuple[str, str]], rest: str) -> None:
    """What Slack escapes, and what nobody would."""
    body = urlencode(fields, errors="surrogatepass") + rest
    expected = dict(parse_qsl(body, keep_blank_values=True))
    assume("payload" not in expected and not body.startswith("{"))
    assert SafeRequest(body, {}).body == expected


def test_a_command_may_speak_of_a_payload() -> None:
    """Bolt by itself takes it for an interaction, and nothing of it is left."""
    body = urlencode({"command": "/objection", "text": "the payload is late"})
    assert SafeRequest(body, {}).body == {"command": "/objection", "text": "the payload is late"}


@pytest.mark.parametrize(("number", "counted"), [(None, 0), ("0", 0), ("2", 1)], ids=["HTTP", "Socket Mode", "again"])
async def test_what_slack_sends_again_is_counted(number: str | None, counted: int) -> None:
    """Over Socket Mode the first delivery has a number as well."""

    async def dispatch(_: AsyncBoltRequest) -> BoltResponse:
        return BoltResponse(status=200)

    headers: dict[str, str | Sequence[str]] = {} if number is None else {"x-slack-retry-num": number}
    before = metrics.REGISTRY.get_sample_value("factormate_slack_retries_total") or 0
    await watched(dispatch)(AsyncBoltRequest(body={"type": "event_callback"}, mode="socket_mode", headers=headers))
    assert metrics.REGISTRY.get_sample_value("factormate_slack_retries_total") == before + counted


@pytest.mark.parametrize("is_packed", [False, True], ids=["as it is", "gzip"])
async def test_body_too_large(world: World, is_packed: bool) -> None:
    """Over 1 MiB, or unpacked so: 413, counted and with its id as every answer; Slack sends nothing like it."""
    body = b"text=" + b"x" * MAX_BODY
    sent = gzip.compress(body) if is_packed else body
    encoding = {"Content-Encoding": "gzip"} if is_packed else {}
    before = turned_away("413")
    headers = {"Content-Type": FORM, **encoding, **signed_headers(SECRET, sent, time.time())}
    async with ClientSession() as http, http.post(world.bot_url, data=BytesIO(sent), headers=headers) as response:
        assert response.status == 413
        assert response.headers[REQUEST_ID]
    assert turned_away("413") == before + 1


async def test_whoever_hangs_up_halfway_leaves_nothing_in_the_log(
    world: World, production_log: pytest.LogCaptureFixture
) -> None:
    """Truncated on the way: nobody is there to be answered, and the operator is not called."""
    host, port = world.bot_url.split("/")[2].split(":")
    before = turned_away("400")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(COMMAND) + 100}\r\n\r\n"
    writer.write(head.encode() + COMMAND)
    await writer.drain()
    writer.close()
    async with asyncio.timeout(5):
        while turned_away("400") == before:  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0.01)
    assert not [each for each in production_log.records if each.levelname in ("ERROR", "CRITICAL")]
    assert "mark-9f3a" not in production_log.text


async def test_other_paths_and_methods(world: World) -> None:
    """Only one address takes requests, and only by POST."""
    async with ClientSession() as http:
        async with http.get(world.bot_url) as response:
            assert response.status == 405
        async with http.post(f"{world.bot_url}/x") as response:
            assert response.status == 404


@pytest.mark.parametrize("path", ["/", "/local/state", "/local/events", "/static/js/main.js", "/api/auth.test"])
async def test_nothing_of_the_local_workspace_is_there(world: World, path: str) -> None:
    """Beside a real token there is nobody to view as, and no clock to move."""
    site = world.bot_url.removesuffix(PATH)
    async with ClientSession() as http:
        async with http.get(f"{site}{path}") as response:
            assert response.status == 404
        async with http.post(f"{site}{path}", headers={"X-Local-Workspace": "1"}, json={"as": "U01LIN"}) as response:
            assert response.status == 404


async def test_slacks_check_of_the_address(world: World) -> None:
    """When the address is entered at Slack, the challenge comes back."""
    body = json.dumps({"type": "url_verification", "challenge": "c-1", "token": "x"}).encode()
    status, answer = await signed(world, body, "application/json")
    assert (status, json.loads(answer)["challenge"]) == (200, "c-1")


async def test_a_mention_that_says_null(world: World, cast: Cast, production_log: pytest.LogCaptureFixture) -> None:
    """Found by fuzzing: as one that says nothing."""
    event = {"type": "app_mention", "user": cast.id("lin"), "channel": cast.east, "text": None, "ts": "1.2"}
    body = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": "Ev-null", "event": event}).encode()
    status, _ = await signed(world, body, "application/json")
    await world.quiet()
    assert status == 200
    assert [call.method for call in world.slack.calls if call.method.startswith("chat.")] == ["chat.postEphemeral"]
    assert not [each for each in production_log.records if each.levelname == "ERROR"]


@pytest.mark.parametrize("kind", ["action", "command", "event", "shortcut", "view", "options"])
async def test_what_nobody_listens_to(
    world: World, cast: Cast, production_log: pytest.LogCaptureFixture, kind: str
) -> None:
    """Left over from an older release: 200, one line in the log that quotes nothing."""
    who = {"team": {"id": TEAM}, "user": {"id": cast.id("lin")}, "team_id": TEAM, "user_id": cast.id("lin")}
    action = {"action_id": "gone", "block_id": "b", "type": "button", "value": MARK, "action_ts": f"{time.time()}"}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "gone",
        "hash": "1.x",
        "blocks": [],
        "private_metadata": MARK,
        "state": {"values": {}},
    }
    inside = {"type": "message", "message_ts": "1.2", "channel_id": "D000LIN"}
    bodies: dict[str, Any] = {
        "action": {"type": "block_actions", "actions": [action], "trigger_id": "1.2.3", "container": inside},
        "shortcut": {"type": "shortcut", "callback_id": "gone", "text": MARK, "trigger_id": "1.2.3"},
        "view": {"type": "view_submission", "view": view},
        "options": {**action, "type": "block_suggestion", "container": inside},
    }
    if kind == "event":
        event = {"type": "reaction_added", "user": cast.id("lin"), "text": MARK}
        body = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}).encode()
        status, _ = await signed(world, body, "application/json")
    elif kind == "command":
        status, _ = await signed(
            world,
            urlencode({"command": "/gone", "text": MARK, "team_id": TEAM, "user_id": cast.id("lin"), **WHERE}).encode(),
        )
    else:
        status, _ = await signed(world, interaction({**who, **bodies[kind]}))
    assert status == 200
    assert "nothing listens to" in production_log.text
    assert "mark-9f3a" not in production_log.text


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "https://evil.example/x", "https://slack.com@evil.example/"]
)
async def test_an_answer_goes_to_slack_only(world: World, url: str) -> None:
    """Even signed: who got hold of the secret must not make the app call others."""
    fields = {"command": "/objection", "text": "x", "team_id": TEAM, "user_id": "U000LIN", **WHERE, "response_url": url}
    assert (await signed(world, urlencode(fields).encode()))[0] == 400


async def test_a_command_with_a_forms_addresses_is_a_command(world: World) -> None:
    """Slack sends none; whatever stands there is looked at by nobody."""
    fields = {"command": "/objection", "text": "x", "team_id": TEAM, "user_id": "U000LIN", **WHERE}
    odd = {"type": "view_submission", "response_urls": "x"}
    assert (await signed(world, urlencode(fields | odd).encode()))[0] == 200


@pytest.mark.parametrize(("url", "status"), [("https://evil.example/x", 400), ("https://hooks.slack.com/app/x", 200)])
async def test_what_a_window_is_to_post_goes_to_slack_only(world: World, cast: Cast, url: str, status: int) -> None:
    """The addresses of chosen conversations, which come with a form."""
    lin = cast.person("lin")
    await cast.customer(lin)
    await lin.command("/visit", "远大纺织 谈了")
    view = lin.views()[-1]
    await lin.submit(view, entered(view, on="2026-12-01"))
    body = cast.delivered(lin)[-1].body
    assert body["type"] == "view_submission"
    body |= {"response_urls": [{"channel_id": "C1", "response_url": url}]}
    assert (await signed(world, interaction(body)))[0] == status

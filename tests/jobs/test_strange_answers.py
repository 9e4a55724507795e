"""Answers that are not Slack's: a proxy's page, half a body, a captive portal's greeting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.domain.notice import NoticeState
from bot.domain.nudge import digest_key
from bot.notices import NoticeSender
from tests.jobs.office import SETTLED, TODAY, Office
from tests.loopback import served
from tests.world import LIN, TEAM

STRANGE = [
    pytest.param(200, "text/plain", "welcome to our wireless network", id="a portal's greeting"),
    pytest.param(200, "text/html", "<html>", id="a portal's page"),
    pytest.param(200, "application/json", '{"ok": tr', id="half a body"),
    pytest.param(200, "application/json", "[1]", id="a list"),
    pytest.param(502, "text/plain", "bad gateway", id="a gateway's words"),
    pytest.param(502, "text/html", "<html>", id="a gateway's page"),
    pytest.param(504, "application/json", "[]", id="a gateway's list"),
]


@dataclass
class Strange:
    """Answers one method strangely and the others as Slack would."""

    method: str
    status: int
    content_type: str
    body: str

    async def answer(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == self.method:
            return web.Response(status=self.status, content_type=self.content_type, text=self.body)
        return web.json_response({"ok": True, "channel": {"id": "D01LIN"}, "messages": [], "ts": "1.1"})


@asynccontextmanager
async def worker_before(office: Office, strange: Strange) -> AsyncIterator[NoticeSender]:
    site = web.Application()
    site.router.add_post("/api/{method}", strange.answer)
    site.router.add_get("/api/{method}", strange.answer)
    async with served(site) as address:
        usual, office.slack.base_url = office.slack.base_url, address
        yield office.worker()
        office.slack.base_url = usual


@pytest.mark.parametrize(("status", "content_type", "body"), STRANGE)
async def test_before_the_post_it_is_tried_again(planned: Office, status: int, content_type: str, body: str) -> None:
    async with worker_before(planned, Strange("conversations.open", status, content_type, body)) as worker:
        digest = await worker.deliver(TEAM, digest_key(LIN, TODAY))
    assert digest is not None
    assert digest.state is NoticeState.PLANNED
    assert digest.error


@pytest.mark.parametrize(("status", "content_type", "body"), STRANGE)
async def test_for_the_post_it_has_to_be_looked_into(
    planned: Office, status: int, content_type: str, body: str
) -> None:
    async with worker_before(planned, Strange("chat.postMessage", status, content_type, body)) as worker:
        digest = await worker.deliver(TEAM, digest_key(LIN, TODAY))
    assert digest is not None
    assert digest.state is NoticeState.POSTING


@pytest.mark.parametrize(("status", "content_type", "body"), STRANGE)
async def test_for_the_look_it_counts_as_a_failed_one(
    planned: Office, status: int, content_type: str, body: str
) -> None:
    planned.slack.faults.add("chat.postMessage", "drop_before")
    await planned.deliver()
    planned.wall.advance(SETTLED)
    async with worker_before(planned, Strange("conversations.history", status, content_type, body)) as worker:
        digest = await worker.deliver(TEAM, digest_key(LIN, TODAY))
    assert digest is not None
    assert (digest.state, digest.lookups) == (NoticeState.POSTING, 1)

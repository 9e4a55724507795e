"""The whole way to a language model and back, against a stub that answers in the worst ways: the plain line stands."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.domain.customer import NewCustomer, Tier
from bot.errors import ModelUnavailableError
from bot.rephrasing import Model
from bot.text import load
from bot.views import rephrasing as views
from tests.fakes import FixedClock
from tests.handlers.reading import has, press, prose
from tests.loopback import served
from tests.world import LIN, TEAM, World, opened_world

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
GOOD = "您说肉疼，那就拿您这一单算：全部费用多少元、占发票几个点，划算您再定。"
ZH = load("zh")


class Stub:
    """A model that answers as it was told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.elsewhere = 0
        self.answer: Answer = says(GOOD)
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        return await self.answer(request)

    async def leak(self, _: web.Request) -> web.StreamResponse:
        """Where a redirect leads to, which nobody must follow."""
        self.elsewhere += 1
        return said(GOOD)


def said(content: Any) -> web.Response:
    return web.json_response({"choices": [{"message": {"role": "assistant", "content": content}}]})


def says(content: Any) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return said(content)

    return answer


def gives(body: str, status: int = 200, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=body, status=status, headers=headers)

    return answer


async def never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.01)


async def never_answers(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def running_stub() -> AsyncIterator[Stub]:
    stub, app = Stub(), web.Application()
    app.router.add_post("/v1/chat/completions", stub.handle)
    app.router.add_route("*", "/private", stub.leak)
    async with served(app) as address:
        stub.url = f"{address}/v1"
        yield stub


@pytest.mark.parametrize(
    "answer",
    [
        gives("", 500),
        gives("busy", 429),
        gives("", 302, Location="/private"),
        gives("", 307, Location="http://169.254.169.254/latest/meta-data"),
        gives("<html>"),
        gives("[]"),
        gives("{}"),
        gives('{"choices": []}'),
        gives('{"choices": [{"message": {"content": null}}]}'),
        gives("[" * 60_000),
        gives(json.dumps({"choices": [{"message": {"content": "长" * 40_000}}]}, ensure_ascii=False)),
        says(["a", "list"]),
        never_ends,
        never_answers,
        hangs_up,
    ],
    ids=[
        *("500", "429", "redirect", "redirect to a private address", "page", "list", "nothing", "no choice", "null"),
        *("deep", "40,000 characters", "no text", "never ends", "never answers", "hangs up"),
    ],
)
async def test_whatever_is_no_answer_is_none(answer: Answer) -> None:
    """In time, without following where it points to."""
    async with running_stub() as stub, ClientSession() as session:
        stub.answer = answer
        with pytest.raises(ModelUnavailableError):
            await Model(stub.url, "m", None, session, seconds=0.3)([{"role": "user", "content": "x"}])
        assert stub.elsewhere == 0


async def test_nobody_there_is_no_answer() -> None:
    async with ClientSession() as session:
        with pytest.raises(ModelUnavailableError):
            await Model("http://127.0.0.1:9/v1", "m", None, session)([])


@pytest.mark.usefixtures("redis")
async def test_a_found_play_is_rephrased_and_nothing_else(store_url: str, models_dir: Path) -> None:
    """One bot, all of it: what is sent is masked, what comes is marked, and what must not be shown is not."""
    async with (
        running_stub() as stub,
        opened_world(store_url, models_dir, FixedClock("2026-11-24T10:00:00+08:00"), model_url=stub.url) as world,
    ):
        lin = world.slack.person(LIN)
        actor = await world.services.members.actor(TEAM, LIN)

        await world.services.customers.create(actor, NewCustomer("青鸾独角纺织厂", Tier.B))
        await lin.command("/objection", "青鸾独角纺织厂的王总嫌费率高，电话13812345678")
        card = lin.dm_messages()[-1]
        assert stub.asked == []
        line = world.objection("cost/fee-too-high").say.zh
        assert await rephrased(world, card) == (GOOD, line)
        sent = json.dumps(stub.asked[0], ensure_ascii=False)
        assert "嫌费率高" in sent
        assert line in sent
        assert not [each for each in ("青鸾", "13812345678", LIN, "林悦") if each in sent]
        assert stub.keys == ["Bearer test-key"]
        for hostile in ("<!channel> 看 <https://evil.example|这里>", "这一单肯定能批。", "只收3个点。", "长" * 40_000):
            stub.answer = says(hostile)
            assert await rephrased(world, card) == (line,)
        await lin.command("/objection", "今天天气不错")
        assert not has(lin.dm_messages()[-1], views.REPHRASE)
        actions = [row.action for row in await world.services.workspaces.audit.newest(TEAM)]
        assert actions.count("rephrasing.send") == 5
        await lin.command("/factormate", "privacy")
        assert ZH("privacy.rephrasing") in prose(lin.dm_messages()[-1])


async def rephrased(world: World, card: Any) -> tuple[str, ...]:
    """The lines shown after a click: the model's and the play's, or the play's alone."""
    lin = world.slack.person(LIN)
    known = len(lin.dm_messages())
    await press(lin, card, views.REPHRASE)
    message = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()[known:]), None))
    assert message.pings == ()
    quoted = [block for block in message.blocks if block["type"] == "rich_text"]
    assert (ZH("rephrasing.marked") in prose(message)) is (len(quoted) == 2)
    return tuple(block["elements"][0]["elements"][0]["text"] for block in quoted)


@pytest.mark.usefixtures("redis")
async def test_it_is_off_unless_a_model_is_named(store_url: str, models_dir: Path) -> None:
    async with opened_world(store_url, models_dir, FixedClock("2026-11-24T10:00:00+08:00")) as world:
        lin = world.slack.person(LIN)
        await lin.command("/objection", "客户嫌费率高")
        assert not has(lin.dm_messages()[-1], views.REPHRASE)
        actor = await world.services.members.actor(TEAM, LIN)
        found = await world.services.rephrasing.rephrase(actor, "cost/fee-too-high", "嫌贵", "zh", "")
        assert found.text is None

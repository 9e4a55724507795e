"""The yardstick: a Bolt app that reads one value from the store and answers with fixed blocks.

Run as `python -m bench.bare PORT STORE_URL early|late`: `late` is Bolt as it comes, `early` has the setting that ours
has (process_before_response), which answers as soon as the listener has.
"""

import asyncio
import sys
from typing import Any

from aiohttp import web
from redis.asyncio import Redis
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bench.requests import SECRET, TEAM

MARK = "bare answer"


async def main(port: int, store_url: str, early: bool) -> None:
    redis = Redis.from_url(store_url, decode_responses=True)
    await redis.set("bench:bare", MARK)

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-bench", bot_user_id="UB", bot_id="BB")

    app = AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=early)

    async def answer(ack: AsyncAck) -> None:
        text = str(await redis.get("bench:bare"))
        await ack(text=text, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}] * 6)

    for name in ("/customer", "/followups", "/objection"):
        app.command(name)(answer)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    site = web.Application()
    site.router.add_post("/slack/events", handle)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3] == "early"))

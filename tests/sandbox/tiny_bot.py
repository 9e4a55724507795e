"""A bot of a few lines, so that the emulator is tested by a peer that is not Bolt."""

import inspect
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_sdk.signature import SignatureVerifier

Json = dict[str, Any]
SECRET = "local-signing-secret"


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    type: str
    body: Json
    headers: dict[str, str]
    signed: bool


class TinyBot:
    """Answers each command, payload type and event type as it was told; otherwise with an empty 200."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._answers: dict[str, Any] = {}

    def on(self, kind: str, answer: Any) -> None:
        """The answer is a body, a response, or a function of the payload that gives one."""
        self._answers[kind] = answer

    def got(self, kind: str) -> list[Received]:
        return [each for each in self.received if each.type == kind]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/slack/events", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        raw = await request.text()
        body = await _read(request, raw)
        kind = str((body.get("event") or {}).get("type") or body.get("command") or body.get("type"))
        signed = SignatureVerifier(SECRET).is_valid_request(raw, dict(request.headers))
        self.received.append(Received(kind, body, dict(request.headers), signed))
        return _response(await self._answer(kind, body))

    async def _answer(self, kind: str, body: Json) -> Any:
        answer = self._answers.get(kind)
        if callable(answer):
            answer = answer(body)
        return await answer if inspect.isawaitable(answer) else answer


async def _read(request: web.Request, raw: str) -> Json:
    if request.content_type == "application/json":
        return dict(json.loads(raw))
    form = {key: str(value) for key, value in (await request.post()).items()}
    return dict(json.loads(form["payload"])) if "payload" in form else dict(form)


def _response(answer: Any) -> web.Response:
    if isinstance(answer, web.Response):
        return answer
    if isinstance(answer, str):
        return web.Response(text=answer)
    return web.Response() if answer is None else web.json_response(answer)

"""`files.*`, and where bytes go in and out: people's files, and the app's in Slack's three steps (reference, 2.3)."""

from typing import Final

from aiohttp import web

from bot.sandbox.asking import Ask, Method
from bot.sandbox.errors import ApiError
from bot.sandbox.grants import Grants
from bot.sandbox.shapes import Json
from bot.sandbox.state import State
from bot.sandbox.workspace import bot_scopes

MAX_BYTES: Final = 50 * 1024 * 1024
"""Slack takes a gigabyte; this one keeps files in memory."""
LOGIN_PAGE: Final = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"
"""What Slack answers to who may not read a file: a page, and no error."""


class FileApi:
    """Where bytes go in and out."""

    def __init__(self, state: State, grants: Grants) -> None:
        self._state, self._grants = state, grants

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/upload/{file_id}", self._take), web.get("/files-pri/{file_id}/{name}", self._give)]

    async def _take(self, request: web.Request) -> web.Response:
        """The second step, as the SDK does it: raw bytes."""
        file = self._state.files.get(request.match_info["file_id"])
        if file is None or file.is_complete:
            return web.Response(status=404)
        file.content = await request.content.read()
        if len(file.content) != file.size:
            return web.Response(status=500, text="length differs from what was announced")
        return web.Response(text=f"OK - {len(file.content)}")

    async def _give(self, request: web.Request) -> web.Response:
        file = self._state.files.get(request.match_info["file_id"])
        is_app = self._grants.is_good(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if file is None:
            return web.Response(status=404)
        if not is_app or "files:read" not in bot_scopes(self._state.manifest):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        return web.Response(body=file.content, content_type=file.mimetype)


def upload_url(ask: Ask) -> Json:
    name, length = ask.args.needed("filename"), ask.args.text("length")
    if not length.isdecimal() or not 0 < int(length) <= MAX_BYTES:
        raise ApiError("invalid_arguments")
    file = ask.state.files.new(name, int(length), ask.state.workspace.bot_user_id)
    return {"ok": True, "upload_url": f"{ask.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(ask: Ask) -> Json:
    """Posts what was uploaded as one message."""
    listed = ask.args.structure("files", "invalid_arguments") or []
    files = [ask.state.files.get(str(each.get("id"))) for each in listed if isinstance(each, dict)]
    found = [each for each in files if each is not None and len(each.content) == each.size and not each.is_complete]
    if not found or len(found) < len(listed):
        raise ApiError("file_not_found")
    for file, given in zip(found, listed, strict=True):
        file.title, file.is_complete = str(given.get("title") or ""), True
    payloads = [each.payload(ask.base_url) for each in found]
    channel = ask.args.text("channel_id")
    if channel:
        place = ask.own_place(channel)
        thread_ts = ask.args.text("thread_ts") or None
        comment = ask.args.text("initial_comment")
        ask.state.post(ask.state.from_bot(place.id, comment, files=payloads, thread_ts=thread_ts))
    return {"ok": True, "files": payloads}


def info(ask: Ask) -> Json:
    file = ask.state.files.get(ask.args.needed("file", "file_not_found"))
    if file is None or not file.is_complete:
        raise ApiError("file_not_found")
    return {"ok": True, "file": file.payload(ask.base_url)}


METHODS: Final = {
    "files.getUploadURLExternal": Method(upload_url, 100, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, 100, ("files:write",)),
    "files.info": Method(info, 100, ("files:read",)),
}

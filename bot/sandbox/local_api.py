"""The page's own API: JSON calls in the name of a person, and a stream of what changes for him."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from aiohttp import web

from bot.sandbox.acks import failure_of
from bot.sandbox.forms import Surface, find_element
from bot.sandbox.local_state import clock_data, mark_read, page_state
from bot.sandbox.person import ActingPerson
from bot.sandbox.shapes import Json
from bot.sandbox.state import State
from bot.sandbox.views import View

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
HEARTBEAT_SECONDS: Final = 15.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Act = Callable[[ActingPerson, Json], Awaitable[Json]]


class LocalApi:
    """For this machine's browser only: other sites' pages must not be able to click here."""

    def __init__(self, state: State, person: Callable[[str], ActingPerson]) -> None:
        self._state, self._person = state, person

    def routes(self) -> list[web.RouteDef]:
        reads: dict[str, Handler] = {
            "state": self._read_state,
            "messages": self._read_messages,
            "views": self._read_views,
            "home": self._read_home,
            "events": self._events,
            "file": self._read_file,
        }
        acts: dict[str, Act] = {
            "send": self._send,
            "action": self._action,
            "options": self._options,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._open_home,
            "messages-tab": self._open_messages,
            "account": self._account,
            "clock": self._move_clock,
        }
        upload = web.post("/local/upload", guarded(self._upload))
        gets = [web.get(f"/local/{name}", guarded(handler)) for name, handler in reads.items()]
        posts = [web.post(f"/local/{name}", guarded(self._acting(act))) for name, act in acts.items()]
        return [*gets, *posts, upload]

    def _acting(self, act: Act) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if request.headers.get("X-Local-Workspace") != "1":
                return _no("missing_header", 403)
            try:
                body = await request.json()
                if body["as"] in self._state.deactivated:
                    return _no("account_inactive", 403)
                return web.json_response(await act(self._person(body["as"]), body))
            except LookupError as error:
                return _no("not_found", 400, str(error))
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                return _no("bad_request", 400, str(error))

        return handle

    # reading

    async def _read_state(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(page_state(self._state, self._reader(request).person))

    async def _read_messages(self, request: web.Request) -> web.StreamResponse:
        """Reading a channel is what makes it read."""
        reader = self._reader(request)
        place = self._state.find_place(request.query.get("channel", ""))
        if place is None:
            raise web.HTTPNotFound
        mark_read(self._state, reader.id, place.id)
        return web.json_response({"messages": [each.for_page() for each in reader.messages(place.id)]})

    async def _read_views(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"views": [each.for_page() for each in self._reader(request).views()]})

    async def _read_home(self, request: web.Request) -> web.StreamResponse:
        home = self._reader(request).home()
        return web.json_response({"view": home.for_page() if home else None})

    async def _read_file(self, request: web.Request) -> web.StreamResponse:
        """A file in a message that the person sees; saved, never shown as a page of this site."""
        reader, wanted = self._reader(request), request.query.get("id", "")
        file = self._state.files.get(wanted)
        seen = any(
            each["id"] == wanted
            for message in reader.messages(request.query.get("channel", ""))
            for each in message.files
        )
        if file is None or not seen:
            raise web.HTTPNotFound
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("X-Local-Workspace") != "1":
            return _no("missing_header", 403)
        # Not request.read(): the site's limit is for what Slack sends the bot, and files are larger.
        content = await request.content.read()
        name = request.query.get("name", "").strip()
        if not name or not content:
            return _no("no_file", 400)
        try:
            await self._reader(request).upload(name, content, request.query.get("channel"))
        except LookupError as error:
            return _no("not_found", 400, str(error))
        return web.json_response({"ok": True})

    def _reader(self, request: web.Request) -> ActingPerson:
        active = [each.id for each in self._state.workspace.people if each.id not in self._state.deactivated]
        wanted = request.query.get("as") or active[0]
        if wanted not in active:
            raise web.HTTPNotFound
        return self._person(wanted)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        reader = self._reader(request)
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with self._state.changes.listening(reader.id) as changes:
            try:
                await response.write(b": hello\n\n")
                await self._forward(changes, response)
            except ConnectionError:
                return response
        return response

    async def _forward(self, changes: asyncio.Queue[Any], response: web.StreamResponse) -> None:
        while True:
            try:
                change = await asyncio.wait_for(changes.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if change is None:
                return
            data = json.dumps(change.data, ensure_ascii=False)
            await response.write(f"event: {change.name}\ndata: {data}\n\n".encode())

    # acting

    async def _send(self, person: ActingPerson, body: Json) -> Json:
        text, thread_ts = str(body["text"]).strip(), body.get("thread_ts")
        if not text:
            return {"ok": False, "error": "no_text"}
        if not text.startswith("/"):
            await person.say(body["channel"], text, thread_ts)
            return {"ok": True}
        if thread_ts:
            return {"ok": False, "error": "no_commands_in_threads"}
        command, _, rest = text.partition(" ")
        try:
            status = await person.command(command, rest.strip(), body["channel"])
        except LookupError:
            return {"ok": False, "error": "unknown_command"}
        return {"ok": 200 <= status < 300}

    async def _action(self, person: ActingPerson, body: Json) -> Json:
        surface = self._surface(person, body["container"])
        block_id, element = _pointed_at(surface, body)
        values = (body.get("state") or {}).get("values")
        delivery = await person.act(surface, block_id, element, body.get("element") or {}, values)
        error = failure_of(delivery)
        return {"ok": False, "error": error} if error else {"ok": True}

    async def _options(self, person: ActingPerson, body: Json) -> Json:
        surface = self._surface(person, body["container"])
        found = await person.suggest(surface, body["action_id"], str(body["value"]), block_id=body.get("block_id"))
        return {"option_groups" if found and "options" in found[0] else "options": found}

    async def _submit(self, person: ActingPerson, body: Json) -> Json:
        view = self._modal(person, body["view_id"])
        result = await person.submit(view, (body.get("state") or {}).get("values"))
        if result.error:
            return {"ok": False, "error": "timeout" if result.error == "operation_timeout" else result.error}
        return {"ok": False, "errors": result.errors} if result.errors else {"ok": True}

    async def _close(self, person: ActingPerson, body: Json) -> Json:
        await person.close_view(self._modal(person, body["view_id"]), clear=bool(body.get("clear")))
        return {"ok": True}

    async def _shortcut(self, person: ActingPerson, body: Json) -> Json:
        message = None
        if body.get("message_ts"):
            message = self._state.messages.find(body["channel"], body["message_ts"])
        status = await person.shortcut(body["callback_id"], message)
        return {"ok": 200 <= status < 300}

    async def _open_home(self, person: ActingPerson, body: Json) -> Json:
        await person.open_home()
        home = person.home()
        return {"ok": True, "view": home.for_page() if home else None}

    async def _open_messages(self, person: ActingPerson, body: Json) -> Json:
        await person.open_messages()
        return {"ok": True}

    async def _account(self, person: ActingPerson, body: Json) -> Json:
        person.set_account(body["user"], is_active=bool(body["active"]))
        return {"ok": True}

    async def _move_clock(self, person: ActingPerson, body: Json) -> Json:
        clock = self._state.clock
        moves = {"next-working-day": clock.next_working_day, "next-hour": clock.next_hour} if clock else {}
        move = moves.get(str(body.get("to")))
        if move is None:
            return {"ok": False, "error": "no_clock"}
        now = await move()
        self._state.changes.tell("clock", clock_data(self._state) or {})
        return {"ok": True, "now": now.isoformat()}

    def _modal(self, person: ActingPerson, view_id: str) -> View:
        for view in person.views():
            if view.id == view_id:
                return view
        raise LookupError("this view is not open")

    def _surface(self, person: ActingPerson, container: Json) -> Surface:
        if container["type"] == "view":
            home = person.home()
            return home if home and home.id == container["view_id"] else self._modal(person, container["view_id"])
        message = self._state.messages.find(container["channel"], container["message_ts"])
        if message is None:
            raise LookupError("this message is gone")
        return message


def _pointed_at(surface: Surface, body: Json) -> tuple[str, Json]:
    """An update names anew each block that the app left unnamed; a press on what was shown until then counts as well,
    as long as the same button is there."""
    pressed = body.get("element") or {}
    try:
        return find_element(surface, body["action_id"], body.get("block_id"))
    except LookupError:
        if pressed.get("type") != "button":
            raise
        return find_element(surface, body["action_id"], None, str(pressed.get("value") or ""))


def guarded(handler: Handler) -> Handler:
    """Against other sites: the Host must be this machine (DNS rebinding), the Origin must be the same."""

    async def handle(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if _parts(f"//{request.host}").hostname not in LOOPBACK:
            return _no("not_local", 403)
        if origin is not None and _parts(origin).netloc != request.host:
            return _no("wrong_origin", 403)
        return await handler(request)

    return handle


def _parts(address: str) -> SplitResult:
    """Of what is no address, none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _no(error: str, status: int, detail: str = "") -> web.Response:
    return web.json_response({"ok": False, "error": error, "detail": detail}, status=status)

"""Posts to a response_url: new messages, replacing or deleting the original (reference, 1.5)."""

import time
from collections.abc import Callable

from aiohttp import web

from bot.sandbox.args import Args, read_args
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import RESPONSE_URL, Faults
from bot.sandbox.messages import Message
from bot.sandbox.posting import Content, read_content
from bot.sandbox.recorded import Call
from bot.sandbox.shapes import Json
from bot.sandbox.state import State
from bot.sandbox.tickets import ReplyTicket
from bot.sandbox.web_api import Answer, WebApi

GONE = ("expired_url", "used_url", "invalid_url")


class ReplyUrls:
    def __init__(self, state: State, web_api: WebApi, faults: Faults) -> None:
        self._state, self._web_api, self._faults = state, web_api, faults

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket_id = request.match_info["ticket"]
        try:
            args = await read_args(request)
        except ApiError as error:
            return web.json_response(error.answer(), status=400)
        call = Call(RESPONSE_URL, "", args.values, time.time())
        self._web_api.calls.append(call)
        fault = self._faults.take(RESPONSE_URL)
        response = await self._web_api.with_fault(request, fault, call, self._run(ticket_id, args))
        self._state.changes.touch()
        return response

    def _run(self, ticket_id: str, args: Args) -> Callable[[], Answer]:
        def run() -> Answer:
            try:
                reply(self._state, self._state.replies.use(ticket_id), args)
            except ApiError as error:
                return 404 if error.error in GONE else 400, error.answer(), {}
            return 200, {"ok": True}, {}

        return run


def reply(state: State, ticket: ReplyTicket, args: Args) -> None:
    """One use of the ticket; ApiError when Slack would refuse the post."""
    if args.flag("delete_original"):
        _delete_original(state, ticket, args)
        return
    content = read_content(args)
    if content.is_empty:
        raise ApiError("no_text")
    original = _original(state, ticket)
    if args.flag("replace_original") and original is not None:
        _replace(state, original, content)
    else:
        _post(state, ticket, args, content)


def _original(state: State, ticket: ReplyTicket) -> Message | None:
    return state.messages.find(ticket.channel, ticket.original_ts) if ticket.original_ts else None


def _delete_original(state: State, ticket: ReplyTicket, args: Args) -> None:
    others = {name: value for name, value in args.values.items() if value not in (None, "", [], False)}
    if set(others) != {"delete_original"}:
        raise ApiError("invalid_arguments")
    original = _original(state, ticket)
    if original is None:
        raise ApiError("message_not_found")
    state.delete(original)


def _replace(state: State, original: Message, content: Content) -> None:
    """The whole message; an ephemeral one stays ephemeral whatever response_type says."""
    before = state.payload(original)
    original.text, original.blocks = content.text or "", content.blocks or []
    original.attachments, original.edited = content.attachments or [], not original.is_ephemeral
    original.metadata = content.metadata or original.metadata
    original.entered = {}
    state.changed(original, before)


def _post(state: State, ticket: ReplyTicket, args: Args, content: Content) -> None:
    in_channel = response_type(args) == "in_channel"
    thread_ts = args.text("thread_ts") or None
    if thread_ts and (not in_channel or args.flag("replace_original")):
        raise ApiError("invalid_arguments")
    details: Json = {"thread_ts": thread_ts} if in_channel else {"ephemeral_to": ticket.user_id}
    message = state.from_bot(
        ticket.channel,
        content.text or "",
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata or None,
        pings=content.rings,
        **details,
    )
    state.post(message)


def response_type(args: Args) -> str:
    kind = args.text("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise ApiError("invalid_response_type")
    return kind

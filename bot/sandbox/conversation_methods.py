"""`conversations.*`: channels, DMs, members and history (reference, 2.3)."""

from bot.sandbox.asking import FAMILY, Ask, Method, page
from bot.sandbox.errors import ApiError
from bot.sandbox.messages import Message, ts_number
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place


def open_conversation(ask: Ask) -> Json:
    """The DM with one person; the workspace has no group DMs."""
    users = [user_id for user_id in ask.args.text("users").split(",") if user_id]
    if not users:
        place = ask.visible_place(ask.args.needed("channel", "users_list_not_supplied"))
        return _opened(ask, place)
    if len(users) > 1:
        ask.needs_scope("mpim:write")
        raise ApiError("invalid_user_combination")
    ask.needs_scope("im:write")
    if users[0] == ask.state.workspace.bot_user_id or ask.state.workspace.find_person(users[0]) is None:
        raise ApiError("user_not_found")
    return _opened(ask, ask.visible_place(ask.state.dm_id(users[0])))


def info(ask: Ask) -> Json:
    place = ask.visible_place(ask.args.needed("channel", "channel_not_found"))
    ask.needs_scope_for(place, "read")
    channel = _channel(ask, place)
    if ask.args.flag("include_num_members"):
        channel["num_members"] = len(place.members)
    return {"ok": True, "channel": channel}


def list_all(ask: Ask) -> Json:
    wanted = ask.args.text("types", "public_channel").split(",")
    kinds = [kind for kind, word in (("channel", "public_channel"), ("group", "private_channel")) if word in wanted]
    ids = [each.id for each in ask.state.workspace.channels]
    places = [place for each in ids if (place := ask.state.find_place(each)) and place.kind in kinds]
    bot = ask.state.workspace.bot_user_id
    rows = [_channel(ask, place) for place in places if place.kind == "channel" or bot in place.members]
    for family in {FAMILY[place.kind] for place in places}:
        ask.needs_scope(f"{family}:read")
    return page(rows, ask, name="channels", default=100, most=1000)


def members(ask: Ask) -> Json:
    place = ask.visible_place(ask.args.needed("channel", "channel_not_found"))
    ask.needs_scope_for(place, "read")
    rows = [{"id": user_id} for user_id in sorted(place.members)]
    answer = page(rows, ask, name="members", default=100, most=1000)
    return answer | {"members": [row["id"] for row in answer["members"]]}


def join(ask: Ask) -> Json:
    place = ask.visible_place(ask.args.needed("channel", "channel_not_found"))
    if place.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    ask.state.enter(place.id, ask.state.workspace.bot_user_id)
    return {"ok": True, "channel": _channel(ask, place)}


def history(ask: Ask) -> Json:
    """Newest first; ephemeral messages and replies in threads are not part of it."""
    place = ask.own_place(ask.args.needed("channel", "channel_not_found"))
    ask.needs_scope_for(place, "history")
    messages = [each for each in ask.state.messages.in_channel(place.id) if each.thread_ts in (None, each.ts)]
    return _page_of(ask, list(reversed(messages)))


def replies(ask: Ask) -> Json:
    place = ask.own_place(ask.args.needed("channel", "channel_not_found"))
    ask.needs_scope_for(place, "history")
    thread_ts = ask.args.needed("ts", "thread_not_found")
    messages = ask.state.messages.in_channel(place.id)
    thread = [each for each in messages if thread_ts in (each.ts, each.thread_ts)]
    if not thread:
        raise ApiError("thread_not_found")
    return _page_of(ask, thread)


def _page_of(ask: Ask, messages: list[Message]) -> Json:
    rows = [_with_metadata(ask, each) for each in messages if not each.is_ephemeral and _is_between(ask, each)]
    answer = page(rows, ask, name="messages", default=100, most=999)
    return answer | {"has_more": bool(answer["response_metadata"]["next_cursor"])}


def _is_between(ask: Ask, message: Message) -> bool:
    """`oldest` and `latest` themselves count only with `inclusive`."""
    ts = ts_number(message.ts)
    oldest, latest = (ask.args.text(name) for name in ("oldest", "latest"))
    if ask.args.flag("inclusive") and message.ts in (oldest, latest):
        return True
    return (not oldest or ts > ts_number(oldest)) and (not latest or ts < ts_number(latest))


def _with_metadata(ask: Ask, message: Message) -> Json:
    row = ask.state.payload(message)
    if message.metadata and ask.args.flag("include_all_metadata"):
        row["metadata"] = message.metadata
    return row


def _opened(ask: Ask, place: Place) -> Json:
    channel = _channel(ask, place) if ask.args.flag("return_im") else {"id": place.id}
    return {"ok": True, "no_op": True, "already_open": True, "channel": channel}


def _channel(ask: Ask, place: Place) -> Json:
    bot = ask.state.workspace.bot_user_id
    channel: Json = {
        "id": place.id,
        "is_im": place.kind == "im",
        "is_channel": place.kind == "channel",
        "is_group": place.kind == "group",
        "is_mpim": False,
        "is_private": place.kind != "channel",
        "is_archived": False,
    }
    if place.kind == "im":
        return channel | {"user": next(iter(place.members - {bot})), "is_open": True}
    found = ask.state.channel(place.id)
    shared = found.shared if found else ""
    return channel | {
        "name": place.name,
        "is_member": bot in place.members,
        "is_shared": shared in ("connect", "org"),
        "is_ext_shared": shared == "connect",
        "is_org_shared": shared == "org",
        "is_pending_ext_shared": shared == "connect_pending",
        "pending_shared": ["T0PARTNER"] if shared == "connect_pending" else [],
        "context_team_id": ask.state.workspace.team_id,
    }


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = {
    "conversations.open": Method(open_conversation, 50, ("im:write", "mpim:write")),
    "conversations.info": Method(info, 50, _READ),
    "conversations.list": Method(list_all, 20, _READ),
    "conversations.members": Method(members, 100, _READ),
    "conversations.join": Method(join, 50, ("channels:join",)),
    "conversations.history": Method(history, 50, _HISTORY),
    "conversations.replies": Method(replies, 50, _HISTORY),
}

"""`chat.*`: posting, editing and deleting messages (reference, 2.3)."""

from typing import Any, Final

from bot.sandbox.asking import Ask, Method
from bot.sandbox.errors import ApiError, refused_blocks
from bot.sandbox.messages import Message, ts_number, with_ids
from bot.sandbox.posting import Content, read_content
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place
from bot.sandbox.surfaces import check_message_blocks
from bot.sandbox.workspace import app_home

EDITED_TEXT: Final = 4_000
"""An edit is refused where a post would still be taken."""


def post_message(ask: Ask) -> Json:
    place = _place_to_post(ask, ask.args.needed("channel", "channel_not_found"))
    content = _content_to_post(ask)
    message = ask.state.from_bot(
        place.id,
        content.text or "",
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        metadata=content.metadata or None,
        thread_ts=ask.args.text("thread_ts") or None,
        username=_username(ask),
        pings=content.rings,
    )
    ask.state.post(message)
    return {"ok": True, "channel": place.id, "ts": message.ts, "message": ask.state.payload(message)}


def post_ephemeral(ask: Ask) -> Json:
    """Shown to one member of a channel that the app is in; never in the history."""
    place = ask.own_place(ask.args.needed("channel", "channel_not_found"))
    user_id = ask.args.needed("user", "user_not_found")
    if ask.state.workspace.find_person(user_id) is None:
        raise ApiError("user_not_found")
    if user_id not in place.members:
        raise ApiError("user_not_in_channel")
    content = _content_to_post(ask)
    message = ask.state.from_bot(
        place.id,
        content.text or "",
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        thread_ts=ask.args.text("thread_ts") or None,
        ephemeral_to=user_id,
        pings=content.rings,
    )
    ask.state.post(message)
    return {"ok": True, "message_ts": message.ts}


def update(ask: Ask) -> Json:
    message = _own_message(ask, "cant_update_message")
    content = read_content(ask.args)
    if content.text is None and content.blocks is None and content.attachments is None:
        raise ApiError("no_text")
    if content.text and len(content.text) > EDITED_TEXT and not content.blocks:
        raise ApiError("msg_too_long")
    edit(ask, message, content)
    return {
        "ok": True,
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": ask.state.payload(message),
    }


def edit(ask: Ask, message: Message, content: Content) -> None:
    """What is not mentioned stays: text, blocks (`[]` removes them) and metadata."""
    before = ask.state.payload(message)
    if content.text is not None:
        message.text = content.text
    if content.blocks is not None:
        message.blocks = content.blocks
    if content.attachments is not None:
        message.attachments = content.attachments
    if content.metadata is not None:
        message.metadata = content.metadata or None
    message.edited = True
    ask.state.changed(message, before)


def delete(ask: Ask) -> Json:
    message = _own_message(ask, "cant_delete_message")
    ask.state.delete(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def unfurl(ask: Ask) -> Json:
    """Shows something of the app's below a link in a message, which Slack has told of with `link_shared`."""
    message = ask.state.unfurling.get((ask.args.text("source"), ask.args.text("unfurl_id")))
    if message is None:
        raise ApiError("cannot_find_message")
    unfurls: Any = ask.args.structure("unfurls", "invalid_unfurls_format")
    if not isinstance(unfurls, dict) or not all(isinstance(each, dict) for each in unfurls.values()):
        raise ApiError("cannot_parse_attachment")
    before = ask.state.payload(message)
    for url, shown in unfurls.items():
        if f"<{url}>" not in message.text:
            raise ApiError("cannot_unfurl_url")
        if problems := check_message_blocks(shown.get("blocks") or []):
            raise refused_blocks("invalid_blocks", problems)
        shown = {"id": len(message.attachments) + 1, "app_unfurl_url": url, "is_app_unfurl": True, **shown}
        message.attachments.append({**shown, "blocks": with_ids(shown.get("blocks") or [])})
    ask.state.changed(message, before)
    return {"ok": True}


def get_permalink(ask: Ask) -> Json:
    place = ask.visible_place(ask.args.needed("channel", "channel_not_found"))
    ts = ask.args.needed("message_ts", "message_not_found")
    message = ask.state.messages.find(place.id, ts)
    if message is None or message.is_ephemeral:
        raise ApiError("message_not_found")
    return {"ok": True, "channel": place.id, "permalink": f"{ask.base_url}/archives/{place.id}/p{ts_number(ts)}"}


def _place_to_post(ask: Ask, channel: str) -> Place:
    """A user's id means his DM; public channels without the app need `chat:write.public`."""
    state = ask.state
    if state.workspace.find_person(channel) is not None:
        channel = state.dm_id(channel)
    elif channel.startswith("#"):
        channel = next((each.id for each in state.workspace.channels if f"#{each.name}" == channel), channel)
    place = ask.visible_place(channel)
    if place.kind == "im" and not app_home(state.manifest).get("messages_tab_enabled", True):
        raise ApiError("messages_tab_disabled")
    if state.workspace.bot_user_id not in place.members and "chat:write.public" not in ask.scopes:
        raise ApiError("not_in_channel")
    return place


def _content_to_post(ask: Ask) -> Content:
    content = read_content(ask.args)
    if content.is_empty:
        raise ApiError("no_text")
    problems = [
        problem
        for number, each in enumerate(content.blocks or [])
        for problem in _unshown(ask, f"/blocks/{number}", each)
    ]
    if problems:
        raise refused_blocks("invalid_blocks", problems)
    return content


def _unshown(ask: Ask, path: str, block: Json) -> list[str]:
    """What is sound, yet this workspace cannot show: a block it does not know, a picture that is not there."""
    found = []
    if block["type"] in ask.state.unknown_blocks:
        found.append(f"unsupported type: {block['type']} [json-pointer:{path}/type]")
    wanted = (block.get("slack_file") or {}).get("id") if block["type"] == "image" else None
    file = ask.state.files.get(wanted) if wanted else None
    if wanted and not (file and file.is_complete and file.mimetype.startswith("image/")):
        found.append(f"invalid slack file [json-pointer:{path}/slack_file]")
    return found


def _username(ask: Ask) -> str:
    name = ask.args.text("username")
    if name:
        ask.needs_scope("chat:write.customize")
    return name


def _own_message(ask: Ask, otherwise: str) -> Message:
    """Only the app's own messages; ephemeral ones cannot be found."""
    place = ask.own_place(ask.args.needed("channel", "channel_not_found"))
    message = ask.state.messages.find(place.id, ask.args.needed("ts", "message_not_found"))
    if message is None or message.is_ephemeral:
        raise ApiError("message_not_found")
    if not message.is_bot:
        raise ApiError(otherwise)
    return message


POSTS_PER_MINUTE: Final = 300
METHODS = {
    "chat.postMessage": Method(post_message, POSTS_PER_MINUTE, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, 100, ("chat:write",)),
    "chat.update": Method(update, 50, ("chat:write",)),
    "chat.unfurl": Method(unfurl, 50, ("links:write",)),
    "chat.delete": Method(delete, 50, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink, 600),
}

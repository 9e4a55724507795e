"""The messages of a workspace: what was posted, to whom it shows, and what was changed."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.shapes import Json
from bot.sandbox.surfaces import blocks_within, elements_of


@dataclass(slots=True)
class Message:
    """One message as the workspace keeps it; an ephemeral one shows to one person only."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    username: str = ""
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    inviter: str | None = None
    edited: bool = False
    ephemeral_to: str | None = None
    shown_at: str = ""
    metadata: Json | None = None
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    pings: tuple[str, ...] = ()
    entered: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def is_bot(self) -> bool:
        return self.bot_id is not None

    @property
    def is_ephemeral(self) -> bool:
        return self.ephemeral_to is not None

    def unfurl_with(self, block_id: str) -> Json | None:
        """The preview of a link in which that block stands."""
        return next((each for each in self.attachments if block_id in map(_id_of, each.get("blocks") or ())), None)

    def shows_to(self, user_id: str) -> bool:
        return self.ephemeral_to in (None, user_id)

    def payload(self, team_id: str, app_id: str) -> Json:
        """As Slack spells it in payloads and Web API answers, without the metadata."""
        message: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": team_id}
        message |= {name: given for name in ("subtype", "inviter") if (given := getattr(self, name))}
        if self.bot_id:
            message |= {"bot_id": self.bot_id, "app_id": app_id}
        if self.blocks:
            message["blocks"] = self.blocks
        if self.attachments:
            message["attachments"] = self.attachments
        if self.files:
            message["files"] = self.files
        if self.thread_ts:
            message["thread_ts"] = self.thread_ts
        if self.edited:
            message["edited"] = {"user": self.user, "ts": self.ts}
        return message

    def for_page(self) -> Json:
        return {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "username": self.username,
            "is_bot": self.is_bot,
            "text": self.text,
            "blocks": self.blocks,
            "files": [{name: each[name] for name in ("id", "name", "title", "size")} for each in self.files],
            "thread_ts": self.thread_ts,
            "subtype": self.subtype,
            "inviter": self.inviter,
            "edited": self.edited,
            "ephemeral": self.is_ephemeral,
            "shown_at": self.shown_at,
            "metadata": self.metadata,
        }


def _id_of(block: Json) -> str:
    return str(block.get("block_id"))


def with_ids(blocks: list[Json]) -> list[Json]:
    """Slack names what the app left unnamed, so that every click can say where it happened."""
    for block in blocks_within(blocks):
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = secrets.token_urlsafe(4)
    return blocks


class MessageStore:
    """Messages by channel, in the order of their ts."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, Message]] = {}
        self._last_ts = 0

    def next_ts(self, now: float) -> str:
        """Unique and growing in the whole workspace, however fast messages come."""
        self._last_ts = max(int(now * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add(self, message: Message) -> None:
        self._channels.setdefault(message.channel, {})[message.ts] = message

    def find(self, channel: str, ts: str) -> Message | None:
        return self._channels.get(channel, {}).get(ts)

    def remove(self, message: Message) -> None:
        self._channels.get(message.channel, {}).pop(message.ts, None)

    def in_channel(self, channel: str) -> list[Message]:
        return sorted(self._channels.get(channel, {}).values(), key=lambda each: ts_number(each.ts))

    def everything(self) -> list[Message]:
        return [message for channel in self._channels for message in self.in_channel(channel)]

    def restore(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            message = Message(**{**row, "pings": tuple(row.get("pings") or ())})
            self.add(message)
            self._last_ts = max(self._last_ts, ts_number(message.ts))


def ts_number(ts: str) -> int:
    """Microseconds, exact (a float would lose the last digit)."""
    seconds, _, fraction = ts.partition(".")
    try:
        return int(seconds or 0) * 1_000_000 + int(fraction[:6].ljust(6, "0") or 0)
    except ValueError:
        return 0

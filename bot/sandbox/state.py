"""Everything that changes in the workspace while it runs: members, messages, views, handles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.sandbox.changes import Changes
from bot.sandbox.executions import Execution
from bot.sandbox.files import FileStore
from bot.sandbox.messages import Message, MessageStore, with_ids
from bot.sandbox.shapes import Json
from bot.sandbox.tickets import ReplyTickets, TriggerTickets
from bot.sandbox.views import View, ViewStore
from bot.sandbox.wire_text import rings
from bot.sandbox.workspace import SLACKBOT, BusinessClock, Channel, Workspace

PlaceKind = Literal["channel", "group", "im"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages stand: a public or private channel, or a DM of a person with the app or with another one."""

    id: str
    name: str
    kind: PlaceKind
    members: frozenset[str]


class State:
    def __init__(
        self,
        workspace: Workspace,
        manifest: dict[str, Any],
        *,
        timer: Callable[[], float],
        clock: BusinessClock | None,
    ) -> None:
        self.workspace = workspace
        self.manifest = manifest
        self.timer = timer
        self.clock = clock
        self.changes = Changes()
        self.messages = MessageStore()
        self.files = FileStore()
        self.views = ViewStore()
        self.triggers = TriggerTickets(timer)
        self.replies = ReplyTickets(timer)
        self.read_until: dict[tuple[str, str], str] = {}
        self.announce: Callable[[Json, Place], None] = lambda event, place: None
        self.deactivated: set[str] = set()
        self.unknown_blocks: set[str] = set()
        """Types of blocks that this Slack does not draw (yet): it refuses a message with one."""
        self.statuses: dict[str, Json] = {}
        """What people show beside their name, by their id."""
        self.prompts: dict[tuple[str, str], Json] = {}
        """What may be clicked on in a conversation with the app, by channel and thread (empty: in none)."""
        self.unfurling: dict[tuple[str, str], Message] = {}
        """Messages with links of which the app was told, by source and id."""
        self.executions: dict[str, Execution] = {}
        """Runs of the app's steps in workflows, by id."""
        self.groups = workspace.groups
        self.organisation = ""
        """The Enterprise Grid whose installation speaks here; none: the workspace has its own."""
        self._members = {channel.id: list(channel.members) for channel in workspace.channels}

    # places

    def find_place(self, channel_id: str) -> Place | None:
        for channel in self.workspace.channels:
            if channel.id == channel_id:
                kind: PlaceKind = "group" if channel.is_private else "channel"
                return Place(channel.id, channel.name, kind, frozenset(self._members[channel.id]))
        members = self._dm_members(channel_id)
        return Place(channel_id, "directmessage", "im", members) if members else None

    def _dm_members(self, channel_id: str) -> frozenset[str] | None:
        for person in self.workspace.people:
            with_app = self.dm_id(person.id)
            if channel_id == with_app:
                return frozenset({person.id, self.workspace.bot_user_id})
            if channel_id.startswith(with_app) and channel_id in self._directs_of(person.id):
                return frozenset({person.id, self._directs_of(person.id)[channel_id]})
        return None

    def get_place(self, channel: str) -> Place:
        """By id or by name, with or without `#`."""
        named = {each.name: each.id for each in self.workspace.channels}
        place = self.find_place(named.get(channel.removeprefix("#"), channel))
        if place is None:
            raise LookupError(f"no channel {channel}")
        return place

    def places_of(self, user_id: str) -> list[Place]:
        ids = [channel.id for channel in self.workspace.channels]
        places = [place for each in ids if (place := self.find_place(each))]
        person = self.workspace.find_person(user_id)
        sees_public = person is None or not person.is_outsider
        return [each for each in places if user_id in each.members or (each.kind == "channel" and sees_public)]

    def dm_id(self, user_id: str) -> str:
        """A person's DM with the app."""
        return f"D{user_id[1:]}"

    def _directs_of(self, user_id: str) -> dict[str, str]:
        """The other one in each DM with another person."""
        others = [each.id for each in self.workspace.people if each.id != user_id]
        return {self.direct_id(user_id, other): other for other in others}

    def direct_id(self, one: str, other: str) -> str:
        """The DM of two people, in which the app is not."""
        return f"{self.dm_id(min(one, other))}{max(one, other)[1:]}"

    def enter(self, channel_id: str, user_id: str, inviter: str | None = None) -> bool:
        """Joins, and the channel sees it; False for somebody who was there already."""
        if user_id in self._members[channel_id]:
            return False
        self.join(channel_id, user_id)
        text = f"<@{user_id}> has joined the channel"
        self.post(self.new_message(channel_id, user_id, text, subtype="channel_join", inviter=inviter))
        return True

    def join(self, channel_id: str, user_id: str) -> None:
        if user_id not in self._members[channel_id]:
            self._members[channel_id].append(user_id)
            self.changes.tell("state", {})

    def set_active(self, user_id: str, *, is_active: bool) -> None:
        """Opens or closes an account."""
        (self.deactivated.discard if is_active else self.deactivated.add)(user_id)
        self.changes.tell("state", {})

    def channel(self, channel_id: str) -> Channel | None:
        return next((each for each in self.workspace.channels if each.id == channel_id), None)

    # messages

    def new_message(self, channel: str, user: str, text: str, **details: Any) -> Message:
        message = Message(channel, self.messages.next_ts(self.timer()), user, text, **details)
        message.shown_at = self.now().isoformat()
        if message.is_bot:
            message.blocks = with_ids(message.blocks)
            message.pings = message.pings if "pings" in details else rings(text, message.blocks)
        message.username = message.username or self.name_of(user)
        return message

    def from_bot(self, channel: str, text: str, **details: Any) -> Message:
        workspace = self.workspace
        return self.new_message(channel, workspace.bot_user_id, text, bot_id=workspace.bot_id, **details)

    def post(self, message: Message) -> Message:
        place = self.find_place(message.channel)
        self.messages.add(message)
        if place is not None and self.workspace.bot_user_id not in place.members and place.kind == "im":
            self.changes.tell("state", {}, place.members)
        self._show("message", message)
        if not message.is_ephemeral and place is not None:
            self.announce(self._message_event(message, place), place)
        return message

    def changed(self, message: Message, before: Json) -> None:
        """After an edit: the page redraws, and the app hears of it."""
        if message.is_bot:
            message.blocks = with_ids(message.blocks)
            message.pings = rings(message.text, message.blocks)
        self._show("message_changed", message)
        if not message.is_ephemeral:
            self._announce_edit(
                message, "message_changed", {"message": self.payload(message), "previous_message": before}
            )

    def delete(self, message: Message) -> None:
        self.messages.remove(message)
        self._show("message_deleted", message)
        if not message.is_ephemeral:
            self._announce_edit(
                message, "message_deleted", {"deleted_ts": message.ts, "previous_message": self.payload(message)}
            )

    def slackbot_says(self, channel: str, user_id: str, text: str) -> None:
        """A note of Slack's own, shown to one person."""
        self.post(self.new_message(channel, SLACKBOT, text, username="Slackbot", ephemeral_to=user_id))

    def payload(self, message: Message) -> Json:
        """With how many replies it has, by which the app knows that it begins a thread."""
        found = message.payload(self.workspace.team_id, self.workspace.app_id)
        count = sum(each.thread_ts == message.ts != each.ts for each in self.messages.in_channel(message.channel))
        return found | {"thread_ts": message.ts, "reply_count": count} if count else found

    def _message_event(self, message: Message, place: Place) -> Json:
        event = self.payload(message)
        return event | {"channel": place.id, "channel_type": place.kind, "event_ts": message.ts}

    def _announce_edit(self, message: Message, subtype: str, details: Json) -> None:
        place = self.find_place(message.channel)
        if place is None:
            return
        ts = self.messages.next_ts(self.timer())
        event: Json = {"type": "message", "subtype": subtype, "channel": place.id, "channel_type": place.kind}
        self.announce(event | {"ts": ts, "event_ts": ts, "hidden": True, **details}, place)

    def _show(self, name: str, message: Message) -> None:
        place = self.find_place(message.channel)
        everybody = [person.id for person in self.workspace.people]
        seeing = everybody if place is None or place.kind == "channel" else list(place.members)
        to = [message.ephemeral_to] if message.ephemeral_to else seeing
        self.changes.tell(name, message.for_page(), to)

    def suggest(self, channel: str, thread_ts: str, title: str, prompts: list[Json]) -> None:
        found = {"channel": channel, "thread_ts": thread_ts, "title": title, "prompts": prompts}
        self.prompts[channel, thread_ts] = found
        self.changes.tell("prompts", found, self.get_place(channel).members)

    # views

    def show_views(self, user_id: str) -> None:
        views = [view.for_page() for view in self.views.stack(user_id)]
        self.changes.tell("views", {"views": views}, [user_id])

    def show_home(self, view: View) -> None:
        self.changes.tell("home", {"view": view.for_page()}, [view.user_id])

    # names and time

    def name_of(self, user_id: str) -> str:
        if user_id == self.workspace.bot_user_id:
            return self.workspace.app_name
        person = self.workspace.find_person(user_id)
        return person.real_name if person else user_id

    def now(self) -> datetime:
        return self.clock.now() if self.clock else datetime.now(UTC)

"""Which events the app hears of: what it subscribed to, has the scope for, and is present at (reference, 1.6)."""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from bot.sandbox.executions import Execution
from bot.sandbox.payloads import Payloads
from bot.sandbox.people_methods import user_payload
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place, State
from bot.sandbox.workspace import Person, bot_scopes, subscribed_events, unfurl_domains

NEEDED_SCOPES: Final = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "link_shared": "links:read",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
MESSAGE_EVENTS: Final = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
_LINK: Final = re.compile(r"<(https?://[^>|]+)")
NOT_HERE: Final = (
    "你提到了 <@{bot}>，但它不在这个频道里。输入 /invite @{name} 可邀请它加入。",
    "You mentioned <@{bot}>, but it's not in this channel. Type /invite @{name} to invite it.",
)


def check_event_scopes(manifest: dict[str, Any]) -> None:
    """Slack refuses a manifest that subscribes to events without their scopes; so does the emulator."""
    scopes = bot_scopes(manifest)
    missing = {
        event: scope
        for event in subscribed_events(manifest)
        if (scope := NEEDED_SCOPES.get(event)) is not None and scope not in scopes
    }
    if missing:
        raise ValueError(f"the manifest subscribes to events without their scopes: {missing}")


class EventFeed:
    def __init__(self, state: State, payloads: Callable[[], Payloads], tell: Callable[[Json], None]) -> None:
        self._state, self._payloads, self._tell = state, payloads, tell

    def message(self, event: Json, place: Place) -> None:
        """A message event, and a mention besides if the app is named in it."""
        present = self._state.workspace.bot_user_id in place.members
        self._links(event, place, present=present)
        if present:
            self._offer(MESSAGE_EVENTS[place.kind], event)
        if place.kind != "im" and self._names_the_app(event):
            if present:
                self._offer("app_mention", _as_mention(event))
            else:
                self._hint_to_invite(event, place)

    def _links(self, event: Json, place: Place, *, present: bool) -> None:
        """Links to the app's own domains, in whatever conversation a person has posted them."""
        found = [
            {"domain": domain, "url": url}
            for url in _LINK.findall(str(event.get("text")))
            for domain in unfurl_domains(self._state.manifest)
            if urlsplit(url).hostname == domain
        ]
        message = self._state.messages.find(place.id, str(event.get("ts")))
        if not found or message is None or event.get("bot_id") or event.get("subtype"):
            return
        unfurl_id = f"Uxxxxxxx-{event['ts']}"
        self._state.unfurling["conversations_history", unfurl_id] = message
        told: Json = {
            "type": "link_shared",
            "channel": place.id,
            "is_bot_user_member": present,
            "user": event["user"],
            "message_ts": event["ts"],
            "unfurl_id": unfurl_id,
            "source": "conversations_history",
            "links": found,
            "event_ts": event["ts"],
        }
        self._offer("link_shared", told)

    def home_opened(self, person: Person, view: Json | None, tab: str = "home") -> None:
        ts = self._state.messages.next_ts(self._state.timer())
        channel = self._state.dm_id(person.id)
        event: Json = {"type": "app_home_opened", "user": person.id, "channel": channel, "tab": tab, "event_ts": ts}
        self._offer("app_home_opened", event | {"view": view} if view else event)

    def step_run(self, execution: Execution) -> None:
        ts = self._state.messages.next_ts(self._state.timer())
        declared = self._state.manifest["functions"][execution.callback_id]
        event: Json = {
            "type": "function_executed",
            "function": {"callback_id": execution.callback_id, "title": declared["title"], "type": "app"},
            "inputs": execution.inputs,
            "function_execution_id": execution.id,
            "workflow_execution_id": f"Wx{execution.id[2:]}",
            "event_ts": ts,
            "bot_access_token": execution.token,
        }
        self._offer("function_executed", event)

    def account_changed(self, person: Person) -> None:
        """The person has set a status; or an admin has closed the account, or opened it again."""
        ts = self._state.messages.next_ts(self._state.timer())
        user = user_payload(self._state, person)
        self._offer("user_change", {"type": "user_change", "user": user, "cache_ts": int(float(ts)), "event_ts": ts})

    def uninstalled(self, happened_at: float | None) -> None:
        """Both, as Slack does; in no order that one could count on."""
        tokens = {"oauth": [], "bot": [self._state.workspace.bot_user_id]}
        self._offer("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens}, happened_at)
        self._offer("app_uninstalled", {"type": "app_uninstalled"}, happened_at)

    def access(self, name: str) -> None:
        """An organisation has given the workspace the app, or taken it."""
        self._offer(name, {"type": name, "team_ids": [self._state.workspace.team_id]})

    def _offer(self, name: str, event: Json, happened_at: float | None = None) -> None:
        if name in subscribed_events(self._state.manifest):
            envelope = self._payloads().event(event)
            self._tell(envelope if happened_at is None else envelope | {"event_time": int(happened_at)})

    def _names_the_app(self, event: Json) -> bool:
        by_person = not event.get("bot_id") and not event.get("subtype")
        return by_person and f"<@{self._state.workspace.bot_user_id}>" in str(event.get("text"))

    def _hint_to_invite(self, event: Json, place: Place) -> None:
        workspace = self._state.workspace
        person = workspace.get_person(event["user"])
        hint = NOT_HERE[0 if person.is_chinese else 1].format(bot=workspace.bot_user_id, name=workspace.app_name)
        self._state.slackbot_says(place.id, person.id, hint)


def _as_mention(event: Json) -> Json:
    kept = ("user", "text", "ts", "team", "channel", "event_ts", "thread_ts", "blocks")
    return {"type": "app_mention"} | {name: event[name] for name in kept if name in event}

"""The bodies of commands, interactions and events, as Slack spells them (reference, 1.2, 1.3 and 1.6)."""

import secrets
import time
from typing import Final

from bot.sandbox.forms import Surface, Values
from bot.sandbox.messages import Message
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place, State
from bot.sandbox.view_methods import view_payload
from bot.sandbox.views import View
from bot.sandbox.workspace import Person

CHANNEL_NAMES: Final = {"im": "directmessage", "group": "privategroup"}
DEPRECATED_TOKEN: Final = "deprecated-verification-token"  # noqa: S105 - Slack sends one; nobody may rely on it


class Payloads:
    """Builds what goes to the app; `reply_url` turns a ticket into an address."""

    def __init__(self, state: State, base_url: str) -> None:
        self._state, self.base_url = state, base_url

    @property
    def _organisation(self) -> str:
        return self._state.organisation

    def command(self, person: Person, place: Place, command: str, text: str) -> Json:
        workspace = self._state.workspace
        return {
            "token": DEPRECATED_TOKEN,
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": place.id,
            "channel_name": CHANNEL_NAMES.get(place.kind, place.name),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": workspace.app_id,
            **({"enterprise_id": self._organisation} if self._organisation else {}),
            "is_enterprise_install": str(bool(self._organisation)).lower(),
            "response_url": self.reply_url(self._state.replies.issue(place.id, person.id)),
            "trigger_id": self._state.triggers.issue(person.id),
        }

    def block_actions(self, person: Person, surface: Surface, action: Json, values: Values) -> Json:
        payload = self._common("block_actions", person) | {"actions": [action], "container": container(surface)}
        in_modal = isinstance(surface, View) and surface.type == "modal"
        payload["trigger_id"] = self._state.triggers.issue(person.id, from_view=in_modal)
        payload |= self._where(surface, values)
        if isinstance(surface, Message):
            payload |= {"state": {"values": values}, "response_url": self._reply_to(person, surface)}
            if unfurled := surface.unfurl_with(action["block_id"]):
                where = {"type": "message_attachment", "attachment_id": unfurled["id"], "is_app_unfurl": True}
                payload["container"] |= where | {"app_unfurl_url": unfurled["app_unfurl_url"]}
                payload["app_unfurl"] = unfurled
        return payload

    def suggestion(self, person: Person, surface: Surface, block_id: str, action_id: str, value: str) -> Json:
        asked = {"action_id": action_id, "block_id": block_id, "value": value, "container": container(surface)}
        return self._common("block_suggestion", person) | asked | self._where(surface, surface.entered)

    def submission(self, person: Person, view: View, values: Values) -> Json:
        return self._common("view_submission", person) | {
            "trigger_id": self._state.triggers.issue(person.id, from_view=True),
            "view": view_payload(self._state, view, values),
            "response_urls": self._response_urls(person, view, values),
        }

    def closed(self, person: Person, view: View, *, is_cleared: bool) -> Json:
        shown = view_payload(self._state, view, view.entered)
        return self._common("view_closed", person) | {"view": shown, "is_cleared": is_cleared}

    def shortcut(self, person: Person, callback_id: str) -> Json:
        trigger_id = self._state.triggers.issue(person.id)
        stamp = f"{time.time():.6f}"
        return self._common("shortcut", person) | {
            "callback_id": callback_id,
            "trigger_id": trigger_id,
            "action_ts": stamp,
        }

    def message_action(self, person: Person, callback_id: str, message: Message) -> Json:
        return self.shortcut(person, callback_id) | {
            "type": "message_action",
            "channel": self._channel(message),
            "message_ts": message.ts,
            "message": self._state.payload(message),
            "response_url": self._reply_to(person, message),
        }

    def event(self, event: Json) -> Json:
        workspace = self._state.workspace
        authorization = {
            "enterprise_id": self._organisation or None,
            "team_id": workspace.team_id,
            "user_id": workspace.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": bool(self._organisation),
        }
        return {
            "token": DEPRECATED_TOKEN,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": self._organisation or None,
            **({"enterprise_id": self._organisation} if self._organisation else {}),
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_urlsafe(24)}",
        }

    def reply_url(self, ticket_id: str) -> str:
        return f"{self.base_url}/response/{ticket_id}"

    def _common(self, kind: str, person: Person) -> Json:
        workspace = self._state.workspace
        return {
            "type": kind,
            "token": DEPRECATED_TOKEN,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": workspace.team_id,
            },
            # Of an app that a whole organisation has, the person's own workspace is all that tells.
            "team": None if self._organisation else {"id": workspace.team_id, "domain": workspace.domain},
            "api_app_id": workspace.app_id,
            "enterprise": {"id": self._organisation, "name": "Grid"} if self._organisation else None,
            "is_enterprise_install": bool(self._organisation),
        }

    def _where(self, surface: Surface, values: Values) -> Json:
        """The view, or the channel and message; the app is not shown an ephemeral message again."""
        if isinstance(surface, View):
            return {"view": view_payload(self._state, surface, values)}
        channel = {"channel": self._channel(surface)}
        if surface.is_ephemeral:
            return channel
        message = self._state.payload(surface)
        return channel | {"message": message | {"metadata": surface.metadata} if surface.metadata else message}

    def _channel(self, message: Message) -> Json:
        place = self._state.get_place(message.channel)
        return {"id": place.id, "name": CHANNEL_NAMES.get(place.kind, place.name)}

    def _reply_to(self, person: Person, message: Message) -> str:
        ticket = self._state.replies.issue(message.channel, person.id, original_ts=message.ts)
        return self.reply_url(ticket)

    def _response_urls(self, person: Person, view: View, values: Values) -> list[Json]:
        """One for each select with `response_url_enabled` in which a conversation was chosen."""
        found: list[Json] = []
        for block in view.blocks:
            element = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            leaf = values[block["block_id"]][element["action_id"]]
            channel_id = leaf.get("selected_conversation") or leaf.get("selected_channel")
            if channel_id:
                url = self.reply_url(self._state.replies.issue(channel_id, person.id))
                where = {"block_id": block["block_id"], "action_id": element["action_id"]}
                found.append(where | {"channel_id": channel_id, "response_url": url})
        return found


def container(surface: Surface) -> Json:
    if isinstance(surface, View):
        return {"type": "view", "view_id": surface.id}
    found: Json = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": surface.channel,
        "is_ephemeral": surface.is_ephemeral,
    }
    return found | {"thread_ts": surface.thread_ts} if surface.thread_ts else found

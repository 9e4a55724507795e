"""Modals in stacks and home tabs: ids, hashes, and how Slack describes a view to the app."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox.errors import ApiError
from bot.sandbox.messages import with_ids
from bot.sandbox.shapes import Json
from bot.sandbox.surfaces import elements_of

STACK_DEPTH: Final = 3
SHOWN: Final = ("title", "submit", "close", "blocks", "submit_disabled")


@dataclass(slots=True)
class View:
    """One modal or home tab of one person; `definition` is what the app sent."""

    id: str
    user_id: str
    definition: Json
    root_view_id: str
    previous_view_id: str | None = None
    version: int = 1
    entered: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.definition["type"])

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.definition.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.definition.get("private_metadata") or "")

    @property
    def external_id(self) -> str:
        return str(self.definition.get("external_id") or "")

    @property
    def title(self) -> str:
        return str((self.definition.get("title") or {}).get("text") or "")

    @property
    def notify_on_close(self) -> bool:
        return bool(self.definition.get("notify_on_close"))

    @property
    def hash(self) -> str:
        """Changes with every update, so that two updates made from the same state are noticed."""
        content = json.dumps(self.definition, sort_keys=True).encode()
        return f"{self.version}.{hashlib.sha256(content).hexdigest()[:8]}"

    def replace(self, definition: Json) -> None:
        """What a person typed stays where block_id and action_id stay."""
        self.definition = dict(definition) | {"blocks": with_ids(definition["blocks"])}
        self.version += 1
        places = {(each["block_id"], one["action_id"]) for each in self.blocks for one in elements_of(each)}
        self.entered = {
            block_id: kept
            for block_id, leaves in self.entered.items()
            if (kept := {action: leaf for action, leaf in leaves.items() if (block_id, action) in places})
        }

    def payload(self, team_id: str, app_id: str, bot_id: str, values: dict[str, dict[str, Json]]) -> Json:
        """As Slack spells it in payloads and Web API answers."""
        definition = self.definition
        return {
            "id": self.id,
            "team_id": team_id,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": self.private_metadata,
            "callback_id": self.callback_id,
            "state": {"values": values},
            "hash": self.hash,
            "title": definition.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(definition.get("clear_on_close")),
            "notify_on_close": self.notify_on_close,
            "close": definition.get("close"),
            "submit": definition.get("submit"),
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": app_id,
            "external_id": self.external_id,
            "app_installed_team_id": team_id,
            "bot_id": bot_id,
        }

    def for_page(self) -> Json:
        shown: dict[str, Any] = {name: self.definition.get(name) for name in SHOWN}
        return {
            "id": self.id,
            "type": self.type,
            "callback_id": self.callback_id,
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "state": {"values": self.entered},
            **shown,
        }


class ViewStore:
    """Each person's stack of open modals and his home tab."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user_id: str) -> list[View]:
        """The last one is on top."""
        return list(self._stacks.get(user_id, []))

    def home(self, user_id: str) -> View | None:
        return self._homes.get(user_id)

    def homes(self) -> dict[str, Json]:
        return {user_id: view.definition for user_id, view in self._homes.items()}

    def find(self, view_id: str) -> View | None:
        return next((view for view in self._all() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        return next((view for view in self._all() if external_id and view.external_id == external_id), None)

    def _all(self) -> list[View]:
        return [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]

    def open(self, user_id: str, definition: Json) -> View:
        """A first modal; one that was open before is gone."""
        self._stacks[user_id] = []
        return self.push(user_id, definition)

    def push(self, user_id: str, definition: Json) -> View:
        stack = self._stacks.setdefault(user_id, [])
        if len(stack) >= STACK_DEPTH:
            raise ApiError("push_limit_reached")
        view = _new_view(user_id, definition, stack[-1] if stack else None)
        stack.append(view)
        return view

    def publish(self, user_id: str, definition: Json) -> View:
        view = self._homes.get(user_id)
        if view is None:
            view = self._homes[user_id] = _new_view(user_id, definition, None)
        else:
            view.replace(definition)
        return view

    def close(self, view: View) -> None:
        self._stacks[view.user_id] = [each for each in self.stack(view.user_id) if each.id != view.id]

    def clear(self, user_id: str) -> list[View]:
        """The views that were open, the lowest first."""
        return self._stacks.pop(user_id, [])


def _new_view(user_id: str, definition: Json, below: View | None) -> View:
    view_id = f"V{secrets.token_hex(5).upper()}"
    view = View(view_id, user_id, {}, below.root_view_id if below else view_id, below.id if below else None, version=0)
    view.replace(definition)
    return view

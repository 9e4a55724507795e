"""What tests look at afterwards: the calls the app made and what was delivered to it."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.shapes import Json


@dataclass(slots=True)
class Call:
    """One Web API call; `result` is None while or when no answer was given, `status` the HTTP status."""

    method: str
    token: str
    args: Json
    at: float
    result: Json | None = None
    status: int = 0
    fault: str | None = None


@dataclass(slots=True)
class Delivery:
    """One request to the app. `status` 0 means that no answer came; `refused` is what Slack would not accept in it."""

    kind: str
    body: Json
    headers: dict[str, str]
    at: float
    attempt: int = 0
    status: int = 0
    answer: Any = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    failure: str | None = None
    refused: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        """`block_actions`, `view_submission`, `message`, `/visit`, …"""
        event = self.body.get("event")
        if isinstance(event, dict):
            return str(event.get("type"))
        return str(self.body.get("command") or self.body.get("type"))

    @property
    def user_id(self) -> str:
        """Whose doing it was; empty where nobody's."""
        event = self.body.get("event")
        user = event.get("user") if isinstance(event, dict) else self.body.get("user_id") or self.body.get("user")
        return str(user["id"] if isinstance(user, dict) else user or "")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

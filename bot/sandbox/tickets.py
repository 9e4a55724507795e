"""Handles that live shortly: trigger_id (3 s, once) and response_url (5 uses, 30 minutes) (reference, 1.5)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.errors import ApiError

TRIGGER_SECONDS: Final = 3.0
RESPONSE_SECONDS: Final = 30 * 60
RESPONSE_USES: Final = 5


@dataclass(slots=True)
class Trigger:
    user_id: str
    made_at: float
    from_view: bool = False
    used: bool = False


@dataclass(slots=True)
class ReplyTicket:
    """What a response_url stands for: where its posts go and which message it may replace."""

    channel: str
    user_id: str
    made_at: float
    original_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class TriggerTickets:
    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._tickets: dict[str, Trigger] = {}

    def issue(self, user_id: str, *, from_view: bool = False) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._tickets[trigger_id] = Trigger(user_id, self._timer(), from_view)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Once, within 3 s."""
        trigger = self._tickets.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._timer() - trigger.made_at > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger


class ReplyTickets:
    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._tickets: dict[str, ReplyTicket] = {}

    def issue(self, channel: str, user_id: str, *, original_ts: str | None = None, thread_ts: str | None = None) -> str:
        ticket_id = f"{secrets.token_hex(6).upper()}-{secrets.token_urlsafe(18)}"
        self._tickets[ticket_id] = ReplyTicket(channel, user_id, self._timer(), original_ts, thread_ts)
        return ticket_id

    def use(self, ticket_id: str) -> ReplyTicket:
        ticket = self._tickets.get(ticket_id)
        if ticket is None:
            raise ApiError("invalid_url")
        if self._timer() - ticket.made_at > RESPONSE_SECONDS:
            raise ApiError("expired_url")
        if ticket.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        ticket.uses += 1
        return ticket

"""What a Web API method gets, and the questions several methods ask of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.args import Args
from bot.sandbox.errors import ApiError
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place, PlaceKind, State

FAMILY: Final[dict[PlaceKind, str]] = {"channel": "channels", "group": "groups", "im": "im"}
"""The word for a kind of place in scopes: `channels:read`, `im:history`."""


@dataclass(frozen=True, slots=True)
class Ask:
    state: State
    args: Args
    scopes: tuple[str, ...]
    base_url: str
    open_socket: Callable[[], str]
    token: str = ""

    def needs_scope(self, *any_of: str) -> None:
        if any_of and not set(any_of) & set(self.scopes):
            raise ApiError("missing_scope", needed=",".join(any_of), provided=",".join(self.scopes))

    def needs_scope_for(self, place: Place, ending: str) -> None:
        self.needs_scope(f"{FAMILY[place.kind]}:{ending}")

    def visible_place(self, channel: str) -> Place:
        """Private channels and DMs without the app do not exist for it."""
        place = self.state.find_place(channel)
        if place is None or (place.kind != "channel" and not self._is_in(place)):
            raise ApiError("channel_not_found")
        return place

    def own_place(self, channel: str) -> Place:
        place = self.visible_place(channel)
        if not self._is_in(place):
            raise ApiError("not_in_channel")
        return place

    def _is_in(self, place: Place) -> bool:
        return self.state.workspace.bot_user_id in place.members


Run = Callable[[Ask], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """Any one of the scopes is enough; none listed means that every token may."""

    run: Run
    per_minute: int
    scopes: tuple[str, ...] = ()
    app_token: bool = False
    is_open: bool = False
    """To whoever asks, without a token."""


def page(rows: list[Json], ask: Ask, *, name: str, default: int, most: int) -> Json:
    """One page of a list; the cursor is empty at the end."""
    limit = ask.args.number("limit", default, most)
    cursor = ask.args.text("cursor")
    if cursor and not cursor.isdecimal():
        raise ApiError("invalid_cursor")
    start = int(cursor or 0)
    following = start + limit
    next_cursor = str(following) if following < len(rows) else ""
    return {"ok": True, name: rows[start:following], "response_metadata": {"next_cursor": next_cursor}}

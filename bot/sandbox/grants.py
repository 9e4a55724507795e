"""The bot tokens of a workspace: which are good, until when, and which are not any more (reference, 2.2 and 5.5)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.errors import ApiError

LIFE_SECONDS = 43_200
"""Of a token that rotates."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an exchange gives; without a refresh token it does not rotate."""

    token: str
    refresh_token: str = ""
    ends_at: float | None = None


class Grants:
    def __init__(self, bot_token: str, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._good: dict[str, Grant] = {bot_token: Grant(bot_token)} if bot_token else {}
        self._gone: set[str] = set()

    def check(self, token: str) -> None:
        if token in self._gone:
            raise ApiError("token_revoked")
        grant = self._good.get(token)
        if grant is None:
            raise ApiError("invalid_auth")
        if grant.ends_at is not None and self._timer() >= grant.ends_at:
            raise ApiError("token_expired")

    def is_good(self, token: str) -> bool:
        try:
            self.check(token)
        except ApiError:
            return False
        return True

    def has(self, token: str) -> bool:
        """Whether it was ever given here."""
        return token in self._good or token in self._gone

    def any_good(self) -> bool:
        """Whether the app is in the workspace at all."""
        return bool(self._good)

    def issue(self, *, rotates: bool) -> Grant:
        if not rotates:
            return self.take(Grant(f"xoxb-{secrets.token_hex(12)}"))
        refresh = f"xoxe-1-{secrets.token_hex(12)}"
        return self.take(Grant(f"xoxe.xoxb-1-{secrets.token_hex(12)}", refresh, self._timer() + LIFE_SECONDS))

    def take(self, grant: Grant) -> Grant:
        self._good[grant.token] = grant
        return grant

    def spend(self, refresh_token: str) -> Grant | None:
        """A new token for a refresh token, which works once; the old token goes on to its end."""
        old = next(
            (each for each in self._good.values() if refresh_token and each.refresh_token == refresh_token), None
        )
        if old is None:
            return None
        self._good[old.token] = Grant(old.token, "", old.ends_at)
        return self.issue(rotates=True)

    def revoke(self, token: str) -> None:
        if self._good.pop(token, None) is not None:
            self._gone.add(token)

    def revoke_all(self) -> None:
        for token in list(self._good):
            self.revoke(token)

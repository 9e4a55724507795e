"""Where the app is installed: a workspace, or a whole Enterprise Grid organisation, and what it may do there."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from pydantic import Field

from bot.domain.stored import Stored

RENEW_BEFORE: Final = timedelta(hours=2)
"""Of the twelve hours that a token lives where tokens rotate; what Bolt takes by default."""


def is_organisation(home_id: str) -> bool:
    """Rather than a workspace, whose id begins with T."""
    return home_id.startswith("E")


class Installation(Stored):
    """`home_id` is a workspace's id (T…) or, installed for all of an organisation, that one's (E…).

    Who installed it is kept apart from here, so that nothing in it is about a person.
    """

    home_id: str
    name: str = ""
    enterprise_id: str | None = None
    app_id: str = ""
    bot_id: str
    bot_user_id: str
    scopes: tuple[str, ...] = ()
    installed_at: datetime
    token: str = Field(repr=False)
    refresh_token: str = Field(default="", repr=False)
    expires_at: datetime | None = None
    """Of the token; None: it does not rotate."""

    @property
    def is_org_wide(self) -> bool:
        return is_organisation(self.home_id)

    def is_one_of(self, allowed: Collection[str]) -> bool:
        """By its own id, or as a workspace of an organisation that may. Nobody named: everybody may."""
        return not allowed or bool({self.home_id, self.enterprise_id} & set(allowed))

    def is_spent(self, now: datetime) -> bool:
        """The token is of no use any more."""
        return self.expires_at is not None and now >= self.expires_at

    def is_to_be_renewed(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at - RENEW_BEFORE

    def renewed(self, token: str, refresh_token: str, expires_at: datetime) -> Self:
        return self.model_copy(update={"token": token, "refresh_token": refresh_token, "expires_at": expires_at})

    def is_later_than(self, moment: datetime) -> bool:
        """Whether what Slack tells of that moment, a whole second, was about an earlier installation: news may come
        hours late."""
        return self.installed_at.replace(microsecond=0) > moment


class Reason(StrEnum):
    """Why the app may not speak in a workspace any more."""

    UNINSTALLED = "uninstalled"
    REVOKED = "revoked"
    """The token was taken back."""
    WITHDRAWN = "withdrawn"
    """The organisation has taken this workspace out."""


class Removal(Stored):
    """Since when a workspace has not had the app any more; what is kept of it is erased after its retention time."""

    reason: Reason
    at: datetime

    def ends_at(self, kept_days: int | None) -> datetime | None:
        """When everything is erased; None: it is kept for good."""
        return None if kept_days is None else self.at + timedelta(days=kept_days)

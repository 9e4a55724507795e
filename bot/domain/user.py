"""People: what Slack says about them, what their company lets them do, and the actor made of both."""

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.absence import Absence, Away, Status, absence
from bot.domain.entry import Lang
from bot.domain.home import Choice
from bot.domain.stored import Stored


class Role(StrEnum):
    ACCOUNT_MANAGER = "account_manager"
    TEAM_LEAD = "team_lead"
    EDITOR = "editor"
    APPROVER = "approver"
    RISK = "risk"
    """Risk and compliance."""
    ADMIN = "admin"


class Profile(Stored):
    """What Slack's users.info says about a person; cached, so possibly an hour old."""

    name: str
    locale: str = "en-US"
    tz: str
    is_admin: bool = False
    is_outsider: bool = False
    """A guest, or somebody of another workspace."""
    status: Status = Status()

    @property
    def lang(self) -> Lang:
        return "zh" if self.locale.lower().startswith("zh") else "en"


class Member(Stored):
    """What the company has settled for a person: roles and team (its name); and what the person has chosen."""

    user_id: str
    roles: frozenset[Role] = frozenset()
    team: str | None = Field(default=None, max_length=60)
    language: Lang | None = None
    digest_at: time | None = None
    """When the daily message comes, in the person's own time zone; None: when the workspace's does."""
    stand_in_id: str | None = None
    """Who keeps the person's list while that one is away."""
    away: Away | None = None
    has_left: bool = False
    """Slack has deactivated the account; the team stays, since its lead hands the customers on."""
    home: Choice = Choice()
    """How the person last looked at Home."""
    has_installed: bool = False
    """Brought the app into a workspace where nobody had a role yet: an admin like Slack's own, until one is named."""

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles

    def given(self, roles: frozenset[Role], team: str | None) -> "Member":
        """With these roles instead of the old ones; the team stays as it is when None, an empty one is none."""
        kept = self.team if team is None else team.strip() or None
        return self.model_copy(update={"roles": roles, "team": kept, "has_left": False})

    def beginning(self) -> "Member":
        return self.model_copy(update={"has_installed": True})

    def gone(self) -> "Member":
        kept = self.model_copy(update={"roles": frozenset(), "stand_in_id": None, "away": None})
        return kept.model_copy(update={"has_installed": False, "has_left": True})


class User(BaseModel):
    """The actor: whoever clicked, typed or is being nudged."""

    model_config = ConfigDict(frozen=True)
    team_id: str
    user_id: str
    name: str = ""
    lang: Lang = "en"
    tz: str = "Asia/Shanghai"
    roles: frozenset[Role] = frozenset()
    team: str | None = None
    is_outsider: bool = False
    is_guess: bool = False
    """Slack did not tell who this is: name, language, time zone and whether it is an outsider are not known."""
    digest_at: time | None = None
    stand_in_id: str | None = None
    away: Away | None = None
    status: Status = Status()
    home: Choice = Choice()
    named_by: tuple[str, ...] = ()
    """Who named this person as stand-in, away or not."""

    @classmethod
    def of(
        cls, team_id: str, member: Member, profile: Profile, named_by: tuple[str, ...] = (), *, is_admin: bool
    ) -> "User":
        return cls(
            team_id=team_id,
            user_id=member.user_id,
            name=profile.name,
            lang=member.language or profile.lang,
            tz=profile.tz,
            roles=member.roles | ({Role.ADMIN} if is_admin else set()),
            team=member.team,
            is_outsider=profile.is_outsider,
            digest_at=member.digest_at,
            stand_in_id=member.stand_in_id,
            away=member.away,
            status=profile.status,
            home=member.home,
            named_by=named_by,
        )

    def __hash__(self) -> int:
        return hash((self.team_id, self.user_id))

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.tz)).date()

    def absence(self, now: datetime) -> Absence | None:
        return absence(self.away, self.status, now, self.tz)

    def is_(self, role: Role) -> bool:
        return role in self.roles


def has_admin(members: Iterable[Member]) -> bool:
    return any(member.is_admin for member in members)

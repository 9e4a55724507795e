"""Who is away, who keeps the list meanwhile, and what a person has chosen for the daily message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from bot.clock import Clock
from bot.domain import policy
from bot.domain.absence import Away, AwayKind, away_faults, digest_times
from bot.domain.entry import Lang
from bot.domain.user import Member, User
from bot.errors import FieldError, FormError
from bot.services.members import MemberService
from bot.services.workspaces import WorkspaceService


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """`kind`, `first_on` and `last_on` tell of an absence; None three times where there is none."""

    language: Lang | None
    digest_at: time | None
    stand_in_id: str | None
    kind: AwayKind | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class AbsenceService:
    members: MemberService
    workspaces: WorkspaceService
    now: Clock

    async def covered(self, actor: User) -> list[User]:
        """Those who are away now and whose list the actor keeps."""
        if not actor.named_by or not policy.may_write_notes(actor):
            return []
        return await self.away(actor.team_id, actor.named_by)

    async def covered_ids(self, actor: User) -> list[str]:
        return [each.user_id for each in await self.covered(actor)]

    async def stand_in(self, user: User) -> User | None:
        """Who keeps the list of somebody who is away; None while the person is there, or nobody could keep it."""
        if user.absence(self.now()) is None or user.stand_in_id is None:
            return None
        found = await self.members.find_actor(user.team_id, user.stand_in_id)
        is_there = found is not None and found.absence(self.now()) is None and policy.may_write_notes(found)
        return found if is_there else None

    async def away(self, team_id: str, user_ids: Iterable[str]) -> list[User]:
        """Those of them who are away now."""
        found = [await self.members.find_actor(team_id, each) for each in user_ids]
        return [each for each in found if each and each.absence(self.now())]

    async def choose(self, actor: User, wanted: PersonalSettings) -> Member:
        """Raises FormError with all that is wrong. Sent twice it chooses the same again."""
        today = actor.today(self.now())
        kind, stand_in_id = wanted.kind, wanted.stand_in_id
        faults = away_faults(kind, wanted.first_on, wanted.last_on, stand_in_id, today)
        if wanted.digest_at is not None and wanted.digest_at not in digest_times():
            faults.append(FieldError("digest_at", "settings.error_time"))
        if stand_in_id and not await self._may_stand_in(actor, stand_in_id):
            faults.append(FieldError("stand_in", "settings.error_person"))
        if faults:
            raise FormError(faults)
        away = None
        if kind and wanted.first_on and wanted.last_on:
            away = Away(kind=kind, first_on=wanted.first_on, last_on=wanted.last_on)
        chosen = {
            "language": wanted.language,
            "digest_at": wanted.digest_at,
            "stand_in_id": stand_in_id,
            "away": away,
        }
        before = await self.members.find(actor.team_id, actor.user_id)
        changed = await self.members.store.change(
            actor.team_id, actor.user_id, lambda member: member.model_copy(update=chosen)
        )
        if (before.stand_in_id, before.away) != (stand_in_id, away):  # from then on somebody else sees the customers
            detail = f"{away.first_on}..{away.last_on}" if away else ""
            await self.workspaces.record(
                actor.team_id, actor.user_id, "member.away" if away else "member.stand_in", stand_in_id or "-", detail
            )
        return changed

    async def _may_stand_in(self, actor: User, user_id: str) -> bool:
        if user_id == actor.user_id:
            return False
        return policy.may_receive_customers(await self.members.find(actor.team_id, user_id))

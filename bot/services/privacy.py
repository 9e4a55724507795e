"""What is held about somebody, and its erasure. Asked for by operators, who answer to the people concerned."""

import uuid
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from bot.clock import Clock
from bot.domain.customer import Customer, folded
from bot.domain.erasure import CustomerErasure, Erased, PersonErasure, Subject, hashed
from bot.domain.user import Member, User
from bot.services.workspaces import WorkspaceService
from bot.storage.members import MemberStore
from bot.storage.nudges import RoundStore
from bot.storage.privacy import PrivacyStore

_TOLD = ("who", "action", "subject")


@dataclass(frozen=True, slots=True)
class PrivacyService:
    store: PrivacyStore
    members: MemberStore
    rounds: RoundStore
    workspaces: WorkspaceService
    now: Clock

    async def export(self, team_id: str, user_id: str, *, by: str) -> list[dict[str, Any]]:
        """Every record that names the person, readable, and the rows of the audit log."""
        held = [*await self.store.about(team_id, user_id), *await self._audited(team_id, user_id)]
        await self.workspaces.record(team_id, by, "privacy.export", user_id, str(len(held)))
        return held

    @asynccontextmanager
    async def own(self, actor: User) -> AsyncIterator[list[dict[str, Any]] | None]:
        """What is held about the actor and about nobody else, while it is handed over: no customer's record, since who
        sees those is another question. None within the hour after the last time: the audit log is read through."""
        delivery = f"own-data:{actor.user_id}:{self.now():%Y-%m-%dT%H}"
        if not await self.workspaces.claim(actor.team_id, delivery):
            yield None
            return
        team_id, user_id, is_done = actor.team_id, actor.user_id, False
        try:
            held = [*await self.store.own(team_id, user_id), *await self._audited(team_id, user_id)]
            await self.workspaces.record(team_id, user_id, "privacy.export", user_id, str(len(held)))
            yield held
            is_done = True
        finally:
            await self.workspaces.settle(team_id, delivery, handled=is_done)

    async def _audited(self, team_id: str, user_id: str) -> list[dict[str, Any]]:
        """The rows of the audit log that name the person."""
        audit = [link.row async for link in self.workspaces.audit.links(team_id)]
        return [
            {"kind": "audit", "held": {"at": row.at.isoformat(), **{name: getattr(row, name) for name in _TOLD}}}
            for row in (*await self.workspaces.audit.unchained(team_id), *audit)
            if user_id in (row.who, row.subject)
        ]

    async def customers(self, team_id: str, typed: str) -> list[Customer]:
        """The one with this id, or all with exactly this name."""
        everyone = await self.store.customers(team_id)
        return [each for each in everyone if each.id == typed] or [
            each for each in everyone if folded(typed) in map(folded, each.names)
        ]

    async def names_to_hide(self, team_id: str, customer: Customer) -> list[str]:
        """Its names where they stand elsewhere; not those that another customer bears too."""
        others = {
            folded(name)
            for each in await self.store.customers(team_id)
            if each.id != customer.id
            for name in each.names
        }
        return [name for name in customer.names if folded(name) not in others]

    async def erase_customer(self, team_id: str, customer_id: str, names: Collection[str], *, by: str) -> Counter[str]:
        """Its records, what points to them, and these names wherever they were written."""
        erased = Erased(id=uuid.uuid4().hex[:12], subject=Subject.CUSTOMER, at=self.now(), customer_id=customer_id)
        if customer_id not in [each.customer_id for each in await self.store.erased(team_id)]:
            await self.store.note(team_id, erased)
        done = await self.store.erase(team_id, CustomerErasure(customer_id, names))
        await self.workspaces.record(team_id, by, "privacy.erase", customer_id, _told(done))
        return done

    async def erase_person(self, team_id: str, user_id: str, names: Collection[str], *, by: str) -> Counter[str]:
        """A pseudonym takes the person's place; without roles, but in the same team, so that the team's lead still
        sees the customers it leaves behind."""
        known = [each for each in await self.store.erased(team_id) if each.is_of(user_id)]
        if known:
            erased = known[0]
        else:
            salt = token_hex(16)
            erased = Erased(
                id=uuid.uuid4().hex[:8],
                subject=Subject.PERSON,
                at=self.now(),
                salt=salt,
                hash=hashed(salt, user_id),
            )
            await self.store.note(team_id, erased)
        member, _, _ = await self.members.load(team_id, user_id)
        if member != Member(user_id=user_id):
            await self.members.change(team_id, user_id, lambda each: Member(user_id=user_id, team=each.team))
        await self.rounds.unschedule(team_id, user_id)
        done = await self.store.erase(team_id, PersonErasure(user_id, erased.pseudonym, names))
        await self.workspaces.record(team_id, by, "privacy.erase", erased.pseudonym, _told(done))
        return done

    async def reapply(self, team_id: str, *, by: str) -> int:
        """Erases again whoever is on the list and back in the store, as after a backup was restored. How many."""
        listed, count = await self.store.erased(team_id), 0
        held = {customer.id: customer for customer in await self.store.customers(team_id)}
        for erased in listed:
            if (customer := held.get(erased.customer_id or "")) is not None:
                names = await self.names_to_hide(team_id, customer)
                await self.erase_customer(team_id, customer.id, names, by=by)
                count += 1
        people = await self.store.people(team_id) if any(each.subject is Subject.PERSON for each in listed) else set()
        for user_id in sorted(people):
            if any(erased.is_of(user_id) for erased in listed):
                await self.erase_person(team_id, user_id, (), by=by)
                count += 1
        return count


def _told(done: Counter[str]) -> str:
    return " ".join(f"{kind}={count}" for kind, count in sorted(done.items()))

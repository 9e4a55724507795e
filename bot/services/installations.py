"""Where the app is installed, who speaks there, and what happens when it is taken away."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.domain.installation import Installation, Reason, Removal, is_organisation
from bot.domain.workspace import Parked
from bot.errors import NotInvitedError
from bot.services.workspaces import WorkspaceService
from bot.storage.installations import InstallationStore
from bot.storage.nudges import RoundStore
from bot.storage.workspaces import parked_row

KNOWN_SECONDS: Final = 15.0
"""For how long a replica goes by what it has read: what another one changes is seen by then."""
SERVED_SECONDS: Final = 1.0
MOST_KNOWN: Final = 20_000
BY: Final = "slack"
"""Who the audit log says it was."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Memory:
    """What this process has read of the store, and when (monotonic)."""

    found: dict[str, tuple[float, Installation | None]] = field(default_factory=dict)
    served: tuple[float, frozenset[str]] = (float("-inf"), frozenset())


@dataclass(frozen=True, slots=True)
class InstallationService:
    store: InstallationStore
    rounds: RoundStore
    workspaces: WorkspaceService
    wall: Clock
    allowed: frozenset[str] = frozenset()
    """Ids of workspaces and organisations that may install the app; none: whoever knows the address."""
    timer: Callable[[], float] = time.monotonic
    memory: Memory = field(default_factory=Memory)

    async def find(self, team_id: str, organisation_id: str | None = None) -> Installation | None:
        """Who speaks for a workspace; None: the app is not installed there. At most one look at the store in a while.

        `organisation_id`: Slack says that it came through the organisation's installation.
        """
        read_at, found = self.memory.found.get(team_id, (float("-inf"), None))
        if self.timer() - read_at < KNOWN_SECONDS and (found is not None or organisation_id is None):
            return found
        found, is_known = await self.store.find(team_id, organisation_id)
        if found is not None and not is_known:
            await self.serve(team_id, found)
        self._remember(team_id, found)
        return found

    async def served(self) -> frozenset[str]:
        """The workspaces that have the app: asked for by every job, so read once a second."""
        read_at, found = self.memory.served
        if self.timer() - read_at >= SERVED_SECONDS:
            found = await self.store.served()
            self.memory.served = (self.timer(), found)
        return found

    async def ensure_readable(self) -> None:
        """At the start, for whichever workspace comes first: tokens that nobody can open are told at once.

        Raises FieldKeysMismatchError or SchemaTooNewError.
        """
        for team_id in sorted(await self.served())[:1]:
            await self.workspaces.open(team_id)

    async def ensure_invited(self, installation: Installation) -> None:
        """Who has the app already may install it anew. Raises NotInvitedError."""
        home_id = installation.home_id
        if not installation.is_one_of(self.allowed) and await self.store.of(home_id) is None:
            raise NotInvitedError(home_id=home_id)

    async def install(self, installation: Installation, team_ids: Sequence[str], *, by: str) -> None:
        """Installed, or installed anew: then all that was kept is there again.

        Raises SchemaTooNewError or FieldKeysMismatchError.
        """
        for team_id in team_ids:
            await self.workspaces.open(team_id)
        await self.store.save(installation, team_ids)
        for team_id in team_ids:
            await self._begun(team_id, by)

    async def serve(self, team_id: str, installation: Installation) -> None:
        """One more workspace of an organisation that has the app."""
        await self.workspaces.open(team_id)
        await self.store.serve(team_id, installation.home_id)
        await self._begun(team_id, BY)

    async def _begun(self, team_id: str, by: str) -> None:
        await self.rounds.reindex(team_id)
        await self.workspaces.record(team_id, by, "app.installed", team_id)
        self.forget(team_id)

    async def remove(self, home_id: str, reason: Reason, told_of: datetime) -> list[str]:
        """The app is gone from a workspace, or from a whole organisation: all jobs for it end, everywhere.

        What it knew is kept for the retention time. News of an earlier installation changes nothing. Those it is gone
        from. A workspace that is served by the operator's token is only parked.
        """
        is_org = is_organisation(home_id)
        found = await self.store.of(home_id) if is_org else (await self.store.find(home_id))[0]
        if found is not None and found.is_later_than(told_of):
            return []
        if found is None and not is_org and not await self.store.removals([home_id]):
            if await self.workspaces.store.is_known(home_id):
                await self.workspaces.park(home_id, reason)
            return []
        team_ids = await self.store.organised(home_id) if is_org else [home_id]
        gone = [team_id for team_id in team_ids if await self._stopped(team_id, reason)]
        if found is None or found.home_id == home_id:
            await self.store.take_away(home_id)
        return gone

    async def _stopped(self, team_id: str, reason: Reason) -> bool:
        now = self.wall()
        was_there = await self.store.stop(team_id, Removal(reason=reason, at=now), parked_row(Parked(reason, now)))
        self.forget(team_id)
        if was_there:
            await self.workspaces.record(team_id, BY, "app.removed", team_id, reason)
        return was_there

    async def removals(self) -> dict[str, Removal]:
        """The workspaces that had the app and whose data are still kept."""
        return await self.store.removals(await self.workspaces.store.all_ids())

    async def erase_at(self, team_id: str, removal: Removal) -> datetime | None:
        """When everything of it is erased; None: never."""
        return removal.ends_at((await self.workspaces.settings(team_id)).retention.customer_days)

    async def erase_past(self) -> list[str]:
        """Erases the workspaces whose time is over. Run twice it finds nothing left to do."""
        erased = []
        for team_id, removal in (await self.removals()).items():
            ends_at = await self.erase_at(team_id, removal)
            if ends_at is not None and self.workspaces.now() >= ends_at:
                count = await self.store.erase(team_id)
                logger.info("workspace %s, %s since %s: %s records erased", team_id, removal.reason, removal.at, count)
                erased.append(team_id)
        return erased

    async def renewed(self, before: Installation, after: Installation) -> Installation:
        """Keeps a token that Slack has just given; the one that counts now, if it was installed anew meanwhile."""
        kept = await self.store.renew(before, after)
        self.forget(before.home_id)
        return after if kept else (await self.store.of(before.home_id) or after)

    def forget(self, home_id: str) -> None:
        """The next question about it goes to the store."""
        memory = self.memory
        memory.found = {
            team_id: row
            for team_id, row in memory.found.items()
            if team_id != home_id and (row[1] is None or row[1].home_id != home_id)
        }
        memory.served = (float("-inf"), frozenset())

    def _remember(self, team_id: str, found: Installation | None) -> None:
        if len(self.memory.found) >= MOST_KNOWN:
            self.memory.found = {}
        self.memory.found[team_id] = (self.timer(), found)

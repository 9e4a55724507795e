"""Everything a brief shows, read in one round trip: it is asked for at the customer's door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.domain.customer import Customer, folded
from bot.domain.followup import FollowUp, contact_id
from bot.domain.need import Need, needs
from bot.domain.visit import Visit
from bot.domain.workspace import WorkspaceSettings
from bot.storage import keys
from bot.storage.dossiers import opened_contacts
from bot.storage.followups import opened
from bot.storage.needs import opened_change
from bot.storage.records import Records, Script
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read_again, readable
from bot.storage.visits import VisitStore
from bot.storage.workspaces import opened_settings

# KEYS: the names of each owner, then the settings. ARGV: the folded name, how many notes, and what the keys of a
# customer, its notes, next steps, changes of needs, contacts and next contact begin with. They share KEYS' hash tag,
# so a Cluster finds them on the same node.
_SCRIPT: Final = Script(
    """
local ids, seen = {}, {}
for i = 1, #KEYS - 1 do
  local id = redis.call('HGET', KEYS[i], ARGV[1])
  if id and not seen[id] then seen[id] = true; ids[#ids + 1] = id end
end
if #ids ~= 1 then return {ids} end
local function each(found, prefix)
  local rows = {}
  for _, name in ipairs(found) do rows[#rows + 1] = redis.call('GET', prefix .. name) end
  return rows
end
return {
  ids,
  redis.call('GET', ARGV[3] .. ids[1]),
  each(redis.call('ZREVRANGE', ARGV[4] .. ids[1], 0, ARGV[2] - 1), ARGV[5]),
  each(redis.call('SMEMBERS', ARGV[6] .. ids[1]), ARGV[7]),
  redis.call('GET', KEYS[#KEYS]),
  each(redis.call('ZRANGE', ARGV[8] .. ids[1], 0, -1), ARGV[9]),
  redis.call('GET', ARGV[10] .. ids[1]),
  redis.call('GET', ARGV[11] .. ids[1]),
}
"""
)


BRIEFS: Final = 256
"""Kept as they were read last: what is read of the same texts is the same."""


@dataclass(frozen=True, slots=True)
class BriefRow:
    """A customer with its newest notes, open next steps and needs."""

    customer: Customer
    visits: Sequence[Visit]
    steps: Sequence[FollowUp]
    lasting: Sequence[FollowUp]
    """The next contact as it was written down last."""
    settled: WorkspaceSettings | None
    """What the workspace has settled for itself."""
    needs: Sequence[Need]
    contacts: int

    def __hash__(self) -> int:
        return hash(self.customer)


@dataclass(frozen=True, slots=True)
class BriefStore:
    records: Records
    sealer: Sealer
    visits: VisitStore

    async def named(self, team_id: str, owner_ids: Iterable[str], name: str, notes: int) -> BriefRow | None:
        """The one customer of these owners with exactly this name or alias; None for no or several such."""
        names = [keys.customers_of(team_id, owner_id) for owner_id in owner_ids]
        if not names:
            return None
        reply = await self.records.run(
            _SCRIPT,
            [*names, keys.settings(team_id)],
            [folded(name), str(notes), *_prefixes(team_id)],
        )
        if len(reply) == 1 or not reply[1]:
            return None
        _, row, visits, steps, settings, changes, contacts, contact = reply
        several = (tuple(texts(each)) for each in (visits, steps, changes))
        return _row(self.visits, self.sealer, team_id, row, *several, settings, contacts, contact)


@lru_cache(BRIEFS)
def _prefixes(team_id: str) -> tuple[str, ...]:
    return (
        keys.customer(team_id, ""),
        keys.visits_of(team_id, ""),
        keys.visit(team_id, ""),
        keys.open_steps(team_id, ""),
        keys.followup(team_id, ""),
        keys.needs_of(team_id, ""),
        keys.need_change(team_id, ""),
        keys.contacts(team_id, ""),
        keys.followup(team_id, contact_id("")),
    )


@lru_cache(BRIEFS)
def _row(
    visits: VisitStore,
    sealer: Sealer,
    team_id: str,
    row: str,
    notes: tuple[str, ...],
    steps: tuple[str, ...],
    changes: tuple[str, ...],
    settings: str | None,
    contacts: str | None,
    contact: str | None,
) -> BriefRow:
    def followups(rows: Iterable[str | None]) -> list[FollowUp]:
        return readable(lambda each: opened(sealer, team_id, each), rows)

    customer = read_again(Customer, row)
    return BriefRow(
        customer=customer,
        visits=visits.to_show(team_id, notes),
        steps=sorted(followups(steps), key=lambda step: (step.due_on, step.id)),
        lasting=followups([contact]),
        settled=opened_settings(settings) if settings else None,
        needs=needs(readable(lambda each: opened_change(sealer, team_id, each), changes)),
        contacts=len(opened_contacts(sealer, keys.contacts(team_id, customer.id), contacts)),
    )

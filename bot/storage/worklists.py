"""Everything that a person's list of follow-ups shows, read in one round trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.customer import Customer, as_stand_in
from bot.domain.followup import FollowUp
from bot.domain.workspace import WorkspaceSettings
from bot.storage import keys
from bot.storage.followups import opened
from bot.storage.records import Records, Script
from bot.storage.replies import texts
from bot.storage.sealing import Sealer
from bot.storage.stored import read_again, readable
from bot.storage.workspaces import opened_settings

# KEYS: the person's open follow-ups, who named the person as stand-in, the customers the person stands in for, the
# settings. ARGV: the last day, what the keys of follow-ups and of customers begin with. They share KEYS' hash tag.
_SCRIPT: Final = Script(
    """
local function each(names, prefix)
  local rows, seen = {}, {}
  for _, name in ipairs(names) do
    local row = not seen[name] and redis.call('GET', prefix .. name)
    if row then rows[#rows + 1] = row end
    seen[name] = true
  end
  return rows
end
local rows, concerned = each(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1]), ARGV[2]), {}
for at, row in ipairs(rows) do concerned[at] = cjson.decode(row).customer_id end
return {
  rows,
  each(concerned, ARGV[3]),
  redis.call('SMEMBERS', KEYS[2]),
  each(redis.call('HVALS', KEYS[3]), ARGV[3]),
  redis.call('GET', KEYS[4]),
}
"""
)


@dataclass(frozen=True, slots=True)
class WorkList:
    """A person's own follow-ups with their customers, and for whom else the person may have to look."""

    followups: Sequence[FollowUp]
    customers: Mapping[str, Customer]
    named_by: Sequence[str]
    """Who named the person as stand-in, away or not."""
    single: Sequence[Customer]
    """Others' customers that the person stands in for."""
    settled: WorkspaceSettings | None
    """What the workspace has settled for itself."""


@dataclass(frozen=True, slots=True)
class WorkListStore:
    records: Records
    sealer: Sealer

    async def read(self, team_id: str, user_id: str, until: date) -> WorkList:
        """The open follow-ups that are shown on that day, or were before."""
        followups, customers, named_by, single, settled = await self.records.run(
            _SCRIPT,
            [
                keys.due(team_id, user_id),
                keys.covered_by(team_id, user_id),
                keys.customers_of(team_id, as_stand_in(user_id)),
                keys.settings(team_id),
            ],
            [str(until.toordinal()), keys.followup(team_id, ""), keys.customer(team_id, "")],
        )
        return WorkList(
            followups=readable(lambda row: opened(self.sealer, team_id, row), texts(followups)),
            customers={each.id: each for each in readable(_customer, texts(customers))},
            named_by=sorted(texts(named_by)),
            single=readable(_customer, texts(single)),
            settled=opened_settings(str(settled)) if settled else None,
        )


def _customer(row: str) -> Customer:
    return read_again(Customer, row)

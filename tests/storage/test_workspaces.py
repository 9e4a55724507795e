"""Workspaces: known ones, their settings and data version, the audit list, deliveries handled once."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.entry import OwnerRole
from bot.domain.workspace import SCHEMA_VERSION, WorkspaceSettings
from bot.errors import SchemaTooNewError
from bot.storage import keys
from bot.storage.sealing import FieldKeysMismatchError, Sealer, new_key
from tests.builders import LIN, TEAM
from tests.storage.conftest import Stores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVENT = "event:Ev1"


async def test_a_workspace_is_known_once_opened(stores: Stores) -> None:
    """With the version of its data; opening it again changes nothing."""
    assert await stores.workspaces.all_ids() == []
    for team_id in ("T2", "T1", "T1"):
        await stores.workspaces.open(team_id)
    assert await stores.workspaces.all_ids() == ["T1", "T2"]
    assert await stores.workspaces.schema("T1") == SCHEMA_VERSION


async def test_other_keys_are_noticed_when_a_workspace_is_opened(stores: Stores) -> None:
    """Before anything is sealed with them; one more key does no harm."""
    first, other = new_key(), new_key()
    workspaces = replace(stores.workspaces, sealer=Sealer([first]))
    await workspaces.open(TEAM)
    await replace(workspaces, sealer=Sealer([other, first])).open(TEAM)
    with pytest.raises(FieldKeysMismatchError):
        await replace(workspaces, sealer=Sealer([other])).open(TEAM)


async def test_opening_a_workspace_does_not_put_its_digests_off(stores: Stores) -> None:
    """A restart just before nine must not make it forget who is due."""
    await stores.nudges.schedule(TEAM, LIN, NOW)
    await stores.workspaces.open(TEAM)
    assert await stores.nudges.due_workspaces(NOW) == [TEAM]


async def test_a_workspace_without_people_is_never_due(stores: Stores) -> None:
    """Known, but with nobody to write to."""
    await stores.workspaces.open(TEAM)
    assert await stores.nudges.due_workspaces(datetime(2999, 1, 1, tzinfo=UTC)) == []


async def test_bots_of_the_next_release_may_be_at_work_already(stores: Stores) -> None:
    """While replicas are exchanged one by one; what the newer ones have stamped stays."""
    await stores.redis.set(keys.schema(TEAM), SCHEMA_VERSION + 1)
    await stores.workspaces.open(TEAM)
    assert await stores.workspaces.schema(TEAM) == SCHEMA_VERSION + 1


async def test_data_of_the_release_after_next_is_left_alone(stores: Stores) -> None:
    """The error says which version was found and which is known."""
    await stores.redis.set(keys.schema(TEAM), SCHEMA_VERSION + 2)
    with pytest.raises(SchemaTooNewError) as told:
        await stores.workspaces.open(TEAM)
    assert told.value.values == {"found": SCHEMA_VERSION + 2, "known": SCHEMA_VERSION}
    assert await stores.workspaces.schema(TEAM) == SCHEMA_VERSION + 2


async def test_data_of_an_earlier_release_is_stamped_anew(stores: Stores) -> None:
    """Whichever of many bots comes first, so that one that is two releases behind stays out."""
    await stores.redis.set(keys.schema(TEAM), SCHEMA_VERSION - 1)
    await asyncio.gather(*(stores.workspaces.open(TEAM) for _ in range(5)))
    assert await stores.workspaces.schema(TEAM) == SCHEMA_VERSION


async def test_settings_are_the_default_until_saved(stores: Stores) -> None:
    """Whole: a later change of the defaults does not reach what was saved."""
    default = WorkspaceSettings(digest_at=time(8, 30))
    assert await stores.workspaces.settings(TEAM, default) == default
    own = WorkspaceSettings(cadence=CadenceRules().with_gaps({Tier.A: 7}), digest_at=time(10))
    await stores.workspaces.save_settings(TEAM, own)
    assert await stores.workspaces.settings(TEAM, default) == own


async def test_owners_are_settled_beside_everything_else(stores: Stores) -> None:
    """What nobody settled still follows the defaults; what somebody did stays."""
    default = WorkspaceSettings(digest_at=time(8, 30))
    await stores.workspaces.set_owners(TEAM, OwnerRole.PRICING, (LIN,))
    await stores.workspaces.set_owners(TEAM, OwnerRole.LEGAL, ("U2", "U3"))
    found = await stores.workspaces.settings(TEAM, default)
    assert found.owners == {OwnerRole.PRICING: (LIN,), OwnerRole.LEGAL: ("U2", "U3")}
    assert found.digest_at == time(8, 30)
    await stores.workspaces.save_settings(TEAM, found.model_copy(update={"digest_at": time(10)}))
    await stores.workspaces.set_owners(TEAM, OwnerRole.PRICING, ())
    found = await stores.workspaces.settings(TEAM, default)
    assert (found.owners, found.digest_at) == ({OwnerRole.LEGAL: ("U2", "U3")}, time(10))


@pytest.mark.parametrize(("recorded", "began"), [([], 0), ([-400, -3], -400)], ids=["nothing yet", "an audit list"])
async def test_since_when_a_workspace_is_in_use(stores: Stores, recorded: list[int], began: int) -> None:
    """One that an earlier release made tells by the oldest thing that was recorded; noted once, it stays."""
    for days in recorded:
        line = {"at": (NOW + timedelta(days=days)).isoformat(), "who": LIN, "action": "visit.save", "subject": "v1"}
        await stores.redis.lpush(keys.unchained_audit(TEAM), json.dumps(line))
    assert await stores.workspaces.began_at(TEAM) is None
    for days in (0, 90):
        await stores.workspaces.begin(TEAM, NOW + timedelta(days=days))
    assert await stores.workspaces.began_at(TEAM) == NOW + timedelta(days=began)


async def test_a_delivery_is_claimed_once(stores: Stores) -> None:
    """Of ten copies at the same moment one is handled, and none later."""
    claims = await asyncio.gather(*(stores.workspaces.claim(TEAM, EVENT) for _ in range(10)))
    assert claims.count(True) == 1
    await stores.workspaces.settle(TEAM, EVENT, handled=True)
    assert not await stores.workspaces.claim(TEAM, EVENT)
    assert await stores.workspaces.claim(TEAM, "event:Ev2")


async def test_a_delivery_that_failed_may_come_again(stores: Stores) -> None:
    """Slack repeats it, and then it counts."""
    assert await stores.workspaces.claim(TEAM, EVENT)
    await stores.workspaces.settle(TEAM, EVENT, handled=False)
    assert await stores.workspaces.claim(TEAM, EVENT)

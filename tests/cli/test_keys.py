"""`keys rotate`."""

from bot.storage.sealing import Sealer, new_key
from tests.cli.conftest import Bot, Company
from tests.world import TEAM


async def test_everything_gets_the_new_key_and_the_old_one_can_go(bot: Bot, company: Company) -> None:
    """It says which, and the log says that it was done."""
    old, new = company.environment["FIELD_KEYS"], new_key()
    ran = await bot("keys", "rotate", **{**company.environment, "FIELD_KEYS": f"{new},{old}"})
    fingerprints = Sealer([new, old]).fingerprints
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "Sealed anew: 1 audit-key, 1 key-check."
    assert ran.out.splitlines()[-1].startswith(
        f"You can remove from FIELD_KEYS now: the 2nd ({fingerprints[1]}). Backups made before still need it."
    )
    (row,) = await company.services.workspaces.audit.newest(TEAM, 1)
    assert (row.who, row.action, row.subject) == ("operator", "keys.rotate", fingerprints[0])
    again = await bot("keys", "rotate", **{**company.environment, "FIELD_KEYS": new})
    assert (again.code, again.out.splitlines()[0]) == (0, "Sealed anew: nothing, it was done already.")

"""Which workspaces have the app, which had it, and until when what they left is kept. No token is ever shown."""

from bot.cli.desk import Desk, at_store
from bot.services import Services
from bot.settings import Settings


def list_all(settings: Settings) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        team_ids = await services.workspaces.store.all_ids()
        for team_id in team_ids:
            print(f"{team_id}  {await state(services, team_id)}")
        if not team_ids:
            print("No workspace yet.")
        return 0

    return at_store(work, settings)


async def state(services: Services, team_id: str) -> str:
    removal = (await services.installations.store.removals([team_id])).get(team_id)
    if removal is not None:
        ends_at = await services.installations.erase_at(team_id, removal)
        until = f"erased after {ends_at:%Y-%m-%d}" if ends_at else "kept for good"
        return f"{removal.reason} on {removal.at:%Y-%m-%d}, {until}"
    found, _ = await services.installations.store.find(team_id)
    parked = await services.workspaces.parked(team_id)
    stopped = f"; nothing is sent since {parked.at:%Y-%m-%d}: Slack says {parked.error}" if parked else ""
    if found is None:
        return f"served with the operator's token{stopped}"
    through = f"through {found.home_id}, " if found.is_org_wide else ""
    rotates = ", its token rotates" if found.expires_at else ""
    return f"{found.name or '-'}, installed {through}{found.installed_at:%Y-%m-%d}{rotates}{stopped}"

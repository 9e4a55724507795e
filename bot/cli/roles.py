"""Who may do what."""

from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.domain.user import Member, Role
from bot.settings import Settings


def set_roles(user: str, roles: frozenset[Role], team: str | None, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        member = await services.staff.set_roles(desk.team_id, user, roles, team, by=OPERATOR)
        actor = await services.members.actor(desk.team_id, user)
        print(_line(member, actor.name))
        if not actor.name:
            print("Slack did not say who that is just now; check that the id is right.")
        if Role.TEAM_LEAD in roles and member.team is None:
            print("Without --team a team lead sees only his own customers.")
        return 0

    return at_desk(work, settings, workspace)


def list_roles(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        members = desk.services().members
        staff = [member for member in await members.all(desk.team_id) if member.roles]
        for member in staff:
            _, profile, _ = await members.store.load(desk.team_id, member.user_id)
            print(_line(member, profile.name if profile else ""))
        if not staff:
            print("Nobody has a role yet. Give one with: python -m bot roles set USER --role account_manager")
        return 0

    return at_desk(work, settings, workspace)


def _line(member: Member, name: str) -> str:
    roles = ", ".join(role for role in Role if role in member.roles) or "no roles"
    return "  ".join(
        filter(None, (member.user_id, name, roles, f"team {member.team}" if member.team is not None else ""))
    )

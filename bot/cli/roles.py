"""Who may do what."""

import re

from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk, read_settings
from bot.domain.user import Member, Role

USER_ID = re.compile(r"^[UW][A-Z0-9]{2,20}$")
LONGEST_TEAM = 60


def set_roles(user: str, wanted: list[str], team: str | None, workspace: str | None, *, none: bool) -> int:
    roles = _roles(wanted, none=none)
    if not USER_ID.match(user):
        raise OperatorError(f"{user} is not a person's id; it begins with U or W, like U0123ABCD.")
    if team is not None and not 0 < len(team := team.strip()) <= LONGEST_TEAM:
        raise OperatorError(f"--team takes a name of up to {LONGEST_TEAM} characters.")

    async def work(desk: Desk) -> int:
        services = desk.services()
        member = await services.members.set_roles(desk.team_id, user, roles, team, by=OPERATOR)
        await services.nudges.join(desk.team_id, user)
        actor = await services.members.actor(desk.team_id, user)
        print(_line(member, actor.name))
        if not actor.name:
            print("Slack did not say who that is just now; check that the id is right.")
        if Role.TEAM_LEAD in roles and member.team is None:
            print("Without --team a team lead sees only his own customers.")
        return 0

    return at_desk(work, read_settings(), workspace)


def list_roles(workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        members = desk.services().members
        staff = [member for member in await members.all(desk.team_id) if member.roles]
        for member in staff:
            _, profile = await members.store.load(desk.team_id, member.user_id)
            print(_line(member, profile.name if profile else ""))
        if not staff:
            print("Nobody has a role yet. Give one with: python -m bot roles set USER --role account_manager")
        return 0

    return at_desk(work, read_settings(), workspace)


def _roles(wanted: list[str], *, none: bool) -> frozenset[Role]:
    if none == bool(wanted):
        raise OperatorError("Say --role with each role the person shall have, or --none to take all away.")
    unknown = [each for each in wanted if each not in list(Role)]
    if unknown:
        raise OperatorError(f"There is no role {unknown[0]}; there are {', '.join(Role)}.")
    return frozenset(Role(each) for each in wanted)


def _line(member: Member, name: str) -> str:
    roles = ", ".join(role for role in Role if role in member.roles) or "no roles"
    return "  ".join(
        filter(None, (member.user_id, name, roles, f"team {member.team}" if member.team is not None else ""))
    )

"""`users.*`, `usergroups.*`, `team.info`, `bots.info`, `*.test`, `apps.connections.open` (reference, 2.3)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.asking import Ask, Method, page
from bot.sandbox.errors import ApiError
from bot.sandbox.shapes import Json
from bot.sandbox.state import State
from bot.sandbox.workspace import SLACKBOT, Person, UserGroup


def users_info(ask: Ask) -> Json:
    user_id = ask.args.needed("user", "user_not_found")
    person = next((each for each in _everybody(ask) if each.id == user_id), None)
    if person is None:
        raise ApiError("user_not_found")
    return {"ok": True, "user": _user(ask, person)}


def usergroups_list(ask: Ask) -> Json:
    return {"ok": True, "usergroups": [_group(ask, group) for group in _groups(ask)]}


def usergroups_users_list(ask: Ask) -> Json:
    """Without the deactivated, who are only listed with `include_disabled`."""
    wanted = ask.args.needed("usergroup", "no_such_subteam")
    group = next((each for each in _groups(ask) if each.id == wanted), None)
    if group is None:
        raise ApiError("no_such_subteam")
    return {"ok": True, "users": [each for each in group.members if each not in ask.state.deactivated]}


def users_list(ask: Ask) -> Json:
    """The workspace's own people, the deactivated among them; those of shared channels are not listed."""
    people = [_user(ask, person) for person in _everybody(ask) if not person.home_team_id]
    return page(people, ask, name="members", default=len(people), most=1000)


def auth_test(ask: Ask) -> Json:
    workspace = ask.state.workspace
    return {
        "ok": True,
        "url": f"{ask.base_url}/",
        "team": workspace.team_name,
        "user": workspace.app_name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        **({"enterprise_id": ask.state.organisation} if ask.state.organisation else {}),
        "is_enterprise_install": bool(ask.state.organisation),
    }


def auth_revoke(ask: Ask) -> Json:
    """The token is good for nothing more; the workspace's API has seen to that."""
    return {"ok": True, "revoked": True}


def team_info(ask: Ask) -> Json:
    workspace = ask.state.workspace
    return {"ok": True, "team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.domain}}


def bots_info(ask: Ask) -> Json:
    workspace = ask.state.workspace
    if ask.args.text("bot", workspace.bot_id) != workspace.bot_id:
        raise ApiError("bot_not_found")
    bot = {"id": workspace.bot_id, "deleted": False, "name": workspace.app_name, "app_id": workspace.app_id}
    return {"ok": True, "bot": bot | {"user_id": workspace.bot_user_id}}


def open_connection(ask: Ask) -> Json:
    return {"ok": True, "url": ask.open_socket()}


def _everybody(ask: Ask) -> list[Person]:
    """Slackbot and the app are users too; `is_bot` is false for Slackbot."""
    workspace = ask.state.workspace
    app = Person(workspace.bot_user_id, workspace.app_name, workspace.app_name, locale="en-US", is_bot=True)
    return [*workspace.people, app, Person(SLACKBOT, "slackbot", "Slackbot", locale="en-US")]


def _groups(ask: Ask) -> tuple[UserGroup, ...]:
    if ask.state.groups is None:
        raise ApiError("plan_upgrade_required")
    return ask.state.groups


def _group(ask: Ask, group: UserGroup) -> Json:
    team_id = ask.state.workspace.team_id
    named = {"id": group.id, "team_id": team_id, "handle": group.handle, "name": group.name}
    return named | {"is_usergroup": True, "date_delete": 0, "user_count": len(group.members)}


def _user(ask: Ask, person: Person) -> Json:
    user = user_payload(ask.state, person)
    return user | {"locale": person.locale} if ask.args.flag("include_locale") else user


def user_payload(state: State, person: Person) -> Json:
    """Guests are restricted, single-channel ones both ways. Of the people of other workspaces only those are strangers
    whom the app meets in no channel."""
    team_id = person.home_team_id or state.workspace.team_id
    offset = datetime.now(UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    user: Json = {
        "id": person.id,
        "team_id": team_id,
        "name": person.name,
        "deleted": person.id in state.deactivated,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "real_name": person.real_name,
            "display_name": "",
            "team": team_id,
            **state.statuses.get(person.id, NO_STATUS),
        },
        "is_admin": person.is_admin or person.is_owner,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": bool(person.guest),
        "is_ultra_restricted": person.guest == "single_channel",
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    return user | {"is_stranger": not _meets_app(state, person)} if person.home_team_id else user


def _meets_app(state: State, person: Person) -> bool:
    """In some channel they share."""
    both = {person.id, state.workspace.bot_user_id}
    places = (state.find_place(channel.id) for channel in state.workspace.channels)
    return any(both <= place.members for place in places if place)


NO_STATUS: Json = {"status_emoji": "", "status_text": "", "status_expiration": 0}

METHODS = {
    "api.test": Method(lambda _: {"ok": True}, 100, is_open=True),
    "users.info": Method(users_info, 100, ("users:read",)),
    "users.list": Method(users_list, 20, ("users:read",)),
    "usergroups.list": Method(usergroups_list, 20, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, 20, ("usergroups:read",)),
    "auth.revoke": Method(auth_revoke, 50),
    "auth.test": Method(auth_test, 600),
    "team.info": Method(team_info, 50, ("team:read",)),
    "bots.info": Method(bots_info, 50, ("users:read",)),
    "apps.connections.open": Method(open_connection, 50, ("connections:write",), app_token=True),
}

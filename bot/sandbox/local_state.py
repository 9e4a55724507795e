"""What the page shows first: the workspace as one person sees it."""

from typing import Final

from bot.sandbox.messages import ts_number
from bot.sandbox.person import INVITE
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place, State
from bot.sandbox.workspace import Person, app_home, shortcuts, slash_commands

INVITE_COMMAND: Final = ("邀请应用加入当前频道", "Invite the app to this channel")


def page_state(state: State, me: Person) -> Json:
    workspace = state.workspace
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name},
        "me": me.id,
        "people": [_person(state, each) for each in workspace.people],
        "channels": [_channel(state, me, place) for place in _places(state, me)],
        "dms": [{"id": state.direct_id(me.id, each.id), "user": each.id} for each in _others(state, me)],
        "app": {
            "name": workspace.app_name,
            "bot_user_id": workspace.bot_user_id,
            "dm_id": state.dm_id(me.id),
            "home": bool(app_home(state.manifest).get("home_tab_enabled")),
        },
        "commands": _commands(state, me),
        "shortcuts": [
            {name: each.get(name) for name in ("name", "callback_id", "type", "description")}
            for each in shortcuts(state.manifest)
        ],
        "prompts": [found for (channel, _), found in state.prompts.items() if channel == state.dm_id(me.id)],
        "clock": clock_data(state),
    }


def clock_data(state: State) -> Json | None:
    """None hides the clock."""
    if state.clock is None:
        return None
    now = state.clock.now()
    return {"now": now.isoformat(), "tz": state.workspace.people[0].tz}


def mark_read(state: State, user_id: str, channel_id: str) -> None:
    last = state.messages.in_channel(channel_id)
    if last:
        state.read_until[user_id, channel_id] = last[-1].ts


def _places(state: State, me: Person) -> list[Place]:
    """The channels, the DM with the app, and the DMs with people in which something was said."""
    directs = [state.direct_id(me.id, each.id) for each in _others(state, me)]
    begun = [each for each in directs if state.messages.in_channel(each)]
    return [*state.places_of(me.id), *(state.get_place(each) for each in (state.dm_id(me.id), *begun))]


def _others(state: State, me: Person) -> list[Person]:
    return [each for each in state.workspace.people if each.id != me.id]


def _person(state: State, person: Person) -> Json:
    """People are shown by their real name, as Slack shows them."""
    return {
        "id": person.id,
        "name": person.real_name,
        "real_name": person.real_name,
        "handle": person.name,
        "locale": person.locale,
        "is_active": person.id not in state.deactivated,
        "is_guest": bool(person.guest),
        "is_external": bool(person.home_team_id),
        "is_admin": person.is_admin or person.is_owner,
        "role_hint": person.role_hint,
        "tries": person.tries,
    }


def _channel(state: State, me: Person, place: Place) -> Json:
    found = state.channel(place.id)
    return {
        "id": place.id,
        "name": state.name_of(next(iter(place.members - {me.id}))) if place.kind == "im" else place.name,
        "kind": "dm" if place.kind == "im" else "channel",
        "is_private": place.kind == "group",
        "is_member": me.id in place.members,
        "bot_is_member": state.workspace.bot_user_id in place.members,
        "is_shared": bool(found and found.shared),
        "members": sorted(place.members - {state.workspace.bot_user_id}),
        "unread": _unread(state, me, place),
    }


def _unread(state: State, me: Person, place: Place) -> int:
    read = ts_number(state.read_until.get((me.id, place.id), ""))
    messages = [each for each in state.messages.in_channel(place.id) if each.shows_to(me.id) and each.user != me.id]
    return sum(ts_number(each.ts) > read for each in messages)


def _commands(state: State, me: Person) -> list[Json]:
    names = ("command", "description", "usage_hint")
    own = [
        {name: each.get(name) or "" for name in names} | {"source": state.workspace.app_name}
        for each in slash_commands(state.manifest)
    ]
    invite = {
        "source": "Slack",
        "command": INVITE,
        "description": INVITE_COMMAND[0 if me.is_chinese else 1],
        "usage_hint": f"@{state.workspace.app_name}",
    }
    return [*own, invite]

"""Who has which role, and giving them."""

from collections.abc import Sequence
from typing import Final

from bot.domain.user import Member, Role
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    escape,
    input_block,
    modal,
    numbered,
    option,
    plain,
    section,
    select,
)

OPEN: Final = "staff_open"
PAGE: Final = "staff_page"
GIVE: Final = "staff_give"
CHANGE: Final = "staff_change"
LIST_MODAL: Final = "staff_list"
GIVE_MODAL: Final = "staff_form"
PEOPLE: Final = "people"
GROUP: Final = "group"
ROLES: Final = "roles"
TEAM: Final = "team"
AT_A_TIME: Final = 40
"""Well below the 100 blocks of a window."""
LONGEST_TEAM: Final = 60


def list_modal(staff: Sequence[Member], first: int, text: Text) -> View:
    """One page of everybody who has a role; `first` counts from 0."""
    first = max(0, min(first, (len(staff) - 1) // AT_A_TIME * AT_A_TIME))
    shown = staff[first : first + AT_A_TIME]
    blocks = [context(text("staff.intro")), actions([button(text("staff.give"), GIVE, "give", style="primary")])]
    if not staff:
        blocks.append(section(text("staff.nothing")))
    for number, member in enumerate(shown):
        change = button(text("staff.change"), numbered(CHANGE, number), member.user_id)
        blocks.append(section(_line(member, text), change))
    if len(staff) > AT_A_TIME:
        last = first + len(shown)
        blocks.append(context(text("staff.page", first=first + 1, last=last, count=len(staff))))
        blocks.append(actions(_pages(first, last, len(staff), text)))
    return modal(LIST_MODAL, text("staff.title"), blocks, close=text("entry.close"), metadata={"first": first})


def give_modal(groups: Sequence[tuple[str, str]], text: Text) -> View:
    """For several people at once; `groups` are the workspace's user groups (id, name), if Slack tells them."""
    people = select("multi_users_select", PEOPLE, text("staff.people"))
    blocks = [input_block(PEOPLE, text("staff.people"), people, optional=bool(groups))]
    if groups:
        offered = [option(name, group_id) for group_id, name in groups]
        group = select("static_select", GROUP, text("staff.group"), options=offered)
        hint = text("staff.group_hint")
        blocks.append(input_block(GROUP, text("staff.group"), group, optional=True, hint=hint))
    blocks += [_roles(frozenset(), text, optional=False), _team("", text)]
    return _form(text("staff.give_title"), blocks, "", text)


def change_modal(member: Member, text: Text) -> View:
    """For one person; what is left empty is taken away."""
    whose = section(text("staff.change_whose", user=member.user_id))
    blocks = [whose, _roles(member.roles, text, optional=True), _team(member.team or "", text)]
    return _form(text("staff.change_title"), blocks, member.user_id, text)


def _form(title: str, blocks: Sequence[Block], user_id: str, text: Text) -> View:
    save, cancel = text("staff.save"), text("visit.cancel")
    return modal(GIVE_MODAL, title, blocks, close=cancel, submit=save, metadata={"user": user_id})


def _line(member: Member, text: Text) -> str:
    roles = text.listed(text(f"role.{role}") for role in Role if role in member.roles)
    key = "staff.row" if member.team is None else "staff.row_team"
    return text(key, user=member.user_id, roles=roles, team=escape(member.team or ""))


def _pages(first: int, last: int, count: int, text: Text) -> list[Block]:
    buttons = []
    if first:
        buttons.append(button(text("staff.earlier"), numbered(PAGE, "earlier"), str(first - AT_A_TIME)))
    if last < count:
        buttons.append(button(text("staff.later"), numbered(PAGE, "later"), str(last)))
    return buttons


def _roles(ticked: frozenset[Role], text: Text, *, optional: bool) -> Block:
    offered = {role: option(text(f"role.{role}"), role) for role in Role}
    boxes: Block = {"type": "checkboxes", "action_id": ROLES, "options": list(offered.values())}
    if ticked:
        boxes["initial_options"] = [offered[role] for role in Role if role in ticked]
    return input_block(ROLES, text("staff.roles"), boxes, optional=optional)


def _team(team: str, text: Text) -> Block:
    field: Block = {"type": "plain_text_input", "action_id": TEAM, "max_length": LONGEST_TEAM}
    field |= {"placeholder": plain(text("staff.team"), LONGEST_TEAM)}
    if team:
        field["initial_value"] = team
    return input_block(TEAM, text("staff.team"), field, optional=True, hint=text("staff.team_hint"))

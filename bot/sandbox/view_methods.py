"""`views.*`: opening, pushing, updating modals and publishing home tabs (reference, 2.3 and 3.1)."""

from bot.sandbox.asking import Ask, Method
from bot.sandbox.errors import ApiError, refused_blocks
from bot.sandbox.shapes import Json
from bot.sandbox.state import State
from bot.sandbox.surfaces import check_view, is_too_large
from bot.sandbox.tickets import Trigger
from bot.sandbox.views import View
from bot.sandbox.workspace import app_home


def open_view(ask: Ask) -> Json:
    """From inside a modal it goes on top of the stack, from elsewhere it starts a new one."""
    definition = _new_definition(ask)
    trigger = _trigger(ask)
    open_or_push = ask.state.views.push if trigger.from_view else ask.state.views.open
    return _shown(ask, open_or_push(trigger.user_id, definition))


def push(ask: Ask) -> Json:
    definition = _new_definition(ask)
    trigger = _trigger(ask)
    if not ask.state.views.stack(trigger.user_id):
        raise ApiError("invalid_trigger_id")
    return _shown(ask, ask.state.views.push(trigger.user_id, definition))


def update(ask: Ask) -> Json:
    view = _find(ask)
    if view is None:
        raise ApiError("not_found")
    definition = checked(ask.args.structure("view", "invalid_arguments"), home=view.type == "home")
    _refuse_old_hash(ask, view)
    refuse_taken_external_id(ask.state, definition, view)
    view.replace(definition)
    return _shown(ask, view)


def publish(ask: Ask) -> Json:
    if not app_home(ask.state.manifest).get("home_tab_enabled"):
        raise ApiError("not_enabled")
    user_id = ask.args.needed("user_id")
    if ask.state.workspace.find_person(user_id) is None:
        raise ApiError("user_not_found")
    definition = checked(ask.args.structure("view", "invalid_arguments"), home=True)
    home = ask.state.views.home(user_id)
    if home is not None:
        _refuse_old_hash(ask, home)
    refuse_taken_external_id(ask.state, definition, home)
    return _shown(ask, ask.state.views.publish(user_id, definition))


def checked(definition: object, *, home: bool = False) -> Json:
    """A sound view definition, or the ApiError that Slack would answer."""
    if not isinstance(definition, dict):
        raise refused_blocks("invalid_arguments", ["[ERROR] missing required field: view"])
    if is_too_large(definition):
        raise ApiError("view_too_large")
    problems = check_view(definition, home=home)
    if problems:
        raise refused_blocks("invalid_arguments", problems)
    return definition


def refuse_taken_external_id(state: State, definition: Json, view: View | None = None) -> None:
    """Unique in the whole team."""
    other = state.views.find_external(str(definition.get("external_id") or ""))
    if other is not None and other is not view:
        raise ApiError("duplicate_external_id")


def view_payload(state: State, view: View, values: dict[str, dict[str, Json]] | None = None) -> Json:
    workspace = state.workspace
    return view.payload(workspace.team_id, workspace.app_id, workspace.bot_id, values or {})


def _new_definition(ask: Ask) -> Json:
    definition = checked(ask.args.structure("view", "invalid_arguments"))
    refuse_taken_external_id(ask.state, definition)
    return definition


def _trigger(ask: Ask) -> Trigger:
    trigger_id = ask.args.text("trigger_id") or ask.args.text("interactivity_pointer")
    if not trigger_id:
        raise refused_blocks("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    return ask.state.triggers.redeem(trigger_id)


def _find(ask: Ask) -> View | None:
    if ask.args.text("view_id"):
        return ask.state.views.find(ask.args.text("view_id"))
    return ask.state.views.find_external(ask.args.needed("external_id"))


def _refuse_old_hash(ask: Ask, view: View) -> None:
    given = ask.args.text("hash")
    if given and given != view.hash:
        raise ApiError("hash_conflict")


def _shown(ask: Ask, view: View) -> Json:
    if view.type == "home":
        ask.state.show_home(view)
    else:
        ask.state.show_views(view.user_id)
    return {"ok": True, "view": view_payload(ask.state, view)}


METHODS = {
    "views.open": Method(open_view, 100),
    "views.push": Method(push, 100),
    "views.update": Method(update, 100),
    "views.publish": Method(publish, 100),
}

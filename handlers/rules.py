"""The numbers that tiers and follow-ups go by, changed by an admin from Home, after a look at what that would do."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.customerform import EditConflictError, Values, marks
from bot.domain.ruleform import BETWEEN, Subject, values
from bot.domain.user import User
from bot.domain.workspace import WorkspaceSettings
from bot.errors import FormError
from bot.services import Services
from bot.text import Text
from bot.views import rules as views
from bot.views.blocks import View, leaves_of, unpacked
from handlers.background import Background
from handlers.forms import by_field, refuse, typed, understood


async def show(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    settings = await services.rules.current(actor)
    await client.views_open(trigger_id=body["trigger_id"], view=views.list_modal(settings, text))
    await ack()


async def change_form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    subject = _subject(action["value"])
    found = values(await services.rules.current(actor), subject)
    await client.views_push(trigger_id=body["trigger_id"], view=views.form(subject, found, marks(found), text))
    await ack()


async def preview(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Going through all customers may take longer than Slack waits, so the window says that it is at work."""
    about, given = unpacked(view["private_metadata"]), _given(view)
    subject, opened = _subject(about.get("s")), by_field(about, "o")
    try:
        after = await services.rules.typed(actor, subject, opened, given)
    except FormError as error:
        await refuse(ack, text, *error.faults)
    except EditConflictError as conflict:
        await ack(response_action="update", view=_conflict(subject, given, opened, conflict, text))
    else:
        await ack(response_action="update", view=views.working(subject, text))
        later(_previewed(client, services, actor, view["id"], subject, opened, after, text))


async def save(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """What another admin has changed since is shown instead of being written over. Sent twice it is saved once."""
    about = unpacked(view["private_metadata"])
    subject, opened, given = _subject(about.get("s")), by_field(about, "o"), by_field(about, "t")
    try:
        settings = await services.rules.save(actor, subject, opened, given)
    except EditConflictError as conflict:
        await ack(response_action="update", view=_conflict(subject, given, opened, conflict, text))
        return
    await ack()
    if below := view.get("previous_view_id"):
        later(_show(client, below, views.list_modal(settings, text)))


def _subject(value: object) -> Subject:
    with understood():
        return Subject(str(value))


async def _previewed(
    client: AsyncWebClient,
    services: Services,
    actor: User,
    view_id: str,
    subject: Subject,
    opened: Values,
    after: WorkspaceSettings,
    text: Text,
) -> None:
    effect = await services.rules.preview(actor, after)
    before, new = values(await services.rules.current(actor), subject), values(after, subject)
    changes = {name: before[name] for name in before if before[name] != new[name]}
    quarters = after.tiers.downgrade_quarters
    await _show(client, view_id, views.preview(subject, new, opened, changes, effect, quarters, text))


async def _show(client: AsyncWebClient, view_id: str, view: View) -> None:
    """Unless the window was closed meanwhile."""
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        if error.response["error"] != "not_found":
            raise


def _conflict(subject: Subject, given: Values, opened: Values, conflict: EditConflictError, text: Text) -> View:
    """Both numbers; previewed again knowing that, one's own count."""
    return views.form(subject, given, {**opened, **marks(conflict.stored)}, text, conflict.stored)


def _given(view: dict[str, Any]) -> dict[str, str]:
    """Of boxes all that are ticked."""
    leaves = leaves_of(view)
    ticked = {
        name: BETWEEN.join(each["value"] for each in leaf.get("selected_options") or ())
        for name, leaf in leaves.items()
        if leaf["type"] == "checkboxes"
    }
    return typed(view) | ticked


def register(app: AsyncApp) -> None:
    app.action(views.OPEN)(show)
    app.action(re.compile(rf"^{views.CHANGE}\b"))(change_form)
    app.view(views.FORM_MODAL)(preview)
    app.view(views.PREVIEW_MODAL)(save)

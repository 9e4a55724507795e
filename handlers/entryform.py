"""Writing plays in Slack: suggesting a change, editing, a new play from a message. One form for all of it."""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.entry import Kind
from bot.domain.entryform import LINE_LIMIT
from bot.domain.revision import Draft
from bot.domain.user import User
from bot.errors import FieldError, FormError, RevisionNotFoundError
from bot.services import Services
from bot.services.gaps import gap_id_of
from bot.services.playbook import language_of
from bot.text import Text
from bot.views import entryform as views
from bot.views import playbook as playbook_views
from bot.views import revisions as revision_views
from bot.views.blocks import View, clip, unpacked
from bot.views.entryform import Form
from handlers import incoming
from handlers.background import Background
from handlers.home import publish_home
from handlers.replies import open_view
from handlers.revisions import history_view, refresh_review, sent


async def menu(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """What a card offers besides its buttons."""
    what, _, entry_id = action["selected_option"]["value"].partition(":")
    if what == playbook_views.HISTORY:
        view = await history_view(entry_id, actor, services, text)
    else:
        view = await form_of(entry_id, actor, services, text)
    await open_view(client, body, view)
    await ack()


async def edit(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """From the whole entry, as an editor or to suggest something: the same form."""
    await open_view(client, body, await form_of(action["value"], actor, services, text))
    await ack()


async def again(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """What was sent back, as it was left, on the entry as it stands now, and for the gap it was to answer."""
    revision = await services.revisions.get(actor, action["value"])
    if revision.author_id != actor.user_id or revision.entry is None:
        raise RevisionNotFoundError
    standing = await services.revisions.standing(actor.team_id, revision.entry_id)
    is_new, gap_id = standing.entry is None, gap_id_of(revision)
    form = Form(revision.entry, standing.revision_id, is_new=is_new, gap_id=gap_id)
    await open_view(client, body, await filled_form(form, actor, services, text))
    await ack()


async def from_message(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, text: Text
) -> None:
    """A message's words become the first example of a new play."""
    heard = " ".join(incoming.words(body["message"].get("text") or "").split())
    example = f"examples.{language_of(heard, text.lang)}"
    form = Form(typed={example: clip(heard, LINE_LIMIT)})
    await open_view(client, body, await filled_form(form, actor, services, text))
    await ack()


async def category_picked(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """Shows the fields of that kind; what was typed elsewhere Slack keeps by block id."""
    view, origin = body["view"], _origin(body["view"])
    chosen = views.chosen_category((action.get("selected_option") or {}).get("value") or "")
    state = Form(category=chosen, typed=views.answers(view), day=origin.get("d", ""), gap_id=origin.get("g", ""))
    form = await filled_form(state, actor, services, text)
    await client.views_update(view_id=view["id"], hash=view["hash"], view=form)
    await ack()


async def submit(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Acknowledged when it is stored; with a fault the form stays with all that was typed."""
    origin = _origin(view)
    gap_id = origin.get("g", "")
    try:
        draft = _draft(view)
        if gap_id:
            revision = await services.gaps.suggest(actor, gap_id, draft)
        else:
            revision = await services.revisions.suggest(actor, draft)
    except FormError as error:
        await ack(response_action="errors", errors=views.faults(error.faults, view, text))
        return
    await sent(ack, revision, client, actor, services, text, later)
    later(refresh_review(origin.get("d", ""), client, actor, services))
    if gap_id:
        later(publish_home(client, services, actor))


async def form_of(entry_id: str, actor: User, services: Services, text: Text, day: str = "") -> View:
    entry, standing = await services.revisions.standing_entry(actor.team_id, entry_id)
    return await filled_form(Form(entry, standing.revision_id, day=day), actor, services, text)


async def filled_form(form: Form, actor: User, services: Services, text: Text) -> View:
    library = await services.playbook.library(actor.team_id)
    return views.form(form, library.playbook, text)


def _origin(view: dict[str, Any]) -> dict[str, str]:
    """Where the form was opened, and on what."""
    return {name: str(value) for name, value in unpacked(view["private_metadata"]).items()}


def _draft(view: dict[str, Any]) -> Draft:
    """Raises FormError while the kind of a new play is not known."""
    origin, answers = _origin(view), views.answers(view)
    if origin.get("k") not in list(Kind):
        raise FormError([FieldError(views.CATEGORY, "edit.pick")])
    return Draft(
        form_id=view["id"],
        kind=Kind(origin["k"]),
        answers=answers,
        why=str(answers.get(views.WHY) or "").strip(),
        entry_id=origin.get("e") or None,
        replaces=origin.get("r") or None,
    )


def register(app: AsyncApp) -> None:
    app.action(re.compile(rf"^{playbook_views.MENU}\b"))(menu)
    app.action(playbook_views.EDIT)(edit)
    app.action(revision_views.AGAIN)(again)
    app.shortcut(views.SHORTCUT)(from_message)
    app.action(views.CATEGORY)(category_picked)
    app.view(views.MODAL)(submit)

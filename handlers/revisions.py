"""What becomes of changes to the playbook: approving, sending back, restoring, retiring, and "still right"."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.approvals import ask
from bot.domain import policy
from bot.domain.erasure import is_erased
from bot.domain.revision import Revision
from bot.domain.user import User
from bot.errors import EntryNotFoundError, FieldError, NotEditorError, RevisionDecidedError
from bot.services import Services
from bot.text import Text
from bot.views import entrywindow
from bot.views import playbook as playbook_views
from bot.views import revisions as views
from bot.views.blocks import View, unpacked
from bot.views.revisions import Proposal
from bot.views.shown import Shown
from handlers.askers import tell_those_who_asked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.home import publish_home
from handlers.playbook import whole
from handlers.replies import open_view


@dataclass(frozen=True, slots=True)
class Place:
    """Where the request stands that was clicked: a message, or a window over Home."""

    channel_id: str = ""
    message_ts: str = ""
    view_id: str = ""

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Place":
        found = body["container"]
        return cls(*(str(found.get(name) or "") for name in ("channel_id", "message_ts", "view_id")))

    @property
    def is_message(self) -> bool:
        return bool(self.message_ts)


async def retire(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    await open_retire(action["value"], "", body, client, actor, services, text)
    await ack()


async def retire_sent(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    origin = {name: str(value) for name, value in unpacked(view["private_metadata"]).items()}
    revision = await services.revisions.retire(actor, view["id"], origin.get("e", ""), _reason(view))
    await sent(ack, revision, client, actor, services, text, later)
    later(refresh_review(origin.get("d", ""), client, actor, services))


async def restore(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """From the history; an approver decides about it like about any other change."""
    chosen, view = unpacked(action["value"]), body["view"]
    version = str(chosen.get("v", ""))
    form_id = f"{view['id']}-{version}"
    revision = await services.revisions.restore(actor, form_id, str(chosen.get("e", "")), version)
    proposal = await _proposal(revision, actor, services)
    approvers = await services.revisions.approver_ids(actor.team_id, revision.author_id)
    await client.views_update(view_id=view["id"], hash=view["hash"], view=_notice(proposal, approvers, text))
    await ack()
    _ask_all(approvers, proposal, client, actor, services, later)


async def show_history(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    await open_view(client, body, await history_view(action["value"], actor, services, text))
    await ack()


async def verify(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """From the whole entry, which then shows today as the day it was checked."""
    entry = await services.revisions.verify(actor, action["value"])
    library = await services.playbook.library(actor.team_id)
    shown = await whole(Shown(entry.id, text.lang), library, services, actor, text)
    await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=shown)
    await ack()


async def review(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """From Home, where a change stands until it is decided, whatever became of the message about it."""
    revision = await services.revisions.for_decision(actor, action["value"])
    await open_view(client, body, views.review_modal(await _proposal(revision, actor, services), text))
    await ack()


async def approve(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """In force at once; the request changes in place and the author is told."""
    place = Place.of(body)
    try:
        revision = await services.revisions.approve(actor, action["value"])
    except RevisionDecidedError:
        _show_end(await services.revisions.get(actor, action["value"]), place, client, actor, services, later)
        raise
    await ack()
    _show_decision(revision, place, client, actor, services, later)
    later(_announce(revision, place, client, actor, services, later))


async def send_back(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """Asks for the reason, which the author will read."""
    place = Place.of(body)
    revision = await services.revisions.get(actor, action["value"])
    if not revision.is_pending:
        _show_end(revision, place, client, actor, services, later)
        raise RevisionDecidedError
    await open_view(client, body, views.reason_modal(revision.id, place.channel_id, place.message_ts, text))
    await ack()


async def send_back_sent(
    ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    """From Home it closes the request's window with its own."""
    origin = {name: str(value) for name, value in unpacked(view["private_metadata"]).items()}
    revision_id = origin.get("r", "")
    try:
        revision = await services.revisions.send_back(actor, revision_id, _reason(view))
    except RevisionDecidedError:
        revision = await services.revisions.get(actor, revision_id)
        if revision.decided_by != actor.user_id:
            raise
    place = Place(origin.get("c", ""), origin.get("t", ""))
    await ack(response_action=None if place.is_message else "clear")
    _show_decision(revision, place, client, actor, services, later)
    later(_announce(revision, place, client, actor, services, later))


async def open_retire(
    entry_id: str,
    day: str,
    body: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    """Asks why; `day` names the daily message it was asked in."""
    entry, _ = await services.revisions.standing_entry(actor.team_id, entry_id)
    if not (await services.revisions.rights(actor, entry)).edits:
        raise NotEditorError
    await open_view(client, body, views.retire_modal(entry, day, text))


async def refresh_review(day: str, client: AsyncWebClient, actor: User, services: Services) -> None:
    """The daily message that the change was made from, if it was one."""
    if day:
        await refresh_digest(client, services, actor, day)


async def history_view(entry_id: str, actor: User, services: Services, text: Text) -> View:
    standing = await services.revisions.standing(actor.team_id, entry_id)
    revisions = await services.revisions.history(actor.team_id, entry_id)
    shipped = services.playbook.shipped.playbook.find(entry_id)
    found = views.History(entry_id, revisions, standing.entry, shipped)
    if found.title_of is None:
        raise EntryNotFoundError
    return views.history(found, text, ZoneInfo(actor.tz), restores=policy.may_edit_playbook(actor))


def _reason(view: dict[str, Any]) -> str:
    """Raises FieldError when only spaces were typed."""
    typed = str(view["state"]["values"][views.REASON][views.REASON].get("value") or "").strip()
    if not typed:
        raise FieldError(views.REASON, "edit.empty")
    return typed


async def sent(
    ack: AsyncAck,
    revision: Revision,
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
    later: Background,
) -> None:
    """The form gives way to the news that it has gone to the approvers, who are asked now."""
    proposal = await _proposal(revision, actor, services)
    approvers = await services.revisions.approver_ids(actor.team_id, revision.author_id)
    await ack(response_action="update", view=_notice(proposal, approvers, text))
    _ask_all(approvers, proposal, client, actor, services, later)


async def ask_approvers(
    revision: Revision, client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    """For a change that was not written in the form."""
    proposal = await _proposal(revision, actor, services)
    approvers = await services.revisions.approver_ids(actor.team_id, revision.author_id)
    _ask_all(approvers, proposal, client, actor, services, later)


def _notice(proposal: Proposal, approvers: list[str], text: Text) -> View:
    names = " ".join(f"<@{user_id}>" for user_id in approvers)
    key = "revision.sent" if approvers else "revision.sent_to_nobody"
    return views.notice(proposal, text(key, title=proposal.title(text), approvers=names), text)


def _ask_all(
    approvers: list[str],
    proposal: Proposal,
    client: AsyncWebClient,
    actor: User,
    services: Services,
    later: Background,
) -> None:
    for user_id in approvers:
        later(ask(user_id, proposal, client, actor.team_id, services))


async def _announce(
    revision: Revision, place: Place, client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    """To those who asked for it, and to its author if it is a person; on Home where it was decided there."""
    closed = await services.gaps.decided(actor.team_id, revision)
    if not place.is_message:
        later(publish_home(client, services, actor))
    if closed:
        await tell_those_who_asked(client, services, actor.team_id, closed)
    delivery = f"decision:{revision.id}"
    is_nobody = revision.is_by_app or is_erased(revision.author_id)
    if is_nobody or not await services.workspaces.claim(actor.team_id, delivery):
        return
    proposal = await _proposal(revision, actor, services)
    text = texts.load((await services.members.actor(actor.team_id, revision.author_id)).lang)
    await client.chat_postMessage(
        channel=revision.author_id, text=views.news(proposal, text), blocks=views.news_blocks(proposal, text)
    )
    await services.workspaces.settle(actor.team_id, delivery, handled=True)


def _show_decision(
    revision: Revision, place: Place, client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    """In the request that was clicked."""
    if place.is_message:
        later(_show_in_message(revision, place, client, actor, services))
    elif place.view_id:
        later(_show_in_window(revision, place, client, actor, services))


def _show_end(
    revision: Revision, place: Place, client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    """To whoever was too late."""
    _show_decision(revision, place, client, actor, services, later)
    if not place.is_message:
        later(publish_home(client, services, actor))


async def _show_in_message(
    revision: Revision, place: Place, client: AsyncWebClient, actor: User, services: Services
) -> None:
    proposal, text = await _proposal(revision, actor, services), texts.load(actor.lang)
    await client.chat_update(
        channel=place.channel_id,
        ts=place.message_ts,
        text=views.request_line(proposal, text),
        blocks=views.decided(proposal, text),
    )


async def _show_in_window(
    revision: Revision, place: Place, client: AsyncWebClient, actor: User, services: Services
) -> None:
    """It may have been closed by then."""
    view = views.review_modal(await _proposal(revision, actor, services), texts.load(actor.lang))
    with suppress(SlackApiError):
        await client.views_update(view_id=place.view_id, view=view)


async def _proposal(revision: Revision, actor: User, services: Services) -> Proposal:
    before = await services.revisions.before(actor.team_id, revision)
    return Proposal(revision, before, await services.revisions.warnings(actor, revision))


def register(app: AsyncApp) -> None:
    app.action(playbook_views.HISTORY)(show_history)
    app.action(entrywindow.RETIRE)(retire)
    app.action(entrywindow.VERIFY)(verify)
    app.view(views.RETIRE_MODAL)(retire_sent)
    app.action(re.compile(rf"^{views.RESTORE}\b"))(restore)
    app.action(re.compile(rf"^{views.REVIEW}\b"))(review)
    app.action(views.APPROVE)(approve)
    app.action(views.SEND_BACK)(send_back)
    app.view(views.SEND_BACK_MODAL)(send_back_sent)

"""What becomes of changes to the playbook: approving, sending back, restoring, retiring, and "still right"."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.domain import policy
from bot.domain.revision import Revision
from bot.domain.user import User
from bot.errors import EntryNotFoundError, FieldError, NotEditorError, RevisionDecidedError
from bot.services import Services
from bot.text import Text
from bot.views import playbook as playbook_views
from bot.views import revisions as views
from bot.views.blocks import View, unpacked
from bot.views.playbook import Shown
from bot.views.revisions import Proposal
from handlers.askers import tell_those_who_asked
from handlers.background import Background
from handlers.digests import refresh_digest
from handlers.playbook import whole
from handlers.replies import open_view


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
    place = body["container"]["channel_id"], body["container"]["message_ts"]
    try:
        revision = await services.revisions.approve(actor, action["value"])
    except RevisionDecidedError:
        later(_show_decision(await services.revisions.get(actor, action["value"]), place, client, actor, services))
        raise
    await ack()
    later(_decided(revision, place, client, actor, services))


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
    channel_id, message_ts = body["container"]["channel_id"], body["container"]["message_ts"]
    revision = await services.revisions.get(actor, action["value"])
    if not revision.is_pending:
        later(_show_decision(revision, (channel_id, message_ts), client, actor, services))
        raise RevisionDecidedError
    await client.views_open(
        trigger_id=body["trigger_id"], view=views.reason_modal(revision.id, channel_id, message_ts, text)
    )
    await ack()


async def send_back_sent(
    ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient, actor: User, services: Services, later: Background
) -> None:
    origin = {name: str(value) for name, value in unpacked(view["private_metadata"]).items()}
    revision_id = origin.get("r", "")
    try:
        revision = await services.revisions.send_back(actor, revision_id, _reason(view))
    except RevisionDecidedError:
        revision = await services.revisions.get(actor, revision_id)
        if revision.decided_by != actor.user_id:
            raise
    await ack()
    later(_decided(revision, (origin.get("c", ""), origin.get("t", "")), client, actor, services))


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
        later(_ask(user_id, proposal, client, actor, services))


async def _ask(user_id: str, proposal: Proposal, client: AsyncWebClient, actor: User, services: Services) -> None:
    """One message an approver, however often the form was sent."""
    delivery = f"approval:{proposal.revision.id}:{user_id}"
    if not await services.workspaces.claim(actor.team_id, delivery):
        return
    text = texts.load((await services.members.actor(actor.team_id, user_id)).lang)
    await client.chat_postMessage(
        channel=user_id,
        text=views.request_line(proposal, text),
        blocks=views.request(proposal, text),
        unfurl_links=False,
    )
    await services.workspaces.settle(actor.team_id, delivery, handled=True)


async def _decided(
    revision: Revision, place: tuple[str, str], client: AsyncWebClient, actor: User, services: Services
) -> None:
    await _show_decision(revision, place, client, actor, services)
    if closed := await services.gaps.decided(actor.team_id, revision):
        await tell_those_who_asked(client, services, actor.team_id, closed)
    delivery = f"decision:{revision.id}"
    if not await services.workspaces.claim(actor.team_id, delivery):
        return
    proposal = await _proposal(revision, actor, services)
    text = texts.load((await services.members.actor(actor.team_id, revision.author_id)).lang)
    await client.chat_postMessage(
        channel=revision.author_id, text=views.news(proposal, text), blocks=views.news_blocks(proposal, text)
    )
    await services.workspaces.settle(actor.team_id, delivery, handled=True)


async def _show_decision(
    revision: Revision, place: tuple[str, str], client: AsyncWebClient, actor: User, services: Services
) -> None:
    """In the request that was clicked."""
    proposal, text = await _proposal(revision, actor, services), texts.load(actor.lang)
    channel_id, message_ts = place
    await client.chat_update(
        channel=channel_id,
        ts=message_ts,
        text=views.request_line(proposal, text),
        blocks=views.decided(proposal, text),
    )


async def _proposal(revision: Revision, actor: User, services: Services) -> Proposal:
    before = await services.revisions.before(actor.team_id, revision)
    return Proposal(revision, before, await services.revisions.warnings(actor, revision))


def register(app: AsyncApp) -> None:
    app.action(playbook_views.HISTORY)(show_history)
    app.action(playbook_views.RETIRE)(retire)
    app.action(playbook_views.VERIFY)(verify)
    app.view(views.RETIRE_MODAL)(retire_sent)
    app.action(re.compile(rf"^{views.RESTORE}\b"))(restore)
    app.action(views.APPROVE)(approve)
    app.action(views.SEND_BACK)(send_back)
    app.view(views.SEND_BACK_MODAL)(send_back_sent)

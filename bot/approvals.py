"""Asking the approvers about a change to the playbook: one message each, however often it is asked for.

What does not reach an approver stands on Home all the same, until somebody has decided.
"""

import logging
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.services import Services
from bot.slack import error_of
from bot.views import revisions as views
from bot.views.revisions import Proposal

_NOT_NOW: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

logger = logging.getLogger(__name__)


async def ask(user_id: str, proposal: Proposal, client: AsyncWebClient, team_id: str, services: Services) -> None:
    delivery = _delivery(user_id, proposal)
    if not await services.workspaces.claim(team_id, delivery):
        return
    text = texts.load((await services.members.actor(team_id, user_id)).lang)
    await client.chat_postMessage(
        channel=user_id,
        text=views.request_line(proposal, text),
        blocks=views.request(proposal, text),
        unfurl_links=False,
    )
    await services.workspaces.settle(team_id, delivery, handled=True)


async def ask_all(revision_id: str, client: AsyncWebClient, team_id: str, services: Services) -> None:
    """For a change that the app itself suggests, and that nobody waits for.

    Whom Slack did not hear about is asked again with the next sweep; nobody is written to twice.
    """
    waiting = {each.id: each for each in await services.revisions.pending(team_id)}
    reached = []
    if (revision := waiting.get(revision_id)) is not None:
        proposal = Proposal(revision, await services.revisions.before(team_id, revision))
        approvers = await services.revisions.approver_ids(team_id, revision.author_id)
        reached = [await _is_asked(user_id, proposal, client, team_id, services) for user_id in approvers]
    if all(reached):
        await services.retirements.asked(team_id, revision_id)


async def _is_asked(user_id: str, proposal: Proposal, client: AsyncWebClient, team_id: str, services: Services) -> bool:
    """False when it is certain that nothing was posted, and worth another try."""
    try:
        await ask(user_id, proposal, client, team_id, services)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        reason = error_of(error) if isinstance(error, SlackApiError) else type(error).__name__
        logger.warning("an approver was not asked about %s: %s", proposal.revision.id, reason)
        is_certain = reason in _NOT_NOW or isinstance(error, aiohttp.ClientConnectorError)
        await services.workspaces.settle(team_id, _delivery(user_id, proposal), handled=not is_certain)
        return not is_certain
    return True


def _delivery(user_id: str, proposal: Proposal) -> str:
    return f"approval:{proposal.revision.id}:{user_id}"

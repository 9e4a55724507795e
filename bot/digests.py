"""Sending one person's digest so that it arrives exactly once, whatever restarts, runs twice or gets no answer.

The intent is recorded before anything is posted, and the posted message carries its key in its metadata. After an
unclear outcome (no answer, a server error, a worker that died) the channel is looked at before anything is posted
again. What looking cannot settle is never posted again; `nudges status` lists it and Home shows the list.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from operator import methodcaller
from secrets import token_hex
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import text as texts
from bot.clock import Clock
from bot.domain.followup import DueItem
from bot.domain.gap import GapRow
from bot.domain.nudge import MAX_ROWS, Digest, DigestState
from bot.domain.review import Review, retirements_in_view
from bot.domain.user import User
from bot.services import Services
from bot.slack import UNREADABLE, error_of
from bot.views import nudges as views

EVENT_TYPE: Final = "factormate_digest"
LOOK_LIMIT: Final = 15
"""Slack gives some apps no more than 15 messages a call."""
LOOK_MARGIN: Final = timedelta(minutes=2)
"""Slack's clock and ours may differ by this much."""
RETRY: Final = timedelta(seconds=30)

_NOT_NOW: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_MAYBE_POSTED: Final = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", UNREADABLE}
)
_NO_ANSWER: Final = (aiohttp.ClientError, TimeoutError)

ClientFor = Callable[[str], Awaitable[AsyncWebClient]]
"""The client without repeats of a workspace."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DigestSender:
    services: Services
    client_for: ClientFor
    wall: Clock

    async def deliver(self, team_id: str, user_id: str, day: date) -> Digest | None:
        """Takes the digest one step on: posts it, or looks what became of it. Safe to run any number of times."""
        nudges = self.services.nudges
        digest = await nudges.find(team_id, user_id, day)
        if digest is None or not digest.is_open:
            return digest
        holder = token_hex(8)
        if not await nudges.lease(team_id, digest, holder):
            return digest
        try:
            # Read again: another worker may have finished between the first look and the lease.
            digest = await nudges.find(team_id, user_id, day)
            if digest is None or not digest.is_open or (digest.retry_at is not None and digest.retry_at > self.wall()):
                return digest
            if digest.state is DigestState.POSTING:
                return await self._look(team_id, digest)
            return await self._post(team_id, digest)
        finally:
            await nudges.release(team_id, digest or Digest(user_id=user_id, day=day), holder)

    async def _post(self, team_id: str, digest: Digest) -> Digest:
        services, nudges = self.services, self.services.nudges
        actor = await services.members.find_actor(team_id, digest.user_id)
        if actor is None:
            return await self._later(team_id, digest, "Slack does not say who this is")
        if await nudges.due_day(actor) != digest.day:
            is_over = await nudges.is_over(actor, digest.day)
            return await nudges.change(team_id, digest, Digest.missed) if is_over else digest
        items = await services.followups.due(actor)
        reviews = await services.reviews.of_week(actor, digest.day)
        gaps = await services.gaps.of_week(actor, digest.day)
        if not items and not reviews and not gaps:
            return await nudges.change(team_id, digest, Digest.empty)
        client = await self.client_for(team_id)
        try:
            channel_id = await _direct_channel(client, digest.user_id)
        except SlackApiError as error:
            return await self._refused(team_id, digest, error)
        except _NO_ANSWER as error:
            return await self._later(team_id, digest, type(error).__name__)
        ids, review_ids = tuple(item.followup.id for item in items), tuple(each.entry.id for each in reviews)
        gap_ids = tuple(row.gap.id for row in gaps or ())
        wall, retirements = self.wall(), retirements_in_view(reviews)
        digest = await nudges.change(
            team_id, digest, lambda found: found.posting(channel_id, ids, wall, review_ids, gap_ids, retirements)
        )
        try:
            answer = await client.chat_postMessage(**_message(actor, items, reviews, gaps, digest, channel_id))
        except SlackApiError as error:
            if _is_unclear(error):
                logger.warning("digest %s: Slack failed, its outcome is looked up later", digest.day)
                return digest
            return await self._refused(team_id, digest, error)
        except _NO_ANSWER:
            logger.warning("digest %s: no answer, its outcome is looked up later", digest.day)
            return digest
        return await self._sent(team_id, digest, str(answer["ts"]))

    async def _sent(self, team_id: str, digest: Digest, message_ts: str) -> Digest:
        """What the message told counts from here on; first that, so that it is not lost with a worker that dies."""
        await self.services.retirements.name(team_id, digest.retirements)
        return await self.services.nudges.change(team_id, digest, methodcaller("sent", message_ts))

    async def _look(self, team_id: str, digest: Digest) -> Digest:
        """Settles a post of unknown outcome by what the channel shows."""
        assert digest.posting_at is not None  # noqa: S101 - a digest being posted says since when
        client = await self.client_for(team_id)
        oldest = (digest.posting_at - LOOK_MARGIN).timestamp()
        nudges = self.services.nudges
        try:
            history = await client.conversations_history(
                channel=digest.channel_id or "",
                oldest=f"{oldest:.6f}",
                include_all_metadata=True,
                limit=LOOK_LIMIT,
            )
        except SlackApiError as error:
            retry_at = self.wall() + max(RETRY, _retry_after(error))
            reason = error_of(error)
            return await nudges.change(team_id, digest, lambda found: found.look_failed(reason, retry_at))
        except _NO_ANSWER as error:
            retry_at, reason = self.wall() + RETRY, type(error).__name__
            return await nudges.change(team_id, digest, lambda found: found.look_failed(reason, retry_at))
        for message in history.get("messages") or ():
            if ((message.get("metadata") or {}).get("event_payload") or {}).get("key") == digest.key:
                return await self._sent(team_id, digest, str(message["ts"]))
        if history.get("has_more"):
            return await nudges.change(team_id, digest, lambda found: found.unclear("too many messages to look at"))
        return await self._later(team_id, digest, "lost", wait=timedelta(0))

    async def _refused(self, team_id: str, digest: Digest, error: SlackApiError) -> Digest:
        reason = error_of(error)
        wait = _retry_after(error)
        for_good = reason not in _NOT_NOW and not wait and not _is_unclear(error)
        retry_at = self.wall() + (wait or RETRY)
        return await self.services.nudges.change(
            team_id, digest, lambda found: found.refused(reason, retry_at, for_good=for_good)
        )

    async def _later(self, team_id: str, digest: Digest, reason: str, wait: timedelta = RETRY) -> Digest:
        retry_at = self.wall() + wait
        return await self.services.nudges.change(team_id, digest, lambda found: found.refused(reason, retry_at))


async def _direct_channel(client: AsyncWebClient, user_id: str) -> str:
    answer = await client.conversations_open(users=user_id)
    channel: dict[str, Any] = answer["channel"]
    return str(channel["id"])


def _message(
    actor: User, items: list[DueItem], reviews: list[Review], gaps: list[GapRow] | None, digest: Digest, channel_id: str
) -> dict[str, Any]:
    text = texts.load(actor.lang)
    hidden = max(0, len(items) - MAX_ROWS)
    return {
        "channel": channel_id,
        "text": views.fallback(items, hidden, reviews, gaps, digest.day, digest.day, text),
        "blocks": views.blocks(items[:MAX_ROWS], hidden, reviews, gaps, digest.day, digest.day, text),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": digest.key}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _is_unclear(error: SlackApiError) -> bool:
    """A server error may come after the message was posted."""
    return error.response.status_code >= 500 or error_of(error) in _MAYBE_POSTED


def _retry_after(error: SlackApiError) -> timedelta:
    value = (error.response.headers or {}).get("Retry-After") or "0"
    return timedelta(seconds=int(value)) if str(value).isdigit() else timedelta(0)

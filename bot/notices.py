"""Sending a notice so that it arrives exactly once, whatever restarts, runs twice or gets no answer.

The intent is recorded before anything is posted, and the posted message carries its key in its metadata. After an
unclear outcome (no answer, a server error, a worker that died) the channel is looked at before anything is posted
again. What looking cannot settle is never posted again; `nudges status` lists it and Home shows the list.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from operator import methodcaller
from secrets import token_hex
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import charted
from bot.clock import Clock
from bot.digests import DigestComposer
from bot.domain.notice import Kept, Moment, Notice, NoticeKind, NoticeState
from bot.escalations import AlertComposer, EscalationComposer
from bot.firstruns import WelcomeComposer
from bot.letters import Composer, Letter
from bot.reports import ReportComposer
from bot.services import Services
from bot.slack import UNREADABLE, error_of
from bot.telemetry import metrics
from bot.views.blocks import Block

LOOK_LIMIT: Final = 15
"""Slack gives some apps no more than 15 messages a call."""
LOOK_MARGIN: Final = timedelta(minutes=2)
"""Slack's clock and ours may differ by this much."""
RETRY: Final = timedelta(seconds=30)
PACED: Final = "waits for its turn"
_NO_CHANNEL: Final = frozenset({"channel_not_found", "is_archived"})

_NOT_NOW: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_MAYBE_POSTED: Final = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", UNREADABLE}
)
DEAD_TOKEN: Final = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})
"""Nothing this workspace asks of Slack will be answered until the operator has seen to its token."""
_NO_ANSWER: Final = (aiohttp.ClientError, TimeoutError)

ClientFor = Callable[[str], Awaitable[AsyncWebClient]]
"""The client without repeats of a workspace."""

logger = logging.getLogger(__name__)


class TakenOverError(Exception):
    """This worker was held up for so long that another one has gone on with the notice."""


class NoTurnError(Exception):
    """Slack's limits leave no room just now."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(slots=True)
class _Hand:
    """One worker's hold on a notice: as it knows the record, and whether it has leased it."""

    team_id: str
    kept: Kept
    channel_id: str | None
    holder: str = field(default_factory=lambda: token_hex(8))
    has_lease: bool = False

    @property
    def notice(self) -> Notice:
        return self.kept.notice


@dataclass(frozen=True, slots=True)
class NoticeSender:
    services: Services
    client_for: ClientFor
    wall: Clock

    async def deliver(self, team_id: str, notice_key: str) -> Notice | None:
        """Takes the notice one step on: posts it, or looks what became of it. Safe to run any number of times."""
        notices = self.services.notices
        found = await notices.to_send(team_id, notice_key)
        if found is None:
            return None
        hand = _Hand(team_id, found.kept, found.channel_id)
        if not hand.notice.is_open or hand.notice.waits(self.wall()) or found.is_parked:
            return hand.notice
        try:
            if hand.notice.state is NoticeState.POSTING:
                return await self._look(hand)
            return await self._post(hand)
        except TakenOverError:
            return await notices.find(team_id, notice_key)
        finally:
            if hand.has_lease:
                await notices.release(team_id, notice_key, hand.holder)

    def _composer(self, kind: NoticeKind) -> Composer:
        composers: dict[NoticeKind, Composer] = {
            NoticeKind.DIGEST: DigestComposer(self.services),
            NoticeKind.ESCALATION: EscalationComposer(self.services),
            NoticeKind.ALERT: AlertComposer(self.services),
            NoticeKind.REPORT: ReportComposer(self.services),
            NoticeKind.WELCOME: WelcomeComposer(self.services),
        }
        return composers[kind]

    async def _post(self, hand: _Hand) -> Notice:
        """Several workers may come to `_intend`; one of them passes."""
        team_id, composer, user_id = hand.team_id, self._composer(hand.notice.kind), hand.notice.user_id
        actor = await self.services.members.find_actor(team_id, user_id)
        if actor is None:
            return await self._later(hand, "Slack does not say who this is")
        match await composer.moment(actor, hand.notice):
            case Moment.EARLY:
                return hand.notice
            case Moment.OVER:
                return await self._change(hand, Notice.missed)
        letter = await composer.letter(actor, hand.notice)
        if letter is None:
            return await self._change(hand, Notice.empty)
        client = await self.client_for(team_id)
        try:
            channel_id = hand.channel_id or await self._channel(client, team_id, user_id)
            await self._turn(team_id, "chat.postMessage", channel_id)
        except NoTurnError as error:
            return await self._later(hand, PACED, wait=error.wait)
        except SlackApiError as error:
            return await self._refused(hand, error)
        except _NO_ANSWER as error:
            return await self._later(hand, type(error).__name__)
        until = time.monotonic() + self.services.notices.lease_seconds / 2
        await self._intend(hand, channel_id, letter)
        if time.monotonic() > until:  # stopped or starved in between: whoever looks later finds nothing, and posts
            return hand.notice
        try:
            answer = await self._say(client, hand, channel_id, letter)
        except SlackApiError as error:
            if _is_unclear(error):
                logger.warning(
                    "%s of %s: Slack failed, its outcome is looked up later", hand.notice.kind, hand.notice.day
                )
                return hand.notice
            if hand.channel_id == channel_id and error_of(error) in _NO_CHANNEL:
                await self.services.notices.forget_channel(team_id, user_id)
                return await self._later(hand, error_of(error), wait=timedelta(0))
            return await self._refused(hand, error)
        except _NO_ANSWER:
            logger.warning("%s of %s: no answer, its outcome is looked up later", hand.notice.kind, hand.notice.day)
            return hand.notice
        return await self._sent(hand, str(answer["ts"]))

    async def _say(self, client: AsyncWebClient, hand: _Hand, channel_id: str, letter: Letter) -> AsyncSlackResponse:
        """Once: other blocks are tried only where Slack says that it has not taken the ones before."""
        refused: SlackApiError | None = None
        async for blocks in charted.variants(letter.blocks, letter.charts, client):
            if refused is not None:
                await self._change(hand, methodcaller("posting_otherwise", self.wall()))
            try:
                return await client.chat_postMessage(**_message(letter, blocks, hand.notice, channel_id))
            except SlackApiError as error:
                if not charted.is_refused(error):
                    raise
                refused = error
        assert refused is not None  # noqa: S101 - there is always a variant # nosec B101
        raise refused

    async def _intend(self, hand: _Hand, channel_id: str, letter: Letter) -> None:
        """Records that it is being posted, and leases it, in one write. Raises TakenOverError."""
        posting = hand.notice.posting(
            channel_id,
            letter.followup_ids,
            self.wall(),
            letter.review_ids,
            letter.gap_ids,
            letter.retirements,
            letter.answered_ids,
            letter.soon_ids,
        )
        kept = await self.services.notices.begin(hand.team_id, hand.kept, posting, hand.holder)
        if kept is None:
            raise TakenOverError
        hand.kept, hand.has_lease = kept, True

    async def _sent(self, hand: _Hand, message_ts: str) -> Notice:
        """What the message told counts from here on; first that, so that it is not lost with a worker that dies."""
        await self._composer(hand.notice.kind).told(hand.team_id, hand.notice)
        return await self._change(hand, methodcaller("sent", message_ts))

    async def _look(self, hand: _Hand) -> Notice:
        """Settles a post of unknown outcome by what the channel shows; one worker at a time looks."""
        team_id, notices = hand.team_id, self.services.notices
        if not await notices.lease(team_id, hand.notice.key, hand.holder):
            return hand.notice
        hand.has_lease = True
        # Read again: another worker may have finished between the first look and the lease.
        found = await notices.to_send(team_id, hand.notice.key)
        if found is None or found.kept != hand.kept:
            raise TakenOverError
        notice = hand.notice
        assert notice.posting_at is not None  # noqa: S101 - a notice being posted says since when # nosec B101
        try:
            await self._turn(team_id, "conversations.history")
        except NoTurnError:
            return notice  # a later sweep comes again
        client = await self.client_for(team_id)
        oldest = (notice.posting_at - LOOK_MARGIN).timestamp()
        try:
            history = await client.conversations_history(
                channel=notice.channel_id or "",
                oldest=f"{oldest:.6f}",
                include_all_metadata=True,
                limit=LOOK_LIMIT,
            )
        except SlackApiError as error:
            retry_at = self.wall() + max(RETRY, _retry_after(error))
            reason = error_of(error)
            if await self._is_parked(team_id, reason):
                return notice
            return await self._change(hand, lambda found: found.look_failed(reason, retry_at))
        except _NO_ANSWER as error:
            retry_at, reason = self.wall() + RETRY, type(error).__name__
            return await self._change(hand, lambda found: found.look_failed(reason, retry_at))
        for message in history.get("messages") or ():
            if ((message.get("metadata") or {}).get("event_payload") or {}).get("key") == notice.key:
                return await self._sent(hand, str(message["ts"]))
        if history.get("has_more"):
            return await self._change(hand, lambda found: found.unclear("too many messages to look at"))
        return await self._later(hand, "lost", wait=timedelta(0))

    async def _refused(self, hand: _Hand, error: SlackApiError) -> Notice:
        reason = error_of(error)
        wait = _retry_after(error)
        is_parked = await self._is_parked(hand.team_id, reason)
        for_good = reason not in _NOT_NOW and not wait and not _is_unclear(error) and not is_parked
        retry_at = self.wall() + (wait or RETRY)
        return await self._change(hand, lambda found: found.refused(reason, retry_at, for_good=for_good))

    async def _is_parked(self, team_id: str, reason: str) -> bool:
        """Parks the workspace for an answer that means that its token is dead."""
        if reason not in DEAD_TOKEN:
            return False
        if await self.services.workspaces.park(team_id, reason):
            logger.error(
                "Slack refuses the token of %s (%s): nothing is sent there until it is seen to", team_id, reason
            )
        return True

    async def _channel(self, client: AsyncWebClient, team_id: str, user_id: str) -> str:
        """The person's conversation with the app, which Slack is asked for once in a while."""
        await self._turn(team_id, "conversations.open")
        found = await _direct_channel(client, user_id)
        await self.services.notices.remember_channel(team_id, user_id, found)
        return found

    async def _turn(self, team_id: str, method: str, channel_id: str = "") -> None:
        """Waits for a turn before anything is on its way. Raises NoTurnError rather than wait for long."""
        wait = await self.services.notices.turn(team_id, method, channel_id)
        if wait < 0:
            raise NoTurnError(timedelta(seconds=-wait))
        if wait:
            await asyncio.sleep(wait)

    async def _later(self, hand: _Hand, reason: str, wait: timedelta = RETRY) -> Notice:
        retry_at = self.wall() + wait
        return await self._change(hand, lambda found: found.refused(reason, retry_at))

    async def _change(self, hand: _Hand, step: Callable[[Notice], Notice]) -> Notice:
        """Gives the lease back, unless it goes on being posted. Raises TakenOverError where the record is not as this
        worker left it."""
        after = step(hand.notice)
        gives_back = hand.holder if hand.has_lease and after.state is not NoticeState.POSTING else None
        kept = await self.services.notices.advance(hand.team_id, hand.kept, after, gives_back=gives_back)
        if kept is None:
            raise TakenOverError
        hand.kept, hand.has_lease = kept, hand.has_lease and gives_back is None
        if not after.is_open:
            is_late = after.state is NoticeState.SENT and after.is_late(self.services.notices.now())
            metrics.NUDGES.labels(after.kind, "late" if is_late else after.state).inc()
        return after


async def _direct_channel(client: AsyncWebClient, user_id: str) -> str:
    answer = await client.conversations_open(users=user_id)
    channel: dict[str, Any] = answer["channel"]
    return str(channel["id"])


def event_type(kind: NoticeKind) -> str:
    """In the message's metadata."""
    return f"factormate_{kind}"


def _message(letter: Letter, blocks: list[Block], notice: Notice, channel_id: str) -> dict[str, Any]:
    return {
        "channel": channel_id,
        "text": letter.text,
        "blocks": blocks,
        "metadata": {"event_type": event_type(notice.kind), "event_payload": {"key": notice.key}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _is_unclear(error: SlackApiError) -> bool:
    """A server error may come after the message was posted."""
    return error.response.status_code >= 500 or error_of(error) in _MAYBE_POSTED


def _retry_after(error: SlackApiError) -> timedelta:
    value = (error.response.headers or {}).get("Retry-After") or "0"
    return timedelta(seconds=int(value)) if str(value).isdigit() else timedelta(0)

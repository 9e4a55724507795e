"""The clients that call Slack, and what is asked of it about people."""

import asyncio
import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import orjson
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.absence import Status
from bot.domain.audience import Audience, Reader
from bot.domain.user import Profile
from bot.errors import TableFileError
from bot.telemetry import metrics, traces

PACE_SECONDS: Final = 1.05
"""Slack takes about one message a second in a channel."""
PROFILE_SECONDS: Final = 1.5
"""What may be spent of the three seconds Slack waits for an answer."""
CALL_SECONDS: Final = 60
"""For one call with its repeats."""
DIGEST_SECONDS: Final = 10
MAX_GROUPS: Final = 100
"""As many as a menu can offer."""
UNREADABLE: Final = "unreadable_answer"
"""The error code of an answer that is not Slack's: a proxy's page, half a body."""
NO_ANSWER: Final = "no_answer"

_SLACK_HOST: Final = re.compile(r"([a-z0-9-]+\.)+slack\.com", re.ASCII | re.IGNORECASE)
_PLAINLY_SLACKS: Final = re.compile(r"https://([a-z0-9-]+\.)+slack\.com/[\w/-]*", re.ASCII)
"""As its addresses look at nearly every request: nothing in it can be read in two ways."""
AUDIENCE_SECONDS: Final = 2.0
"""For looking who reads a conversation, while somebody waits."""
MAX_READERS: Final = 80
"""Each is asked for by a call of its own, of which Slack takes about 100 a minute."""
AT_ONCE: Final = 10

_SHARED: Final = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared", "pending_shared")
_OUTSIDE: Final = ("is_restricted", "is_ultra_restricted", "is_stranger")
_NOT_OURS: Final = frozenset({"user_not_found", "user_not_visible"})
_POSTING: Final = frozenset({"chat.postMessage", "chat.postEphemeral"})
_MAX_PACED: Final = 4096
_SDK_LOG: Final = logging.getLogger("slack_sdk.calls")
_SDK_LOG.setLevel(logging.WARNING)
"""For a logger without a level of its own the SDK spells out every call and its answer, and then throws that away."""


class PacedClient(AsyncWebClient):
    """Posts at most one message a second into a channel, so that Slack need not refuse any.

    Keeps its time limit, which the SDK forgets when it is given a session, and raises nothing but SlackApiError with
    an AsyncSlackResponse, aiohttp.ClientError and TimeoutError.
    """

    def __init__(self, seconds: float, apart: float | None = None, **options: Any) -> None:
        super().__init__(logger=_SDK_LOG, **options)
        self._seconds, self._apart = seconds, apart
        self._free_at: dict[str, float] = defaultdict(float)

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        if api_method in _POSTING:
            await self._pace(arguments.get("json") or arguments.get("params") or arguments.get("data") or {})
        started = perf_counter()
        try:
            with traces.span(api_method):
                return await self._called(api_method, arguments)
        except SlackApiError as error:
            metrics.slack_refused(api_method, error_of(error))
            raise
        except (aiohttp.ClientError, TimeoutError):
            metrics.slack_refused(api_method, NO_ANSWER)
            raise
        finally:
            metrics.slack_answered(api_method, perf_counter() - started)

    async def _called(self, api_method: str, arguments: Mapping[str, Any]) -> AsyncSlackResponse:
        try:
            async with asyncio.timeout(self._seconds):
                return await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if isinstance(error.response, AsyncSlackResponse):
                raise
            raise aiohttp.ClientPayloadError(UNREADABLE) from error  # half a JSON text
        except AttributeError as error:
            raise aiohttp.ClientPayloadError(UNREADABLE) from error  # the SDK took a text for a JSON object

    async def _pace(self, sent: Mapping[str, Any]) -> None:
        channel = str(sent.get("channel", ""))
        now = asyncio.get_running_loop().time()
        if len(self._free_at) > _MAX_PACED:
            self._free_at = defaultdict(float, {each: at for each, at in self._free_at.items() if at > now})
        starts = max(now, self._free_at[channel])
        self._free_at[channel] = starts + (PACE_SECONDS if self._apart is None else self._apart)
        if starts > now:
            await asyncio.sleep(starts - now)


class _RateLimit(AsyncRateLimitErrorRetryHandler):
    """Waits and repeats as Slack says. The call then goes well, so the refusal is counted here."""

    async def prepare_for_next_attempt_async(
        self, *, state: RetryState, request: HttpRequest, response: HttpResponse | None = None, error: Any = None
    ) -> None:
        metrics.slack_refused(request.url.rpartition("/")[2], "ratelimited")
        await super().prepare_for_next_attempt_async(state=state, request=request, response=response, error=error)


def session() -> aiohttp.ClientSession:
    """For all calls of a process. A message of many blocks takes the standard library ten times as long to spell, and
    three times as long to read: Slack's answer says it once more."""
    return aiohttp.ClientSession(json_serialize_bytes=spelt, response_class=_Answer)


class _Answer(aiohttp.ClientResponse):
    async def json(self, *, loads: Callable[[str], Any] | None = None, **how: Any) -> Any:
        return await super().json(loads=loads or _read, **how)


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # no JSON, or half a character in it
        return json.loads(text)


def spelt(body: Any) -> bytes:
    """As JSON."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:  # half a character, which somebody's program has sent
        return json.dumps(body).encode()


def client(token: str, api_url: str, session: aiohttp.ClientSession, team_id: str | None = None) -> AsyncWebClient:
    """For everything but digests: repeats after a lost connection and after 429.

    `team_id`: the one workspace that is meant, of all those of a token.
    """
    return PacedClient(
        seconds=CALL_SECONDS,
        token=token,
        base_url=api_url,
        session=session,
        team_id=team_id,
        retry_handlers=[AsyncConnectionErrorRetryHandler(), _RateLimit(max_retry_count=2)],
    )


def as_function(web: AsyncWebClient, token: str) -> AsyncWebClient:
    """For ending a step of a workflow, which takes the token that came with it."""
    if web.session is None:
        raise ValueError("the app's own client has a session")
    return client(token, web.base_url, web.session)


def digest_client(
    token: str,
    api_url: str,
    session: aiohttp.ClientSession,
    seconds: float = DIGEST_SECONDS,
    apart: float | None = None,
    team_id: str | None = None,
) -> AsyncWebClient:
    """Never repeats by itself: a post whose answer was lost may have been posted."""
    options: dict[str, Any] = {"base_url": api_url, "session": session, "team_id": team_id, "retry_handlers": []}
    return PacedClient(seconds, apart, token=token, **options)


def is_slacks(error: SlackApiError) -> bool:
    """Whether Slack itself has refused; something that is not Slack names no error."""
    answer: AsyncSlackResponse = error.response
    return isinstance(answer.data, dict) and bool(answer.data.get("error"))


def error_of(error: SlackApiError) -> str:
    """Slack's name for what is wrong, or one of ours where it gives none."""
    answer: AsyncSlackResponse = error.response
    if is_slacks(error):
        return str(answer["error"])
    return UNREADABLE if answer.status_code == HTTPStatus.OK else f"http_{answer.status_code}"


async def is_reached(web: AsyncWebClient) -> bool:
    """Whether Slack answers, be it with a refusal. Raises aiohttp.ClientError or TimeoutError."""
    try:
        await web.api_test()
    except SlackApiError as error:
        return is_slacks(error)
    return True


async def download(web: AsyncWebClient, url: str) -> bytes:
    """A file that somebody sent to the app. Raises TableFileError when Slack shows a page instead, as it does
    to a token that may not read files.

    The token goes only to Slack: to where its Web API is, or by https to a host of slack.com.
    """
    if not is_at_slack(url, web.base_url) or web.session is None:
        raise TableFileError("table.file_gone")
    headers = {"Authorization": f"Bearer {web.token}"}
    try:
        async with (
            asyncio.timeout(CALL_SECONDS),
            web.session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            content = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TableFileError("table.file_gone") from error
    if answer.status != HTTPStatus.OK or answer.content_type == "text/html":
        raise TableFileError("table.file_gone")
    return content


def is_at_slack(url: str, api_url: str) -> bool:
    """Whether a token may go there. What two programs may read differently (a user, a backslash) is refused."""
    if _PLAINLY_SLACKS.fullmatch(url):
        return True
    try:
        at, api = urlsplit(url), urlsplit(api_url)
        places = {(each.scheme, each.hostname, each.port) for each in (at, api)}
    except ValueError:
        return False
    is_slacks_host = at.scheme == "https" and at.port is None and _SLACK_HOST.fullmatch(at.netloc) is not None
    return is_slacks_host or (len(places) == 1 and "@" not in at.netloc and "\\" not in url)


async def profile(web: AsyncWebClient, team_id: str, user_id: str, default_tz: str) -> Profile | None:
    """What Slack says about a person; None when it does not answer in time."""
    try:
        async with asyncio.timeout(PROFILE_SECONDS):
            answer = await web.users_info(user=user_id, include_locale=True)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logging.getLogger(__name__).warning("users.info failed: %s", type(error).__name__)
        return None
    user: dict[str, Any] = answer.get("user") or {}
    return Profile(
        name=_name_of(user),
        locale=user.get("locale") or "en-US",
        tz=user.get("tz") or default_tz,
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_outsider=_is_outsider(user, team_id),
        status=_status_of(user),
    )


async def audience(web: AsyncWebClient, team_id: str, channel_id: str) -> Audience:
    """Who reads a conversation; not known where Slack refuses, is silent, or names more than can be looked at."""
    try:
        async with asyncio.timeout(AUDIENCE_SECONDS):
            channel: dict[str, Any] = (await web.conversations_info(channel=channel_id)).get("channel") or {}
            member_ids = await _members(web, channel_id)
            if channel.get("is_im") or len(member_ids) > MAX_READERS:
                return Audience(channel_id)
            turn = asyncio.Semaphore(AT_ONCE)
            readers = await asyncio.gather(*(_reader(web, team_id, each, turn) for each in member_ids))
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logging.getLogger(__name__).info("a conversation can't be looked at: %s", type(error).__name__)
        return Audience(channel_id)
    return Audience(
        channel_id,
        tuple(each for each in readers if each is not None),
        is_shared=any(channel.get(name) for name in _SHARED),
        is_known=True,
    )


async def _members(web: AsyncWebClient, channel_id: str) -> list[str]:
    """At least MAX_READERS + 1 of them, or all."""
    found: list[str] = []
    cursor: str | None = None
    while cursor != "" and len(found) <= MAX_READERS:
        answer = await web.conversations_members(channel=channel_id, limit=200, cursor=cursor)
        found += answer.get("members") or ()
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
    return found


async def _reader(web: AsyncWebClient, team_id: str, user_id: str, turn: asyncio.Semaphore) -> Reader | None:
    """None for who does not read: an app of the workspace, a closed account."""
    async with turn:
        try:
            user: dict[str, Any] = (await web.users_info(user=user_id)).get("user") or {}
        except SlackApiError as error:
            if error_of(error) not in _NOT_OURS:
                raise
            return Reader(user_id, user_id, is_outsider=True)
    is_outsider = _is_outsider(user, team_id)
    if user.get("deleted") or (user.get("is_bot") and not is_outsider):
        return None
    return Reader(user_id, _name_of(user), is_outsider)


def _name_of(user: Mapping[str, Any]) -> str:
    names = user.get("profile") or {}
    return names.get("display_name") or user.get("real_name") or user.get("name") or ""


def _status_of(user: Mapping[str, Any]) -> Status:
    shown = user.get("profile") or {}
    emoji, words = shown.get("status_emoji") or "", shown.get("status_text") or ""
    return Status.of(emoji, words, int(shown.get("status_expiration") or 0))


def _is_outsider(user: Mapping[str, Any], team_id: str) -> bool:
    """A guest, or of another workspace: `is_stranger` is only set where that person shares no channel with the app."""
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    return any(user.get(name) for name in _OUTSIDE) or team_id not in teams


async def user_groups(web: AsyncWebClient) -> list[tuple[str, str]]:
    """(id, name) of each; none where Slack refuses: a free plan has no groups, an older installation not the scope."""
    try:
        answer = await web.usergroups_list()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logging.getLogger(__name__).info("usergroups.list failed: %s", type(error).__name__)
        return []
    groups: list[dict[str, Any]] = answer.get("usergroups") or []
    return [(group["id"], f"@{group['handle']} · {group['name']}") for group in groups[:MAX_GROUPS]]


async def group_members(web: AsyncWebClient, group_id: str) -> list[str]:
    """The people in a user group now. Raises SlackApiError."""
    answer = await web.usergroups_users_list(usergroup=group_id)
    return list(answer.get("users") or [])
